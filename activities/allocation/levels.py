"""The statements that change stock. The one place that locks levels, always in the order (sku, warehouse)."""

from collections.abc import Iterable

from activities.shared.database import Cursor
from models.allocation.messages import Part
from models.allocation.rules import needs
from models.order.messages import Want

_LOCK = """
SELECT 1 FROM stock_level s JOIN unnest(%s::text[], %s::text[]) AS w(sku, warehouse) USING (sku, warehouse)
ORDER BY s.sku, s.warehouse FOR UPDATE OF s"""

_LOCK_SKUS = """
SELECT 1 FROM stock_level WHERE sku = ANY(%s) ORDER BY sku, warehouse FOR UPDATE"""

# Class 1 of the advisory locks: who says that a SKU is short, and who brings some, one after the other.
_AWAIT_RECEIPTS = """
SELECT pg_advisory_xact_lock(1, h)
FROM (SELECT DISTINCT hashtext(sku) AS h FROM unnest(%s::text[]) AS w(sku) ORDER BY h) AS locks"""

# The same for a step that lets go of goods: an order that would claim pieces of a preorder sees them, or is seen.
_AWAIT_CLAIMS = """
SELECT pg_advisory_xact_lock(1, h)
FROM (SELECT DISTINCT hashtext(sku) AS h FROM (
    SELECT sku FROM reservation WHERE order_number = %(order_number)s
    UNION SELECT sku FROM preorder_claim WHERE order_number = %(order_number)s
    UNION SELECT unnest(%(skus)s::text[])) AS let_go(sku)
    WHERE sku IN (SELECT sku FROM preorder) ORDER BY h) AS locks"""

_RESERVE = """
UPDATE stock_level s SET reserved = s.reserved + w.quantity
FROM unnest(%s::text[], %s::text[], %s::int[]) AS w(sku, warehouse, quantity)
WHERE s.sku = w.sku AND s.warehouse = w.warehouse AND s.on_hand - s.reserved >= w.quantity
RETURNING true AS taken"""

_WRITE_RESERVATIONS = """
WITH lines AS (
    SELECT * FROM unnest(%(line_nos)s::int[], %(skus)s::text[], %(warehouses)s::text[], %(quantities)s::int[])
        AS l(line_no, sku, warehouse, quantity)),
written AS (
    INSERT INTO reservation (order_number, line_no, sku, warehouse, quantity, state, key)
    SELECT %(order_number)s::text, line_no, sku, warehouse, quantity, 'open', %(key)s::text FROM lines)
INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)
SELECT sku, warehouse, 'reserved', 0, sum(quantity), %(order_number)s::text, %(key)s::text FROM lines GROUP BY sku, warehouse"""

# Of a parcel, one reservation for each of its wants: another parcel of the order may hold the same line at the same place.
# One statement moves reservations out of `open` and takes the levels and movements along: `on_hand` only when they ship.
_END_RESERVATIONS = """
WITH ended AS (
    UPDATE reservation SET state = %(state)s::text
    WHERE order_number = %(order_number)s::text AND state = 'open'
        AND (%(warehouse)s::text = '' OR warehouse = %(warehouse)s::text)
        AND (%(line_nos)s::int[] = '{}' OR id IN (
            SELECT min(r.id) FROM reservation r JOIN unnest(%(line_nos)s::int[], %(quantities)s::int[]) AS w(line_no, quantity)
                USING (line_no, quantity)
            WHERE r.order_number = %(order_number)s::text AND r.state = 'open' AND r.warehouse = %(warehouse)s::text
            GROUP BY line_no))
    RETURNING sku, warehouse, quantity),
sums AS (SELECT sku, warehouse, sum(quantity)::int AS quantity FROM ended GROUP BY sku, warehouse),
levels AS (
    UPDATE stock_level s SET reserved = s.reserved - sums.quantity,
        on_hand = s.on_hand - CASE WHEN %(kind)s::text = 'shipped' THEN sums.quantity ELSE 0 END
    FROM sums WHERE s.sku = sums.sku AND s.warehouse = sums.warehouse),
moved AS (
    INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)
    SELECT sku, warehouse, %(kind)s::text, CASE WHEN %(kind)s::text = 'shipped' THEN -quantity ELSE 0 END, -quantity, %(order_number)s::text, %(key)s::text
    FROM sums)
SELECT coalesce(sum(quantity), 0)::int AS pieces FROM sums"""

_LOCK_ORDERS_LEVELS = """
SELECT 1 FROM stock_level s WHERE (s.sku, s.warehouse) IN (
    SELECT sku, warehouse FROM reservation WHERE order_number = %s AND state = 'open')
ORDER BY s.sku, s.warehouse FOR UPDATE"""

