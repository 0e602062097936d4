"""The statements that change preorders and their claims. Preorders are locked here alone, always in the order of their SKUs.

Whoever claims holds the advisory locks of its SKUs (`levels.await_receipts`) before.
"""

from collections.abc import Mapping, Sequence

from activities.allocation import levels
from activities.shared.database import Cursor, Row
from models.allocation.preorders import (
    Preorder,
    PreorderChanged,
    SetPreorder,
    Standing,
    change_faults,
    changed,
)

_STANDINGS = """
SELECT p.*, coalesce(c.state, '') AS claim, coalesce(c.revision, 0) AS told,
    EXISTS (SELECT FROM preorder_claim o WHERE o.order_number = %(order_number)s AND o.state = 'open')
        OR EXISTS (SELECT FROM purchase_request r WHERE r.order_number = %(order_number)s AND r.state = 'open') AS waits
FROM preorder p LEFT JOIN preorder_claim c ON c.sku = p.sku AND c.key = %(key)s
WHERE p.sku = ANY(%(skus)s) ORDER BY p.sku FOR UPDATE OF p"""

_CLAIM = """
WITH claimed AS (
    INSERT INTO preorder_claim (key, sku, order_number, quantity, state, revision)
    SELECT %(key)s::text, w.sku, %(order_number)s::text, w.quantity, 'open', p.revision
    FROM unnest(%(skus)s::text[], %(quantities)s::int[]) AS w(sku, quantity) JOIN preorder p USING (sku) ORDER BY sku
    RETURNING sku, quantity),
counted AS (UPDATE preorder p SET sold = p.sold + claimed.quantity FROM claimed WHERE p.sku = claimed.sku)
INSERT INTO preorder_movement (sku, order_number, kind, sold_delta, waiting_delta, key)
SELECT sku, %(order_number)s::text, 'claimed', quantity, quantity, %(key)s::text FROM claimed"""

# What an attempt's goods do not serve of its claims goes on waiting in its place, under the key of the rest.
_LEAVE = """
WITH parted AS (
    UPDATE preorder_claim c SET key = %(rest_key)s::text, quantity = c.quantity - s.pieces
    FROM (SELECT m.id, coalesce(w.pieces, 0) AS pieces FROM preorder_claim m
          LEFT JOIN unnest(%(skus)s::text[], %(quantities)s::int[]) AS w(sku, pieces) USING (sku)
          WHERE m.key = %(key)s::text AND m.state = 'open') s
    WHERE c.id = s.id AND c.quantity > s.pieces
    RETURNING c.sku, c.order_number, s.pieces, c.revision, c.created_at)
INSERT INTO preorder_claim (key, sku, order_number, quantity, state, revision, created_at)
SELECT %(key)s::text, sku, order_number, pieces, 'open', revision, created_at FROM parted WHERE pieces > 0"""

_SETTLE = """
WITH settled AS (
    UPDATE preorder_claim SET state = 'settled' WHERE key = %(key)s::text AND state = 'open' RETURNING sku, order_number, quantity, key)
INSERT INTO preorder_movement (sku, order_number, kind, sold_delta, waiting_delta, key)
SELECT sku, order_number, 'settled', 0, -quantity, key FROM settled"""

_LOCK_ORDERS = """
SELECT 1 FROM preorder WHERE sku IN (SELECT sku FROM preorder_claim WHERE order_number = %s AND state = 'open')
ORDER BY sku FOR UPDATE"""

_RELEASE = """
WITH freed AS (
    UPDATE preorder_claim SET state = 'released' WHERE order_number = %s AND state = 'open' RETURNING sku, order_number, quantity, key),
counted AS (
    UPDATE preorder p SET sold = p.sold - f.quantity
    FROM (SELECT sku, sum(quantity)::int AS quantity FROM freed GROUP BY sku) f WHERE p.sku = f.sku)
INSERT INTO preorder_movement (sku, order_number, kind, sold_delta, waiting_delta, key)
SELECT sku, order_number, 'released', -quantity, -quantity, key FROM freed"""

_TELL = "UPDATE preorder_claim SET revision = p.revision FROM preorder p WHERE p.sku = preorder_claim.sku AND key = %s AND p.sku = ANY(%s)"

