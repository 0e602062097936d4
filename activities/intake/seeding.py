"""Puts products into the catalogue: for imports, demos and tests. Doing it again changes nothing."""

from collections.abc import Iterable

from activities.shared.database import Database
from models.intake.checks import CatalogueEntry

_PRODUCTS = """
INSERT INTO product AS p (sku, title, merchant_id, category, weight_g, special_goods, list_price_minor, list_currency)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::bool[], %s::bigint[], %s::text[])
ON CONFLICT (sku) DO UPDATE SET title = excluded.title, merchant_id = excluded.merchant_id, category = excluded.category,
    weight_g = excluded.weight_g, special_goods = excluded.special_goods,
    list_price_minor = excluded.list_price_minor, list_currency = excluded.list_currency
WHERE (p.title, p.merchant_id, p.category, p.weight_g, p.special_goods, p.list_price_minor, p.list_currency)
    IS DISTINCT FROM (excluded.title, excluded.merchant_id, excluded.category, excluded.weight_g,
                      excluded.special_goods, excluded.list_price_minor, excluded.list_currency)"""


class ProductSeed(CatalogueEntry):
    """A product as the catalogue keeps it; weight in grams, list price in minor units of `list_currency`."""

    category: str = ""


class ProductSeeding:
    """Writes the catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put_products(self, products: Iterable[ProductSeed]) -> int:
        """Add products, or change those that differ; returns how many changed. Raises `Unavailable`."""
        rows = [
            (
                one.sku, one.title, one.merchant_id, one.category, one.weight_g, one.special_goods,
                one.list_price_minor, one.list_currency,
            )
            for one in products
        ]  # fmt: skip
        if not rows:
            return 0
        columns = [list(column) for column in zip(*rows, strict=True)]
        async with self._database.reading() as cursor:
            await cursor.execute(_PRODUCTS, columns)
            return cursor.rowcount
