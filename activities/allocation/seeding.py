"""Puts warehouses, places and opening stock there: for imports, demos and tests. Doing it again changes nothing."""

from collections.abc import Iterable, Sequence

from activities.allocation.calendars import expect_sound
from activities.shared.database import Database
from models.allocation.calendars import WarehouseCalendar
from models.shared.messages import Message

# Together with a movement's key this makes an opening level unique; two imports at once take turns.
_LOCK = "SELECT pg_advisory_xact_lock(7243520)"

_WAREHOUSES = """
INSERT INTO warehouse AS w (code, name, country, latitude, longitude, calendar)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::float8[], %s::float8[], %s::jsonb[])
ON CONFLICT (code) DO UPDATE SET name = excluded.name, country = excluded.country, latitude = excluded.latitude,
    longitude = excluded.longitude, calendar = coalesce(excluded.calendar, w.calendar)
WHERE (w.name, w.country, w.latitude, w.longitude, w.calendar)
    IS DISTINCT FROM (excluded.name, excluded.country, excluded.latitude, excluded.longitude, coalesce(excluded.calendar, w.calendar))"""

_PLACES = """
INSERT INTO place AS p (country, postcode_prefix, latitude, longitude)
SELECT * FROM unnest(%s::text[], %s::text[], %s::float8[], %s::float8[])
ON CONFLICT (country, postcode_prefix) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude
WHERE (p.latitude, p.longitude) IS DISTINCT FROM (excluded.latitude, excluded.longitude)"""

_OPENING = """
WITH wanted AS (SELECT * FROM unnest(%(skus)s::text[], %(warehouses)s::text[], %(pieces)s::int[]) AS w(sku, warehouse, pieces)),
moved AS (
    INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)
    SELECT sku, warehouse, 'received', pieces, 0, '', %(key)s::text FROM wanted
    WHERE NOT EXISTS (SELECT FROM stock_movement m
        WHERE m.sku = wanted.sku AND m.warehouse = wanted.warehouse AND m.key = %(key)s::text)
    RETURNING sku, warehouse, on_hand_delta),
levels AS (
    INSERT INTO stock_level AS s (sku, warehouse, on_hand, reserved)
    SELECT sku, warehouse, on_hand_delta, 0 FROM moved ORDER BY sku, warehouse
    ON CONFLICT (sku, warehouse) DO UPDATE SET on_hand = s.on_hand + excluded.on_hand)
SELECT coalesce(sum(on_hand_delta), 0)::int AS pieces FROM moved"""


class WarehouseSeed(Message):
    """A warehouse; degrees. Without a calendar it keeps the one that it has."""

    code: str
    name: str
    country: str
    latitude: float
    longitude: float
    calendar: WarehouseCalendar | None = None


class PlaceSeed(Message):
    """The centroid of a postcode prefix, in degrees; an empty prefix stands for the whole country."""

    country: str
    postcode_prefix: str
    latitude: float
    longitude: float


class OpeningStock(Message):
    """Pieces of a SKU that lie in a warehouse from the start."""

    sku: str
    warehouse: str
    pieces: int


class StockSeeding:
    """Every method returns how much it changed, and raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put_warehouses(self, warehouses: Iterable[WarehouseSeed]) -> int:
        """Add warehouses, or change those that differ. Raises `Refused` when a calendar has faults; then nothing is written."""
        seeds = list(warehouses)
        expect_sound((f"/{seed.code}/calendar", seed.calendar) for seed in seeds)
        rows = [
            (
                w.code,
                w.name,
                w.country,
                w.latitude,
                w.longitude,
                w.calendar.model_dump_json() if w.calendar else None,
            )
            for w in seeds
        ]
        return await self._put(_WAREHOUSES, rows)

    async def put_places(self, places: Iterable[PlaceSeed]) -> int:
        """Add places, or change those that differ."""
        rows = [(p.country, p.postcode_prefix, p.latitude, p.longitude) for p in places]
        return await self._put(_PLACES, rows)

    async def receive_opening(self, key: str, stock: Iterable[OpeningStock]) -> int:
        """Receive stock with its movements, once for each key, SKU and warehouse; returns the pieces received now.

        Nobody who waits for stock is told: for that there are receipts.
        """
        summed: dict[tuple[str, str], int] = {}
        for one in stock:
            summed[one.sku, one.warehouse] = summed.get((one.sku, one.warehouse), 0) + one.pieces
        values = {
            "key": key,
            "skus": [sku for sku, _ in summed],
            "warehouses": [warehouse for _, warehouse in summed],
            "pieces": list(summed.values()),
        }
        async with self._database.transaction() as cursor:
            await cursor.execute(_LOCK)
            await cursor.execute(_OPENING, values)
            row = await cursor.fetchone() or {}
            return int(row["pieces"])

    async def _put(self, statement: str, rows: Sequence[tuple[object, ...]]) -> int:
        if not rows:
            return 0
        columns = [list(column) for column in zip(*rows, strict=True)]
        async with self._database.reading() as cursor:
            await cursor.execute(statement.encode(), columns)
            return cursor.rowcount
