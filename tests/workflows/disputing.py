"""Disputes for tests: opened and decided by the simulated bank, told through the inbox, followed in the tables."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

from activities.insight.audit import audit
from activities.shared.database import Row
from models.delivery.messages import News
from models.order.messages import Decision, Order
from models.settlement.disputes.messages import DisputeAnswer, DisputeResult, SubmitDispute
from models.shared.ids import dispute_workflow_id
from tests.workflows.lives import happy
from tests.workflows.living import Lived
from tests.workflows.made import an_order

_UPDATES = itertools.count(1)
DAYS_TO_ANSWER = 14


@dataclass
class Disputed:
    """One dispute and the order that it is about."""

    lived: Lived
    order: Order
    reference: str

    @property
    def handle(self) -> WorkflowHandle[Any, DisputeResult]:
        """Its workflow."""
        return self.lived.environment.client.get_workflow_handle(
            dispute_workflow_id(self.reference), result_type=DisputeResult
        )

    async def row(self) -> Row:
        """Its row; empty when there is none."""
        rows = await self.lived.all("SELECT * FROM dispute WHERE reference = %s", self.reference)
        return rows[0] if rows else {}

    async def until(self, true: Callable[[Row], bool]) -> Row:
        """Its row once something is true of it; fails after the lived house's patience."""
        end = time.monotonic() + self.lived.patience_s
        row: Row = {}
        while time.monotonic() < end:
            row = await self.row()
            if row and true(row):
                return row
            await asyncio.sleep(0.05)
        raise AssertionError(f"dispute {self.reference} never got there: {row}")

    async def waits(self, name: str) -> Row:
        """Its row once it waits for `name`."""
        return await self.until(lambda row: row["waiting_for"] == name)

    async def ended(self) -> Row:
        """Its row once it is closed and its workflow has ended, in a house whose books are clean."""
        row = await self.until(lambda row: row["closed_at"] is not None)
        result = await asyncio.wait_for(self.handle.result(), self.lived.patience_s)
        assert result.state == row["state"]
        await self.lived.relay()
        report = await audit(self.lived.database, None, journals=True, grace_s=0)
        late = "every_order_waits"  # without a grace time a working order is told, too
        assert [one for one in report.findings if one.invariant != late] == []
        return row

    async def say(self, verb: str, message: Decision) -> DisputeAnswer:
        """An update, as our own doors send it."""
        answer: DisputeAnswer = await self.handle.execute_update(
            verb, message, id=f"dispute-{next(_UPDATES)}", result_type=DisputeAnswer
        )
        return answer

    async def stubborn(self, verb: str, message: Decision) -> None:
        """The same until it is answered: a worker that died gives no answer for a while."""
        end = time.monotonic() + self.lived.patience_s
        while True:
            try:
                assert (await self.say(verb, message)).done
                return
            except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
                if time.monotonic() > end:
                    raise
            await asyncio.sleep(0.2)

    async def skip(self, days: float) -> None:
        """Let days pass for this dispute."""
        await self.lived.environment.fast_forward(self.handle, days * 86_400)

    async def decide(self, won: bool) -> None:
        """The bank's verdict, told."""
        assert await self.lived.world.disputes.decide_dispute(self.reference, won)
        await self.lived.relay()

    async def money(self) -> dict[str, int]:
        """What the dispute moved on each account, without those that are even."""
        rows = await self.lived.all(
            "SELECT account, sum(amount_minor)::int AS amount FROM ledger_entry WHERE starts_with(key, %s)"
            " GROUP BY account HAVING sum(amount_minor) <> 0",
            f"{dispute_workflow_id(self.reference)}:",
        )
        return {row["account"]: row["amount"] for row in rows}

    async def facts(self) -> list[str]:
        """What happened to it, in order."""
        rows = await self.lived.all(
            "SELECT what FROM order_fact WHERE order_number = %s AND data->>'dispute' = %s ORDER BY seq",
            self.order.order_number,
            self.reference,
        )
        return [row["what"].removeprefix("dispute_") for row in rows]

    async def letters(self) -> list[tuple[str, str]]:
        """Which letters were written about it: kind and to whom."""
        rows = await self.lived.all(
            "SELECT kind, audience FROM notice WHERE starts_with(about, %s) ORDER BY id", self.reference
        )
        return [(row["kind"].removeprefix("dispute_"), row["audience"]) for row in rows]

    async def packet(self, cause: str) -> dict[str, Any]:
        """The evidence that was packed for a cause."""
        row = await self.lived.one(
            "SELECT packet FROM dispute_evidence WHERE reference = %s AND cause = %s", self.reference, cause
        )
        packet: dict[str, Any] = row["packet"]
        return packet


