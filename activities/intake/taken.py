"""Orders that the door takes while their workflow does not answer: written down with the answer, started by a relay."""

from dataclasses import dataclass
from datetime import datetime

from activities.intake.sources import LOCK_SOURCE, end_task
from activities.order.policies import Policies
from activities.shared.database import Cursor, Database
from models.intake.messages import Recorded
from models.intake.rules import accept
from models.order.messages import Acceptance, Order, Verdict
from models.shared.ids import step_key

_RECORDED = """
SELECT s.order_number, s.fingerprint, r.result FROM sales_order s LEFT JOIN step_record r ON r.key = %s
WHERE s.channel = %s AND s.source_id = %s"""

_TAKEN = "SELECT order_number, fingerprint, answer FROM taken_order WHERE channel = %s AND source_id = %s"

# With the active policy: when the last preordered goods are expected of which nothing lies there, as `record_order` reads it,
# and the task of the same source.
_BEFORE = """
SELECT (SELECT version FROM policy_version WHERE active) AS version,
    (SELECT max(p.ships_from) FROM preorder p WHERE p.open AND p.sku = ANY(%(skus)s)
         AND NOT EXISTS (SELECT FROM stock_level s WHERE s.sku = p.sku AND s.on_hand > s.reserved)) AS ships_from,
    (SELECT jsonb_build_object('id', id, 'open', state = 'open') FROM intake_task
     WHERE channel = %(channel)s AND source_id = %(source_id)s AND state <> 'dropped') AS task"""

_TAKE = """
INSERT INTO taken_order (channel, source_id, order_number, fingerprint, document, answer, state, attempts, error, next_at)
VALUES (%s, %s, %s, %s, %s, %s, 'waiting', 0, '', now() + make_interval(secs => %s))"""

_SETTLE = """
DELETE FROM taken_order t USING sales_order s WHERE t.state = 'waiting' AND t.next_at <= now()
    AND s.channel = t.channel AND s.source_id = t.source_id AND s.order_number = t.order_number"""

# Urgent orders first, but every class above 1 waits only 20 seconds longer for each step: nobody waits for ever.
_CLAIM = """
UPDATE taken_order t SET attempts = t.attempts + 1, next_at = now() + interval '15 seconds'
FROM (SELECT channel, source_id FROM taken_order WHERE state = 'waiting' AND next_at <= now()
      ORDER BY next_at + (answer->>'priority')::int * interval '20 seconds' LIMIT %s FOR UPDATE SKIP LOCKED) due
WHERE t.channel = due.channel AND t.source_id = due.source_id
RETURNING t.document, t.attempts, t.taken_at + (answer->>'priority')::int * interval '20 seconds' AS turn"""

_SETTLE_ONE = "DELETE FROM taken_order WHERE channel = %s AND source_id = %s"

_LATER = """
UPDATE taken_order SET state = %s, error = left(%s, 500), next_at = now() + least(interval '1 minute', attempts * interval '1 second')
WHERE channel = %s AND source_id = %s"""


@dataclass(frozen=True)
class DueOrder:
    """A taken order whose workflow is to be started."""

    order: Order
    attempts: int


class TakenOrders:
    """The book of taken orders. Every method raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._policies = Policies()

    async def take(self, order: Order, now: datetime, start_in_s: float = 0.0) -> Acceptance:
        """Write an order down unless it is known already, and tell what its storefront is answered, now and ever after.

        `now` is UTC; the relay starts the order after `start_in_s` seconds. The answer is the one that the workflow gave or will give: both look under one lock.
        """
        async with self._database.transaction() as cursor:
            await cursor.execute(LOCK_SOURCE, (order.channel, order.source_id))
            return await self.enter(cursor, order, now, start_in_s)

    async def enter(self, cursor: Cursor, order: Order, now: datetime, start_in_s: float) -> Acceptance:
        """The same in a transaction that holds the lock of the order's source. A task that is open for it ends."""
        known = await self._known(cursor, order)
        if known is not None:
            return known
        source = {"channel": order.channel, "source_id": order.source_id}
        await cursor.execute(_BEFORE, source | {"skus": [line.sku for line in order.lines]})
        before = await cursor.fetchone() or {}
        policy = await self._policies.get(cursor, before["version"])
        answer = accept(order, policy, now, before["ships_from"])
        written = (
            order.order_number,
            order.fingerprint,
            order.model_dump_json(),
            answer.model_dump_json(),
        )
        await cursor.execute(_TAKE, (*source.values(), *written, start_in_s))
        if before["task"] and before["task"]["open"]:
            await end_task(cursor, order.channel, order.source_id, order.order_number)
        return answer

    async def known(self, order: Order) -> Acceptance | None:
        """What an order would be answered because it, or another one in its place, is there already; None when it is new."""
        async with self._database.reading() as cursor:
            return await self._known(cursor, order)

    async def _known(self, cursor: Cursor, order: Order) -> Acceptance | None:
        source = (order.channel, order.source_id)
        await cursor.execute(_RECORDED, (step_key(order.order_number, "record_order"), *source))
        if row := await cursor.fetchone():
            if refusal := _refusal(order, row["order_number"], row["fingerprint"]):
                return refusal
            said = Recorded.model_validate(row["result"])
            return Acceptance(
                verdict=Verdict.ACCEPTED,
                order_number=order.order_number,
                order_class=said.order_class,
                priority=said.priority,
                promised_by=said.promised_by,
            )
        await cursor.execute(_TAKEN, source)
        if row := await cursor.fetchone():
            refusal = _refusal(order, row["order_number"], row["fingerprint"])
            return refusal or Acceptance.model_validate(row["answer"])
        return None

    async def settle(self) -> None:
        """Forget the due ones that are recorded."""
        async with self._database.reading() as cursor:
            await cursor.execute(_SETTLE)

    async def claim(self, limit: int) -> list[DueOrder]:
        """Orders to start, by priority and age; nobody else gets them for 15 seconds."""
        async with self._database.reading() as cursor:
            await cursor.execute(_CLAIM, (limit,))
            rows = sorted(await cursor.fetchall(), key=lambda row: row["turn"])
        return [DueOrder(Order.model_validate(row["document"]), row["attempts"]) for row in rows]

    async def started(self, order: Order) -> None:
        """Its workflow has answered."""
        async with self._database.reading() as cursor:
            await cursor.execute(_SETTLE_ONE, (order.channel, order.source_id))

    async def failed(self, order: Order, error: str, forever: bool) -> None:
        """Not started: again later, or never when `forever`; then the auditor reports it."""
        values = ("dead" if forever else "waiting", error, order.channel, order.source_id)
        async with self._database.reading() as cursor:
            await cursor.execute(_LATER, values)


def _refusal(order: Order, number: str, fingerprint: str) -> Acceptance | None:
    if number != order.order_number:
        return Acceptance(verdict=Verdict.DUPLICATE_SOURCE, order_number=order.order_number)
    if fingerprint != order.fingerprint:
        return Acceptance(verdict=Verdict.KEY_REUSED, order_number=order.order_number)
    return None
