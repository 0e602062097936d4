"""The catalogue as intake reads it: one statement for what is not in memory, and a short, bounded memory."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from activities.shared.database import Database
from models.intake.checks import CatalogueEntry

# Of a preorder an order gets what is left of the cap, or what lies there and nobody waits for.
_READ = """
SELECT product.sku, title, merchant_id, weight_g, special_goods, list_price_minor, list_currency,
    CASE WHEN p.open THEN greatest(p.cap - p.sold,
        (SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_level s WHERE s.sku = p.sku)
        - (SELECT coalesce(sum(quantity), 0) FROM preorder_claim c WHERE c.sku = p.sku AND c.state = 'open'))::int END AS orderable
FROM product LEFT JOIN preorder p ON p.sku = product.sku AND p.open WHERE product.sku = ANY(%s)"""


class Catalogue:
    """Product rows by SKU. What is found is remembered for `ttl_s`; what is not found, or under preorder, is asked each time.

    So a preorder that opens is seen here after `ttl_s` at the latest; the cap itself is kept by whoever claims.
    """

    def __init__(
        self,
        database: Database,
        ttl_s: float = 30.0,
        size: int = 20_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._ttl_s = ttl_s
        self._size = size
        self._clock = clock
        self._remembered: OrderedDict[str, tuple[float, CatalogueEntry]] = OrderedDict()

    async def entries(self, skus: Iterable[str]) -> Mapping[str, CatalogueEntry]:
        """The entries of those SKUs that exist. Raises `Unavailable`."""
        now = self._clock()
        found: dict[str, CatalogueEntry] = {}
        asked: list[str] = []
        for sku in set(skus):
            known = self._remembered.get(sku)
            if known is not None and now < known[0]:
                found[sku] = known[1]
            else:
                asked.append(sku)
        if asked:
            for entry in await self._read(asked):
                found[entry.sku] = entry
                if entry.orderable is None:
                    self._remember(entry, now)
                else:
                    self._remembered.pop(entry.sku, None)
        return found

    async def _read(self, skus: list[str]) -> list[CatalogueEntry]:
        async with self._database.reading() as cursor:
            await cursor.execute(_READ, (skus,))
            return [CatalogueEntry.model_validate(row) for row in await cursor.fetchall()]

    def _remember(self, entry: CatalogueEntry, now: float) -> None:
        self._remembered[entry.sku] = (now + self._ttl_s, entry)
        self._remembered.move_to_end(entry.sku)
        while len(self._remembered) > self._size:
            self._remembered.popitem(last=False)