# The row to insert is checked even where the level stands already: a loss must not be one that could never lie there.
_CHANGE_ON_HAND = """
WITH level AS (
    INSERT INTO stock_level AS s (sku, warehouse, on_hand, reserved)
    VALUES (%(sku)s::text, %(warehouse)s::text, greatest(%(delta)s::int, 0), 0)
    ON CONFLICT (sku, warehouse) DO UPDATE SET on_hand = s.on_hand + %(delta)s::int RETURNING on_hand)
INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)
VALUES (%(sku)s::text, %(warehouse)s::text, %(kind)s::text, %(delta)s::int, 0, %(order_number)s::text, %(key)s::text)
RETURNING (SELECT on_hand FROM level) AS on_hand"""


async def reserve(cursor: Cursor, key: str, order_number: str, parts: tuple[Part, ...]) -> bool:
    """Reserve all parts; False when another order was quicker: then the transaction must be rolled back."""
    pieces = sorted(
        (sku, part.warehouse, quantity) for part in parts for sku, quantity in needs(part.wants).items()
    )
    skus, warehouses, quantities = (list(column) for column in zip(*pieces, strict=True))
    if len(pieces) > 1:
        await cursor.execute(_LOCK, (skus, warehouses))
    await cursor.execute(_RESERVE, (skus, warehouses, quantities))
    if len(await cursor.fetchall()) < len(pieces):
        return False
    lines = [(want.line_no, want.sku, part.warehouse, want.quantity) for part in parts for want in part.wants]
    columns = [list(column) for column in zip(*lines, strict=True)]
    names = ("line_nos", "skus", "warehouses", "quantities")
    await cursor.execute(
        _WRITE_RESERVATIONS,
        {**dict(zip(names, columns, strict=True)), "order_number": order_number, "key": key},
    )
    return True


async def lock(cursor: Cursor, skus: list[str]) -> None:
    """Hold the levels of these SKUs everywhere until the transaction ends."""
    await cursor.execute(_LOCK_SKUS, (skus,))


async def await_receipts(cursor: Cursor, skus: list[str]) -> None:
    """Let no other transaction declare these SKUs short, or receive any, until this one ends."""
    await cursor.execute(_AWAIT_RECEIPTS, (skus,))


async def await_claims(cursor: Cursor, order_number: str, skus: list[str]) -> None:
    """The same of the preordered SKUs among these and those that an order holds or waits for."""
    await cursor.execute(_AWAIT_CLAIMS, {"order_number": order_number, "skus": skus})


async def end_reservations(
    cursor: Cursor, key: str, order_number: str, warehouse: str, wants: tuple[Want, ...], shipped: bool
) -> int:
    """Commit (`shipped`) or release open reservations, exactly once; returns the pieces. No wants: all of the order's."""
    if len(wants) != 1:
        await cursor.execute(_LOCK_ORDERS_LEVELS, (order_number,))
    await cursor.execute(
        _END_RESERVATIONS,
        {
            "state": "committed" if shipped else "released",
            "kind": "shipped" if shipped else "released",
            "order_number": order_number,
            "warehouse": warehouse,
            "line_nos": [want.line_no for want in wants],
            "quantities": [want.quantity for want in wants],
            "key": key,
        },
    )
    row = await cursor.fetchone()
    return row["pieces"] if row else 0


async def unpromised(cursor: Cursor, warehouse: str, deltas: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Cut losses down to what no other order was promised; a count finds the rest."""
    skus = sorted(sku for sku, _ in deltas)
    await cursor.execute(_LOCK, (skus, [warehouse] * len(skus)))
    await cursor.execute(
        "SELECT sku, on_hand - reserved AS free FROM stock_level WHERE warehouse = %s AND sku = ANY(%s)",
        (warehouse, skus),
    )
    free = {row["sku"]: row["free"] for row in await cursor.fetchall()}
    return [(sku, max(delta, -free.get(sku, 0))) for sku, delta in deltas if free.get(sku, 0)]


async def change_on_hand(
    cursor: Cursor,
    key: str,
    kind: str,
    warehouse: str,
    deltas: Iterable[tuple[str, int]],
    order_number: str = "",
) -> int:
    """Add to (or take from) what lies there, with its movement; returns the last level's `on_hand`."""
    on_hand = 0
    for sku, delta in sorted(deltas):
        await cursor.execute(
            _CHANGE_ON_HAND,
            {
                "sku": sku,
                "warehouse": warehouse,
                "delta": delta,
                "kind": kind,
                "order_number": order_number,
                "key": key,
            },
        )
        row = await cursor.fetchone()
        on_hand = row["on_hand"] if row else 0
    return on_hand