async def taken(lived: Lived, order: Order | None = None, signed: bool = True) -> Order:
    """An order whose money was taken; it waits for the end of the return window."""
    order = order or an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.waits(order, "handover")
    await lived.carrier(order, News.HANDED_OVER)
    await lived.waits(order, "delivery")
    await lived.carrier(order, News.DELIVERED, signed=signed)
    await lived.waits(order, "return_window")
    return order


async def closed(lived: Lived) -> Order:
    """An order that was taken and whose books are closed."""
    order = await taken(lived)
    await lived.skip(order, 31)
    await lived.closed(order)
    return order


async def payment_of(lived: Lived, order: Order) -> str:
    """The provider's reference of an order's payment."""
    paid = await lived.one(
        "SELECT reference FROM sim.psp_payment WHERE order_number = %s", order.order_number
    )
    return str(paid["reference"])


async def dispute(
    lived: Lived,
    order: Order,
    amount_minor: int | None = None,
    reason: str = "product_not_received",
    due_in: timedelta | None = timedelta(days=DAYS_TO_ANSWER),
    tell: bool = True,
) -> Disputed:
    """The bank disputes an order's payment, the whole of it unless told otherwise."""
    due = datetime.now(UTC) + due_in if due_in is not None else None
    reference = await lived.world.disputes.open_dispute(
        await payment_of(lived, order), reason, amount_minor or order.total_minor, due
    )
    assert reference, "the bank could not open the dispute"
    if tell:
        await lived.relay()
    return Disputed(lived, order, reference)


async def dispute_won(lived: Lived, overdue: bool = False) -> Disputed:
    """A whole life: submitted by a person and won. `overdue`: the bank is asked before it decides."""
    case = await dispute(lived, await happy(lived), amount_minor=600)
    await case.waits("dispute_answer")
    await case.stubborn("submit", SubmitDispute(by="fin", request_id="r-1"))
    await case.until(lambda row: row["state"] == "submitted")
    if overdue:
        await lived.happens(case.order, "dispute_verdict_overdue")
    await case.decide(won=True)
    return await _over(case, "won")


async def dispute_accepted(lived: Lived) -> Disputed:
    """A whole life: given up by a person."""
    case = await dispute(lived, await happy(lived), amount_minor=500)
    await case.waits("dispute_answer")
    await case.stubborn("accept", Decision(by="fin", request_id="r-2"))
    return await _over(case, "accepted")


async def dispute_missed(lived: Lived) -> Disputed:
    """A whole life: its last day had passed, and the bank decided against us."""
    case = await dispute(lived, await happy(lived), due_in=timedelta(hours=-1))
    await case.until(lambda row: row["state"] == "missed")
    await case.decide(won=False)
    return await _over(case, "lost")


async def _over(case: Disputed, state: str) -> Disputed:
    assert (await case.until(lambda row: row["closed_at"] is not None))["state"] == state
    assert sum((await case.money()).values()) == 0
    await asyncio.wait_for(case.handle.result(), case.lived.patience_s)
    return case


CASES = (dispute_won, dispute_accepted, dispute_missed)
