"""Writes what a record needs into the stores: catalogue, places, warehouses and stock. Again: nothing changes."""

from dataclasses import dataclass

from activities.allocation.seeding import StockSeeding
from activities.intake.catalogue import Catalogue
from activities.intake.seeding import ProductSeeding
from activities.shared.database import Database
from starter.olist.goods import Goods

# The key of the opening stock's movements: with it an import is done once, however often it is run.
OPENING = "opening-stock:olist"


@dataclass(frozen=True)
class Imported:
    """How much changed; all zeros when it was there before."""

    products: int
    places: int
    warehouses: int
    pieces: int


async def put(goods: Goods, database: Database) -> Imported:
    """Write everything. Raises `Unavailable`; what was written before stays, and a second run writes the rest."""
    stock = StockSeeding(database)
    warehouses = await stock.put_warehouses(goods.warehouses)
    places = await stock.put_places(goods.places)
    products = await ProductSeeding(database).put_products(goods.products)
    # Last: stock of what is not in the catalogue cannot be ordered.
    pieces = await stock.receive_opening(OPENING, goods.stock)
    return Imported(products, places, warehouses, pieces)


async def lacking(goods: Goods, database: Database) -> int:
    """How many of the record's products are not in the catalogue."""
    skus = {one.sku for one in goods.products}
    return len(skus) - len(await Catalogue(database).entries(skus))
