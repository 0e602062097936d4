"""Whether the tables agree with the workflows: a sample of orders is asked.

Row and workflow are read at different moments. So an order counts as moving, and is asked again, while its row changes
around the question or an effect is under way; only a difference that stands still is a finding.
"""

import asyncio

from activities.insight.invariants.registry import Invariant
from activities.insight.ports import SnapshotReader
from activities.shared.database import Database, Row
from models.order.run_state import Snapshot

AT_ONCE = 10
# A worker that died leaves a workflow younger than its row until the lost task times out, ten seconds later.
PAUSES_S = (0.0, 0.15, 0.3, 0.6, 1.2, 2.4, 4.8, 4.8)

WORKFLOWS_AGREE = Invariant(
    "workflows_agree",
    "Of an open order, the running workflow and the row say the same on every axis, wait, hold and amount; a finished"
    " order has no running workflow (a sample is asked).",
    sql="",
)

# Half of the sample are open orders, the rest finished ones, and whatever one half lacks goes to the other.
_SAMPLE = """
SELECT order_number FROM (
    SELECT order_number, row_number() OVER (PARTITION BY closed_at IS NULL ORDER BY random()) AS nth FROM sales_order) drawn
ORDER BY nth LIMIT %s"""

_ROW = """
SELECT order_state, payment_state, fulfilment_state, risk_verdict, waiting_for, hold_reasons, holds, captured_minor,
    closed_at IS NOT NULL AS closed,
    EXISTS (SELECT FROM step_record s WHERE s.order_number = o.order_number AND s.state = 'intended') AS under_way
FROM sales_order o WHERE order_number = %s"""


async def compare(db: Database, snapshots: SnapshotReader, sample: int) -> tuple[int, list[list[str]]]:
    """How many orders were asked, and `[order number, what differs]` of each that disagrees, sorted."""
    async with db.reading() as cursor:
        await cursor.execute(_SAMPLE, (sample,))
        numbers = [row["order_number"] for row in await cursor.fetchall()]
    places = asyncio.Semaphore(AT_ONCE)

    async def ask(number: str) -> list[str] | None:
        async with places:
            what = await _difference(db, snapshots, number)
            return [number, what] if what else None

    answers = await asyncio.gather(*(ask(number) for number in numbers))
    return len(numbers), sorted(answer for answer in answers if answer)


async def _difference(db: Database, snapshots: SnapshotReader, number: str) -> str:
    """What stands differently in row and workflow; empty when they agree, or the order never stood still."""
    what = ""
    for pause_s in PAUSES_S:
        await asyncio.sleep(pause_s)
        before = await _read(db, number)
        snapshot = await snapshots.snapshot(number)
        still = before == await _read(db, number) and (before["closed"] or not before["under_way"])
        what = differences(before, snapshot)
        if not what:
            return ""
        if not still:
            what = ""
    return what


def differences(row: Row, snapshot: Snapshot | None) -> str:
    """Where a row of `sales_order` and a workflow's answer differ, in words; empty when they agree."""
    if row["closed"]:
        return "the order is closed, its workflow runs" if snapshot else ""
    if snapshot is None:
        return "the order is open, no workflow of it runs"
    pairs = {
        "order": (row["order_state"], snapshot.order_state.value),
        "payment": (row["payment_state"], snapshot.payment_state.value),
        "goods": (row["fulfilment_state"], snapshot.fulfilment_state.value),
        "risk": (row["risk_verdict"], snapshot.risk.value),
        "waits for": (row["waiting_for"], snapshot.waiting_for),
        "holds": (sorted(row["hold_reasons"]), sorted(hold.value for hold in snapshot.holds)),
        "hold ids": (sorted(hold["hold_id"] for hold in row["holds"]), sorted(snapshot.hold_ids)),
        "captured": (row["captured_minor"], snapshot.captured_minor),
    }
    return "; ".join(
        f"{name}: row {ours!r}, workflow {theirs!r}"
        for name, (ours, theirs) in pairs.items()
        if ours != theirs
    )


async def _read(db: Database, number: str) -> Row:
    async with db.reading() as cursor:
        await cursor.execute(_ROW, (number,))
        row = await cursor.fetchone()
    assert row is not None, "orders are never deleted"
    return row
