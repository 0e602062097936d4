"""The demo's goods, warehouses and opening stock: made, and some of it short on purpose."""

from dataclasses import dataclass

from activities.allocation.seeding import OpeningStock, StockSeeding, WarehouseSeed
from activities.intake.seeding import ProductSeed, ProductSeeding
from activities.shared.database import Database
from models.shared.money import minor_per_major
from workers.simulation.places import Country

OPENING_KEY = "demo-opening"


@dataclass(frozen=True)
class Good:
    """One product. Price in euro cents, weight in grams; `pieces` of a short one lie in one warehouse only."""

    sku: str
    title: str
    merchant_id: str
    euro_cents: int
    weight_g: int
    category: str
    special: bool = False
    short: bool = False

    def price_minor(self, country: Country) -> int:
        """What one piece costs in a country, in minor units of its currency, ending as prices there do."""
        major = self.euro_cents / 100 * country.per_euro
        per_major = minor_per_major(country.currency)
        if per_major == 1:
            return max(10, round(major / 10) * 10)
        return max(1, round(major * per_major / 5) * 5)


GOODS: tuple[Good, ...] = (
    Good("MUG-BLUE", "Stoneware mug, blue", "m-kiln", 1490, 380, "kitchen"),
    Good("MUG-SAND", "Stoneware mug, sand", "m-kiln", 1490, 380, "kitchen"),
    Good("BOWL-L", "Serving bowl, large", "m-kiln", 3290, 1_150, "kitchen"),
    Good("TEAPOT", "Teapot with strainer", "m-kiln", 4450, 960, "kitchen"),
    Good("PAN-28", "Iron pan, 28 cm", "m-forge", 5990, 2_300, "kitchen"),
    Good("KNIFE-CHEF", "Chef's knife, 20 cm", "m-forge", 8900, 310, "kitchen", special=True),
    Good("LAMP-DESK", "Desk lamp", "m-lumen", 7900, 1_900, "home"),
    Good("LAMP-FLOOR", "Floor lamp", "m-lumen", 15900, 6_400, "home"),
    Good("BULB-4", "Light bulbs, box of four", "m-lumen", 1290, 240, "home"),
    Good("SHELF-OAK", "Wall shelf, oak", "m-joinery", 12900, 8_200, "furniture"),
    Good("CHAIR-ASH", "Chair, ash", "m-joinery", 24900, 7_400, "furniture"),
    Good("TABLE-180", "Dining table, 180 cm", "m-joinery", 89000, 46_000, "furniture"),
    Good("BLANKET", "Wool blanket", "m-weave", 9900, 1_400, "textiles"),
    Good("TOWEL-2", "Linen towels, pair", "m-weave", 2490, 420, "textiles"),
    Good("CUSHION", "Cushion cover", "m-weave", 1990, 180, "textiles"),
    Good("SCARF", "Merino scarf", "m-weave", 4900, 160, "textiles"),
    Good("BACKPACK", "Roll-top backpack", "m-trail", 11900, 980, "outdoor"),
    Good("BOTTLE", "Steel bottle, 0.75 l", "m-trail", 2790, 300, "outdoor"),
    Good("TENT-2", "Tent for two", "m-trail", 32900, 2_700, "outdoor"),
    Good("STOVE-GAS", "Camping stove with gas", "m-trail", 6490, 640, "outdoor", special=True),
    Good("HEADLAMP", "Head lamp, lithium battery", "m-trail", 3990, 110, "outdoor", special=True),
    Good("NOTEBOOK", "Dotted notebook", "m-paper", 1190, 260, "stationery"),
    Good("PEN-SET", "Fountain pen set", "m-paper", 5490, 190, "stationery"),
    Good("PUZZLE-1000", "Puzzle, 1,000 pieces", "m-paper", 2190, 720, "toys"),
    Good("VASE-LTD", "Vase, numbered edition", "m-kiln", 6900, 1_300, "home", short=True),
    Good("RECORD-LTD", "Record, first pressing", "m-paper", 2990, 270, "music", short=True),
    Good("SKILLET-LTD", "Skillet, hand forged", "m-forge", 12900, 1_800, "kitchen", short=True),
)  # fmt: skip

WAREHOUSES: tuple[WarehouseSeed, ...] = tuple(
    WarehouseSeed(code=code, name=name, country=country, latitude=latitude, longitude=longitude)
    for code, name, country, latitude, longitude in (
        ("BER", "Berlin", "DE", 52.4, 13.5), ("LYS", "Lyon", "FR", 45.7, 5.0), ("BRS", "Bristol", "GB", 51.5, -2.6),
        ("CHI", "Chicago", "US", 41.8, -87.9), ("SAO", "São Paulo", "BR", -23.5, -46.6),
        ("TYO", "Tokyo", "JP", 35.6, 139.8), ("KWI", "Kuwait City", "KW", 29.3, 47.9),
        ("SYD", "Sydney", "AU", -33.9, 151.1),
    )
)  # fmt: skip
# How many pieces of each short product there are to begin with, in all.
SHORT_PIECES = 1


def opening_stock(orders: int) -> list[OpeningStock]:
    """Enough for `orders` orders everywhere but of the short goods. Not every warehouse keeps everything."""
    pieces = 40 + orders
    stock = []
    for index, good in enumerate(GOODS):
        if good.short:
            stock.append(OpeningStock(sku=good.sku, warehouse="BER", pieces=SHORT_PIECES))
            continue
        for nth, warehouse in enumerate(WAREHOUSES):
            if warehouse.code in ("BER", "CHI") or (index + nth) % 3:
                stock.append(OpeningStock(sku=good.sku, warehouse=warehouse.code, pieces=pieces))
    return stock


async def seed(database: Database, orders: int) -> None:
    """Put goods, warehouses and opening stock there. Raises `Unavailable`."""
    products = [
        ProductSeed(
            sku=good.sku, merchant_id=good.merchant_id, title=good.title, weight_g=good.weight_g,
            special_goods=good.special, list_price_minor=good.euro_cents, list_currency="EUR", category=good.category,
        )
        for good in GOODS
    ]  # fmt: skip
    await ProductSeeding(database).put_products(products)
    stock = StockSeeding(database)
    await stock.put_warehouses(WAREHOUSES)
    await stock.receive_opening(OPENING_KEY, opening_stock(orders))
