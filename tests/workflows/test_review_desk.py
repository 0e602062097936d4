"""Reviewers at work: claimed, delegated and asked orders, two persons, two at once, and reviews that nobody ends."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from models.order.messages import Decision, Release
from models.review.desk import Approve, Ask, Claim, Delegate, Reply
from tests.workflows.living import Lived
from tests.workflows.made import an_order

LARGE, VERY_LARGE = 200_000, 2_000_000


async def refused(lived: Lived, order: object, verb: str, message: Decision) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as error:
        await lived.say(order, verb, message)  # type: ignore[arg-type]
    return str(error.value.cause)


async def test_a_very_large_order_needs_two_persons_who_looked_at_the_same(lived: Lived) -> None:
    order = an_order(price=VERY_LARGE)
    await lived.submit(order)
    row = await lived.waits(order, "review")
    proposal = row["desk"]["proposal"]
    assert (row["desk"]["needed"], row["desk"]["approved_by"]) == (2, [])
    assert "not stale" in await refused(lived, order, "approve", Approve(by="ana", proposal="stale"))
    assert "pass them by" in await refused(lived, order, "release", Release(by="ana"))
    first = await lived.say(order, "approve", Approve(by="ana", proposal=proposal))
    assert first.said == "approve: noted, 1 of 2"
    await lived.until(order, lambda row: row["desk"]["approved_by"] == ["ana"])
    assert "another person" in await refused(lived, order, "approve", Approve(by="ana"))
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
    assert (await lived.say(order, "approve", Approve(by="bo", proposal=proposal))).said == "approve: noted"
    await lived.waits(order, "bench")
    facts = await lived.all(
        "SELECT actor FROM order_fact WHERE order_number = %s AND what = 'approve' ORDER BY seq",
        order.order_number,
    )
    assert [fact["actor"] for fact in facts] == ["ana", "bo"]


async def test_of_two_reviewers_at_once_one_decides(lived: Lived) -> None:
    orders = [an_order(price=LARGE) for _ in range(6)]
    await asyncio.gather(*(lived.submit(order) for order in orders))
    for order in orders:
        await lived.waits(order, "review")

    async def both(nth: int) -> list[object]:
        said = [
            lived.say(orders[nth], "approve", Approve(by="ana")),
            lived.say(orders[nth], "reject", Decision(by="bo")),
        ]
        return await asyncio.gather(*(said if nth % 2 else reversed(said)), return_exceptions=True)

    answers = await asyncio.gather(*map(both, range(6)))
    for order, told in zip(orders, answers, strict=True):
        assert sum(isinstance(one, WorkflowUpdateFailedError | RPCError) for one in told) == 1
        row = await lived.until(order, lambda row: row["closed_at"] or row["waiting_for"] == "bench")
        decided = [what for what in await lived.facts(order) if what in ("approve", "reject")]
        assert decided == (["reject"] if row["closed_at"] else ["approve"])


async def test_a_claim_keeps_others_off_and_a_delegate_may_decide(lived: Lived) -> None:
    order = an_order(price=LARGE)
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.say(order, "claim", Claim(by="ana"))
    await lived.until(order, lambda row: row["desk"]["reviewer"] == "ana")
    assert "ana has claimed it" in await refused(lived, order, "approve", Approve(by="bo"))
    await lived.say(order, "delegate", Delegate(by="lead", to="bo"))
    assert "bo has claimed it" in await refused(lived, order, "reject", Decision(by="ana"))
    await lived.say(order, "approve", Approve(by="bo"))
    await lived.waits(order, "bench")
    assert (await lived.facts(order))[2:5] == ["claim", "delegate", "approve"]


async def test_the_customer_is_asked_by_letter_and_the_answer_is_kept(lived: Lived) -> None:
    order = an_order(price=LARGE)
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.say(order, "ask", Ask(by="ana", question="Is this your address?"))
    await lived.until(order, lambda row: row["desk"]["question"] == "Is this your address?")
    letter = await lived.one("SELECT kind, data FROM notice WHERE kind = 'question'")
    assert letter["data"] == {"question": "Is this your address?"}
    await lived.say(order, "reply", Reply(by="customer", text="It is."))
    await lived.until(order, lambda row: row["desk"]["question"] == "")
    fact = await lived.one("SELECT actor, why FROM order_fact WHERE what = 'reply'")
    assert (fact["actor"], fact["why"]) == ("customer", "It is.")
    assert (await lived.row(order))["waiting_for"] == "review"


async def test_a_review_that_nobody_ends_reminds_calls_and_refuses(lived: Lived) -> None:
    order = an_order(price=LARGE)
    await lived.submit(order)
    row = await lived.waits(order, "review")
    assert row["deadline_at"] > row["waiting_since"]
    await lived.skip(order, 40)
    closed = await lived.closed(order)
    assert (closed["outcome"], closed["payment_state"]) == ("rejected", "voided")
    facts = await lived.facts(order)
    assert facts[2:] == [
        "review_reminder",
        "review_escalated",
        "stock_released",
        "review_expired",
        "ended_rejected",
    ]
    assert await lived.notices(order) == ["received", "escalation", "escalation", "rejected"]
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
