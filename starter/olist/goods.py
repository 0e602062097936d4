"""What an import puts there: catalogue and places from the record, warehouses and stock made up, seeded. Pure.

Olist knows no warehouse and no stock. The five warehouses are cities with a real position and nothing else real; each SKU
lies at the one nearest to its merchant and now and then at a second one, a few pieces more than all orders together ask for.
What only orders asked for that Olist calls unavailable lies nowhere.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from activities.allocation.seeding import OpeningStock, PlaceSeed, WarehouseSeed
from activities.intake.seeding import ProductSeed
from models.shared.geography import distance_km
from starter.olist.records import Item, Olist, Point, Record, Status

COUNTRY = "BR"
PREFIX_LENGTHS = (5, 3, 2, 1)
# The rest of the world in the data is a slip of the pen.
_SOUTH, _NORTH, _WEST, _EAST = -34.0, 6.0, -74.5, -28.0
SECOND_PLACE_RATE = 0.3

WAREHOUSES = tuple(
    WarehouseSeed(
        code=code, name=f"{city} (made up)", country=COUNTRY, latitude=latitude, longitude=longitude
    )
    for code, city, latitude, longitude in (
        ("BR-SP", "Cajamar", -23.36, -46.88),
        ("BR-MG", "Contagem", -19.93, -44.05),
        ("BR-PR", "Curitiba", -25.43, -49.27),
        ("BR-GO", "Goiânia", -16.68, -49.25),
        ("BR-PE", "Recife", -8.05, -34.90),
    )
)


@dataclass(frozen=True)
class Goods:
    """Everything that an import writes. `unserved`: SKUs that lie nowhere."""

    products: tuple[ProductSeed, ...]
    places: tuple[PlaceSeed, ...]
    warehouses: tuple[WarehouseSeed, ...]
    stock: tuple[OpeningStock, ...]
    unserved: frozenset[str]


class Skus:
    """SKU of each item: the product's id, with the merchant's where several sell the same product."""

    def __init__(self, orders: Iterable[Record]) -> None:
        self.pairs = sorted({(item.product_id, item.seller_id) for order in orders for item in order.items})
        self._sellers = Counter(product_id for product_id, _ in self.pairs)

    def of(self, product_id: str, seller_id: str) -> str:
        """At most 64 characters: two ids of 32 and a colon are one too many."""
        return f"{product_id}:{seller_id[:16]}" if self._sellers[product_id] > 1 else product_id

    def of_item(self, item: Item) -> str:
        """The SKU that an item is a piece of."""
        return self.of(item.product_id, item.seller_id)


def goods(olist: Olist, seed: int = 1) -> Goods:
    """Catalogue, places, warehouses and stock of a record. The same seed gives the same stock."""
    skus = Skus(olist.orders)
    places = centroids(olist.points)
    demand = Counter(skus.of_item(item) for order in olist.orders for item in order.items)
    lies_nowhere = unserved(olist.orders, skus)
    stock: list[OpeningStock] = []
    for product_id, seller_id in skus.pairs:
        sku = skus.of(product_id, seller_id)
        if sku not in lies_nowhere:
            seller = olist.sellers.get(seller_id)
            at = _place(places, seller.postcode_prefix if seller else "")
            stock += _opening(sku, demand[sku], at, random.Random(f"{seed}:{sku}"))
    return Goods(
        products=tuple(_product(olist, skus, product, seller) for product, seller in skus.pairs),
        places=tuple(
            PlaceSeed(country=COUNTRY, postcode_prefix=prefix, latitude=latitude, longitude=longitude)
            for prefix, (latitude, longitude) in sorted(places.items())
        ),
        warehouses=WAREHOUSES,
        stock=tuple(stock),
        unserved=lies_nowhere,
    )


def unserved(orders: Iterable[Record], skus: Skus) -> frozenset[str]:
    """The SKUs that nobody asked for but orders that Olist calls unavailable and that never left."""
    asked: set[str] = set()
    served: set[str] = set()
    for order in orders:
        lacking = order.status is Status.UNAVAILABLE and order.handed_over_at is None
        (asked if lacking else served).update(skus.of_item(item) for item in order.items)
    return frozenset(asked - served)


def centroids(points: Iterable[Point]) -> dict[str, tuple[float, float]]:
    """The median position of each postcode prefix of five, three, two and one digits; median, because points stray."""
    found: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        if _SOUTH <= point.latitude <= _NORTH and _WEST <= point.longitude <= _EAST:
            for length in PREFIX_LENGTHS:
                found[point.postcode_prefix[:length]].append(point)
    return {
        prefix: (
            round(median(one.latitude for one in near), 5),
            round(median(one.longitude for one in near), 5),
        )
        for prefix, near in found.items()
    }


def _place(places: dict[str, tuple[float, float]], prefix: str) -> tuple[float, float] | None:
    return next((places[prefix[:n]] for n in PREFIX_LENGTHS if prefix[:n] in places), None)


def _opening(
    sku: str, demand: int, at: tuple[float, float] | None, dice: random.Random
) -> list[OpeningStock]:
    pieces = demand + 1 + demand // 10
    first = min(WAREHOUSES, key=lambda w: distance_km(at, (w.latitude, w.longitude))) if at else None
    first = first or dice.choice(WAREHOUSES)
    second = dice.choice([one for one in WAREHOUSES if one is not first])
    away = round(pieces * dice.uniform(0.2, 0.5)) if dice.random() < SECOND_PLACE_RATE else 0
    laid = ((first.code, pieces - away), (second.code, away))
    return [OpeningStock(sku=sku, warehouse=code, pieces=number) for code, number in laid if number]


def _product(olist: Olist, skus: Skus, product_id: str, seller_id: str) -> ProductSeed:
    product = olist.products.get(product_id)
    category = product.category if product else ""
    return ProductSeed(
        sku=skus.of(product_id, seller_id),
        merchant_id=seller_id,
        title=f"{category.replace('_', ' ') or 'product'} {product_id[:6]}",
        weight_g=product.weight_g if product else 0,
        category=category,
    )
