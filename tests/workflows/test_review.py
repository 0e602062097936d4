"""Holds, people, and money that does not come at once."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.order.policies import PolicyRecords
from models.order.messages import Decision, Hold, PayAgain, Release, Verdict
from models.order.paying import Payment
from models.order.states import HoldReason
from tests.workflows.living import Lived
from tests.workflows.made import an_order

LARGE = 200_000


async def test_a_large_order_waits_for_a_reviewer_and_takes_no_money_before_the_approval(
    lived: Lived,
) -> None:
    order = an_order(price=LARGE)
    await lived.submit(order)
    row = await lived.waits(order, "review")
    assert row["hold_reasons"] == ["large_order"]
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
    assert await lived.stock("A") == (10, 0)
    assert (await lived.say(order, "approve", Decision(by="ana", why="called"))).done
    await lived.waits(order, "bench")
    facts = await lived.facts(order)
    assert facts[:3] == ["received", "risk_hold", "approve"]


async def test_the_signal_of_the_temporal_ui_approves_as_the_update_does(lived: Lived) -> None:
    order = an_order(price=LARGE)
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.handle(order).signal("approve", {"by": "ana"})
    await lived.waits(order, "bench")
    fact = await lived.one(
        "SELECT actor FROM order_fact WHERE order_number = %s AND what = 'approve'", order.order_number
    )
    assert fact["actor"] == "ana"


async def test_a_rejected_order_ends_without_any_effect_outside(lived: Lived) -> None:
    order = an_order(price=LARGE)
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.say(order, "reject", Decision(by="ana", why="stolen card"))
    row = await lived.closed(order)
    assert (row["outcome"], row["order_state"], row["payment_state"]) == ("rejected", "rejected", "voided")
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
    assert await lived.stock("A") == (10, 0)
    assert await lived.notices(order) == ["received", "rejected"]


async def test_an_approval_that_comes_too_late_is_refused_as_update_and_recorded_as_signal(
    lived: Lived,
) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await lived.say(order, "approve")
    assert "passed review already" in str(refused.value.cause)
    await lived.handle(order).signal("approve", {"by": "late"})
    await lived.happens(order, "approve_ignored")
    assert (await lived.row(order))["waiting_for"] == "bench"


async def test_a_hold_at_the_bench_stops_the_bench_until_it_is_released(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.say(order, "hold", Hold(by="ana", why="wait for the call"))
    row = await lived.waits(order, "release")
    assert row["hold_reasons"] == ["other"]
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await lived.pack(order)
    assert "on hold" in str(refused.value.cause)
    assert await lived.all("SELECT * FROM shipment") == []
    await lived.say(order, "release", Release(by="ana", reason=HoldReason.BY_PERSON))
    await lived.waits(order, "bench")
    assert (await lived.pack(order)).done


async def test_the_same_request_id_counts_once(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    first = await lived.say(order, "hold", Hold(by="ana", request_id="r1"))
    again = await lived.say(order, "hold", Hold(by="ana", request_id="r1"))
    assert (first.said, again.said) == ("hold: noted", "already done")
    await lived.waits(order, "release")
    assert (await lived.facts(order)).count("hold") == 1


async def test_another_body_under_the_same_number_is_a_reused_key(lived: Lived) -> None:
    order = an_order()
    assert (await lived.submit(order)).verdict is Verdict.ACCEPTED
    other = order.model_copy(update={"fingerprint": "other"})
    assert (await lived.submit(other)).verdict is Verdict.KEY_REUSED
    assert len(await lived.all("SELECT * FROM sales_order")) == 1
    await lived.waits(order, "bench")


async def test_a_source_id_that_another_order_has_is_refused_and_leaves_nothing(lived: Lived) -> None:
    first = an_order()
    await lived.submit(first)
    second = an_order(source_id=first.source_id)
    assert (await lived.submit(second)).verdict is Verdict.DUPLICATE_SOURCE
    assert await lived.row(second) == {}
    await lived.waits(first, "bench")


async def test_a_declined_payment_waits_for_another_method_and_goes_on_with_it(lived: Lived) -> None:
    order = an_order(token="tok_declined")
    await lived.submit(order)
    await lived.waits(order, "other_payment")
    assert await lived.stock("A") == (10, 0)
    await lived.say(order, "pay_again", PayAgain(by="customer", method="card", token="tok_ok"))
    row = await lived.waits(order, "bench")
    assert row["payment_state"] == "authorised"
    assert "payment_failed" in await lived.notices(order)


async def test_without_another_method_in_three_days_the_order_ends_unpaid(lived: Lived) -> None:
    order = an_order(token="tok_declined")
    await lived.submit(order)
    await lived.waits(order, "other_payment")
    await lived.skip(order, 3.01)
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("unpaid", "voided")


async def test_a_pending_payment_is_awaited_and_its_webhook_goes_on(lived: Lived) -> None:
    order = an_order(token="tok_pending")
    await lived.submit(order)
    row = await lived.waits(order, "payment")
    assert (row["payment_state"], row["authorised_minor"]) == ("pending", 0)
    paid = await lived.one("SELECT reference FROM sim.psp_payment")
    await lived.world.payments.settle_pending(paid["reference"], True, order.placed_at)
    await lived.relay()
    row = await lived.waits(order, "bench")
    assert row["authorised_minor"] == order.total_minor


async def test_a_payment_over_another_amount_than_the_order_is_held(lived: Lived) -> None:
    order = an_order(payment=Payment(method="card", token="tok_ok", amount_minor=999))
    await lived.submit(order)
    row = await lived.waits(order, "review")
    assert row["hold_reasons"] == ["amount_mismatch"]
    assert "amount_differs" in await lived.notices(order)


async def test_an_overdue_review_is_escalated_and_goes_on_waiting_where_no_working_hours_are_set(
    lived: Lived,
) -> None:
    await PolicyRecords(lived.database).activate({"review": {"sla": None}}, by="ops")
    order = an_order(price=LARGE)
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.skip(order, 1.01)
    await lived.happens(order, "wait_overdue")
    assert (await lived.row(order))["waiting_for"] == "review"
    assert "escalation" in await lived.notices(order)


async def test_a_hold_with_an_end_ends_by_itself(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    until = datetime.now(UTC) + timedelta(hours=2)
    await lived.say(order, "hold", Hold(by="ana", until=until))
    row = await lived.waits(order, "release")
    assert row["deadline_at"] == until
    await lived.skip(order, 0.1)
    await lived.happens(order, "hold_ended")
    row = await lived.waits(order, "bench")
    assert row["hold_reasons"] == []
