"""A payment is missing: reminders, another try with the same card, and an end that nobody can put off."""

import pytest

from activities.adapters.simulator.faults import Fault, FaultPlan
from models.order.messages import Decision, PayAgain
from tests.workflows.living import Lived
from tests.workflows.made import an_order
from tests.workflows.paying import awaited


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> FaultPlan:
    """The plan of the test's parameter, a script; nothing goes wrong without one."""
    return FaultPlan.scripted(getattr(request, "param", {}), slow_s=0.05, late_s=0.1)


@pytest.mark.parametrize("faults", [{("authorise", 1): Fault.REFUSE}], indirect=True)
async def test_a_card_that_was_declined_today_is_tried_again_tomorrow(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    first = await lived.waits(order, "other_payment")
    await lived.skip(order, 0.9)
    assert "payment_retried" not in await lived.facts(order)
    await lived.skip(order, 0.2)
    row = await lived.waits(order, "bench")
    assert (row["payment_state"], row["authorised_minor"]) == ("authorised", order.total_minor)
    assert first["deadline_at"] is not None
    assert len(await lived.all("SELECT * FROM sim.psp_payment WHERE status = 'authorised'")) == 1


async def test_a_card_without_money_is_tried_twice_and_the_end_stays_where_it_was(lived: Lived) -> None:
    order = an_order(token="tok_declined")
    await lived.submit(order)
    first = await lived.waits(order, "other_payment")
    await lived.skip(order, 1.01)
    await lived.happens(order, "payment_retried")
    await lived.skip(order, 0.5)
    await lived.happens(order, "payment_reminder")
    await lived.skip(order, 0.5)
    await lived.happens(order, "payment_retried", times=2)
    row = await lived.waits(order, "other_payment")
    assert (row["waiting_since"], row["deadline_at"]) == (first["waiting_since"], first["deadline_at"])
    await lived.skip(order, 1)
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("unpaid", "voided")
    assert (await lived.notices(order)).count("payment_reminder") == 1
    assert await lived.stock("A") == (10, 0)


async def test_a_card_that_has_expired_is_not_tried_again(lived: Lived) -> None:
    order = an_order(token="tok_expired")
    await lived.submit(order)
    await lived.waits(order, "other_payment")
    await lived.skip(order, 3.01)
    assert (await lived.closed(order))["outcome"] == "unpaid"
    assert "payment_retried" not in await lived.facts(order)
    assert len(await lived.all("SELECT * FROM sim.psp_payment")) == 1


async def test_another_method_that_is_declined_as_well_has_its_own_time(lived: Lived) -> None:
    order = an_order(token="tok_expired")
    await lived.submit(order)
    first = await lived.waits(order, "other_payment")
    await lived.skip(order, 2)
    await lived.say(order, "pay_again", PayAgain(by="customer", token="tok_declined"))
    await lived.happens(order, "payment_declined", times=2)
    row = await lived.waits(order, "other_payment")
    assert row["deadline_at"] > first["deadline_at"]


async def test_who_says_again_and_again_that_it_is_paid_wins_no_time(lived: Lived) -> None:
    order = await awaited(lived)
    first = await lived.row(order)
    for nth in (1, 2):
        await lived.skip(order, 1)
        await lived.say(order, "confirm_payment", Decision(by="storefront"))
        await lived.happens(order, "payment_not_there_yet", times=nth)
        await lived.waits(order, "payment")
    row = await lived.row(order)
    assert row["deadline_at"] == first["deadline_at"]
    await lived.happens(order, "payment_reminder")
    await lived.skip(order, 5.01)
    assert (await lived.closed(order))["outcome"] == "unpaid"