# Those who wait for what an order let go of, while some of it lies there.
_WAITING_FOR_FREED = """
SELECT c.order_number FROM preorder_claim c WHERE c.state = 'open' AND c.order_number <> %(order_number)s
    AND (c.sku = ANY(%(skus)s::text[])
        OR c.sku IN (SELECT sku FROM reservation WHERE order_number = %(order_number)s AND state = 'released')
        OR c.sku IN (SELECT sku FROM preorder_claim WHERE order_number = %(order_number)s AND state = 'released'))
    AND EXISTS (SELECT FROM stock_level s WHERE s.sku = c.sku AND s.on_hand > s.reserved)
GROUP BY c.order_number ORDER BY min(c.id)"""

_FOR_CHANGE = """
SELECT p.*, (SELECT coalesce(sum(quantity), 0)::int FROM preorder_claim c WHERE c.sku = p.sku AND c.state = 'open') AS waiting
FROM preorder p WHERE p.sku = %s FOR UPDATE OF p"""

_PUT = """
INSERT INTO preorder AS p (sku, ships_from, cap, sold, open, note, revision)
VALUES (%(sku)s, %(ships_from)s, %(cap)s, 0, %(open)s, %(note)s, %(revision)s)
ON CONFLICT (sku) DO UPDATE SET ships_from = excluded.ships_from, cap = excluded.cap, open = excluded.open, note = excluded.note,
    revision = excluded.revision, changed_at = now()"""

_WAITING = "SELECT order_number FROM preorder_claim WHERE sku = %s AND state = 'open' ORDER BY id"


async def standings(cursor: Cursor, key: str, order_number: str, skus: Sequence[str]) -> list[Standing]:
    """How an order that is short of SKUs stands to their preorders, which are locked until the transaction ends."""
    await cursor.execute(_STANDINGS, {"key": key, "order_number": order_number, "skus": list(skus)})
    return [
        Standing(preorder=_preorder(row), claim=row["claim"], told=row["told"], waits=row["waits"])
        for row in await cursor.fetchall()
    ]


async def claim(cursor: Cursor, key: str, order_number: str, pieces: Mapping[str, int]) -> None:
    """Claim pieces by SKU; the caller holds the preorders' locks and knows that there is room."""
    values = {"skus": list(pieces), "quantities": list(pieces.values())}
    await cursor.execute(_CLAIM, {"key": key, "order_number": order_number, **values})


async def settle(cursor: Cursor, key: str) -> None:
    """An attempt's goods are reserved: its open claims are served. `sold` stays."""
    await cursor.execute(_SETTLE, {"key": key})


async def leave(cursor: Cursor, key: str, rest_key: str, served: Mapping[str, int]) -> None:
    """Held lines are left out of an attempt: its open claims keep only the pieces that it serves, the rest waits under its own key."""
    values = {"skus": list(served), "quantities": list(served.values())}
    await cursor.execute(_LEAVE, {"key": key, "rest_key": rest_key, **values})


async def tell(cursor: Cursor, key: str, skus: Sequence[str]) -> None:
    """The customer hears of the newest date of these."""
    await cursor.execute(_TELL, (key, list(skus)))


async def release(cursor: Cursor, order_number: str) -> None:
    """Give an order's open claims back to their caps, exactly once."""
    await cursor.execute(_LOCK_ORDERS, (order_number,))
    await cursor.execute(_RELEASE, (order_number,))


async def waiting_for_freed(cursor: Cursor, order_number: str, skus: Sequence[str]) -> tuple[str, ...]:
    """Orders whose claims wait for one of these SKUs, or for what an order let go of, in the order of their claims."""
    await cursor.execute(_WAITING_FOR_FREED, {"order_number": order_number, "skus": list(skus)})
    return tuple(row["order_number"] for row in await cursor.fetchall())


async def change(cursor: Cursor, asked: SetPreorder) -> PreorderChanged:
    """Open or change a preorder; nothing is changed when it has faults."""
    # Two that open one preorder at once take turns, as an order that would claim and this do.
    await levels.await_receipts(cursor, [asked.sku])
    await cursor.execute(_FOR_CHANGE, (asked.sku,))
    row = await cursor.fetchone()
    before = _preorder(row) if row else None
    problems = tuple(change_faults(before, asked))
    if problems:
        return PreorderChanged(preorder=before, problems=problems)
    after = changed(before, asked)
    await cursor.execute(_PUT, after.model_dump(exclude={"sold", "waiting"}))
    if before is None or after.revision == before.revision:
        return PreorderChanged(preorder=after)
    await cursor.execute(_WAITING, (asked.sku,))
    orders = tuple(found["order_number"] for found in await cursor.fetchall())
    return PreorderChanged(preorder=after, waiting_orders=orders)


def _preorder(row: Row) -> Preorder:
    return Preorder.model_validate({name: row[name] for name in Preorder.model_fields if name in row})
