"""The one writer of the order's own tables: progress, axes, facts and notices.

`write` always updates `sales_order` first, which locks the order: facts of one order are chained in that order.
"""

from typing import NamedTuple

import orjson
from pydantic import TypeAdapter

from activities.shared.database import Cursor, Database
from activities.shared.journal import StepJournal
from models.order.holds import OpenHold
from models.order.messages import Fact, Progress
from models.order.records import Axes, Notice, RecordFacts, Written
from models.order.states import Outcome


class Money(NamedTuple):
    """What a step did to the order's money, in minor units: what is held now, what more was taken, what more went back."""

    authorised: int | None = None
    captured: int = 0
    refunded: int = 0


_UNTOUCHED = Money()
_FACTS = TypeAdapter(tuple[Fact, ...])
_HOLDS = TypeAdapter(tuple[OpenHold, ...])
_NOTICES = TypeAdapter(list[dict[str, object]])

_MOVE = """
UPDATE sales_order SET stage = %(stage)s, waiting_for = %(waiting_for)s, waiting_since = %(waiting_since)s,
    deadline_at = %(deadline_at)s, hold_reasons = %(holds)s, holds = %(open_holds)s::jsonb,
    order_state = coalesce(%(order)s, order_state), payment_state = coalesce(%(payment)s, payment_state),
    fulfilment_state = coalesce(%(fulfilment)s, fulfilment_state), risk_verdict = coalesce(%(risk)s, risk_verdict),
    outcome = coalesce(%(outcome)s, outcome), promised_by = coalesce(%(promised_by)s, promised_by),
    closed_at = coalesce(%(closed_at)s, closed_at), authorised_minor = coalesce(%(authorised)s, authorised_minor),
    desk = coalesce(%(desk)s::jsonb, desk), captured_minor = captured_minor + %(captured)s, refunded_minor = refunded_minor + %(refunded)s
WHERE order_number = %(order_number)s"""

# An order that ends early leaves nothing at the bench.
_DISSOLVE = """
UPDATE parcel p SET state = 'cancelled' WHERE order_number = %s AND state IN ('open', 'labelled') AND NOT EXISTS (
    SELECT FROM shipment s WHERE s.parcel_id = p.parcel_id AND s.handed_over_at IS NOT NULL)"""
_EARLY = (Outcome.CANCELLED, Outcome.REJECTED, Outcome.UNPAID)

# Sequence number and hashes are filled in by the trigger `order_fact_chain`.
_WRITE_FACTS = """
INSERT INTO order_fact (order_number, seq, actor, what, why, data, prev_hash, hash)
SELECT %s, 0, f->>'actor', f->>'what', f->>'why', f->'data', '', ''
FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS facts(f, nth) ORDER BY nth"""

_WRITE_NOTICES = """
INSERT INTO notice (order_number, kind, about, audience, data, state, attempts, error)
SELECT %s, n->>'kind', n->>'about', n->>'audience', n->'data', 'queued', 0, ''
FROM jsonb_array_elements(%s::jsonb) AS n ON CONFLICT (order_number, kind, about) DO NOTHING"""


async def write(
    cursor: Cursor,
    progress: Progress,
    facts: tuple[Fact, ...] = (),
    notices: tuple[Notice, ...] = (),
    axes: Axes | None = None,
    money: Money = _UNTOUCHED,
) -> None:
    """Write where the order stands, what happened, and whom it is told to, inside the caller's transaction.

    CHECKs of the table keep refunded ≤ captured ≤ authorised ≤ total.
    """
    moved = (axes or Axes()).model_dump()
    await cursor.execute(
        _MOVE,
        {
            "order_number": progress.order_number,
            "stage": progress.stage,
            "waiting_for": progress.waiting_for,
            "waiting_since": progress.waiting_since,
            "deadline_at": progress.deadline_at,
            "holds": list(progress.holds),
            "open_holds": _HOLDS.dump_json(progress.open_holds).decode(),
            "desk": orjson.dumps(progress.desk).decode() if progress.desk is not None else None,
            **moved,
            **money._asdict(),
            "order": moved["order"] or progress.order_state,
            "fulfilment": moved["fulfilment"] or progress.fulfilment_state,
        },
    )
    if axes and axes.outcome in _EARLY:
        await cursor.execute(_DISSOLVE, (progress.order_number,))
    await write_facts(cursor, progress.order_number, facts)
    await write_notices(cursor, progress.order_number, notices)


async def write_facts(cursor: Cursor, order_number: str, facts: tuple[Fact, ...]) -> None:
    """Append facts; the caller holds the order's row lock."""
    if facts:
        await cursor.execute(_WRITE_FACTS, (order_number, _FACTS.dump_json(facts).decode()))


async def write_notices(cursor: Cursor, order_number: str, notices: tuple[Notice, ...]) -> None:
    """Queue notices; one that stands already is left alone."""
    if notices:
        rows = [{**notice.model_dump(mode="json"), "audience": notice.audience.value} for notice in notices]
        await cursor.execute(_WRITE_NOTICES, (order_number, _NOTICES.dump_json(rows).decode()))


async def lock(cursor: Cursor, order_number: str) -> bool:
    """Lock the order's row until the transaction ends; False when there is none."""
    await cursor.execute("SELECT 1 FROM sales_order WHERE order_number = %s FOR UPDATE", (order_number,))
    return await cursor.fetchone() is not None


class OrderRecords:
    """What the whole order writes between its stages."""

    def __init__(self, database: Database) -> None:
        self._journal = StepJournal(database)

    async def record_facts(self, request: RecordFacts) -> Written:
        """Write progress, axes, facts and notices in one transaction, once."""

        async def work(cursor: Cursor) -> Written:
            await write(cursor, request.progress, request.facts, request.notices, request.axes)
            return Written(facts=len(request.facts))

        return await self._journal.once(request.key, request.order_number, "record_facts", Written, work)
