"""Money that is taken: what has expired is held anew, what is short is taken in a second go, a debt waits for a person."""

import pytest

from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.order.policies import PolicyRecords
from models.delivery.messages import News
from models.order.messages import Attend, PayAgain
from tests.workflows.lives import deliver
from tests.workflows.living import Lived
from tests.workflows.made import an_order
from tests.workflows.paying import bench, paid, taken


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> FaultPlan:
    """The plan of the test's parameter, a script; nothing goes wrong without one."""
    return FaultPlan.scripted(getattr(request, "param", {}), slow_s=0.05, late_s=0.1)


@pytest.mark.parametrize("faults", [{("capture", 1): Fault.EXPIRED}], indirect=True)
async def test_money_that_has_expired_when_it_is_to_be_taken_is_held_anew_and_taken(lived: Lived) -> None:
    order = await bench(lived)
    await deliver(lived, order)
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"]) == ("completed", order.total_minor)
    journal = await lived.all("SELECT captured_minor, voided FROM sim.psp_payment ORDER BY created_at")
    assert [(one["captured_minor"], one["voided"]) for one in journal] == [
        (0, True),
        (order.total_minor, False),
    ]


DEBT = {("capture", 1): Fault.EXPIRED, ("authorise", 2): Fault.REFUSE}


@pytest.mark.parametrize("faults", [DEBT], indirect=True)
async def test_a_customer_who_has_the_goods_is_asked_for_another_method(lived: Lived) -> None:
    order = await bench(lived)
    await deliver(lived, order)
    await lived.waits(order, "other_payment")
    await lived.say(order, "pay_again", PayAgain(by="customer", token="tok_new"))
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"]) == ("completed", order.total_minor)


@pytest.mark.parametrize("faults", [DEBT], indirect=True)
async def test_a_debt_that_is_not_paid_waits_for_a_person_who_may_write_it_off(lived: Lived) -> None:
    await PolicyRecords(lived.database).activate({"payments": {"retry_after_h": []}}, by="ops")
    order = await bench(lived)
    await deliver(lived, order)
    await lived.waits(order, "other_payment")
    await lived.skip(order, 3.01)
    await lived.waits(order, "needs_attention")
    await lived.say(order, "attend", Attend(by="finance", action="retry"))
    await lived.waits(order, "other_payment")
    await lived.skip(order, 3.01)
    await lived.waits(order, "needs_attention")
    await lived.say(order, "attend", Attend(by="finance", action="skip"))
    row = await lived.until(order, lambda row: row["closed_at"] is not None)
    assert (row["outcome"], row["order_state"], row["payment_state"]) == ("written_off", "closed", "voided")
    assert (row["captured_minor"], row["fulfilment_state"]) == (0, "delivered")
    assert await lived.all("SELECT * FROM ledger_entry") == []


async def test_on_the_way_a_lost_authorisation_calls_operations_once_and_tracking_goes_on(
    lived: Lived,
) -> None:
    order = await bench(lived)
    await lived.pack(order)
    await lived.waits(order, "handover")
    await lived.carrier(order, News.HANDED_OVER)
    await lived.waits(order, "delivery")
    await lived.world.payments.expire(await paid(lived, order))
    await lived.relay()
    await lived.happens(order, "authorisation_renewed")
    assert (await lived.row(order))["payment_state"] == "authorised"
    await lived.waits(order, "delivery")
    await lived.carrier(order, News.DELIVERED, signed=True)
    assert (await taken(lived, order))["captured_minor"] == order.total_minor


@pytest.mark.parametrize("faults", [{("capture", 1): Fault.WRONG_AMOUNT}], indirect=True)
async def test_what_the_provider_took_less_is_taken_in_a_second_go_and_booked(lived: Lived) -> None:
    order = await bench(lived, price=2_000)
    await deliver(lived, order)
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"]) == ("completed", order.total_minor)
    journal = await lived.one("SELECT captured_minor FROM sim.psp_payment")
    assert journal["captured_minor"] == order.total_minor
    owed = await lived.one(
        "SELECT sum(amount_minor) AS left, count(*) AS legs FROM ledger_entry WHERE account = 'customer:balance'"
    )
    assert (owed["left"], owed["legs"]) == (0, 2)


SHORT = {("capture", nth): Fault.WRONG_AMOUNT for nth in (1, 2)}


@pytest.mark.parametrize("faults", [SHORT], indirect=True)
async def test_a_shortfall_that_stays_waits_for_a_person_who_may_accept_it(lived: Lived) -> None:
    order = await bench(lived, price=20_000)
    await deliver(lived, order)
    await lived.waits(order, "needs_attention")
    await lived.say(order, "attend", Attend(by="finance", action="skip"))
    row = await taken(lived, order)
    journal = await lived.one("SELECT captured_minor FROM sim.psp_payment")
    assert row["captured_minor"] == journal["captured_minor"] < order.total_minor
    assert "shortfall_accepted" in await lived.facts(order)
    owed = await lived.one(
        "SELECT sum(amount_minor) AS left FROM ledger_entry WHERE account = 'customer:balance'"
    )
    assert owed["left"] == order.total_minor - row["captured_minor"]


async def test_an_order_that_costs_nothing_asks_nobody_for_money(lived: Lived) -> None:
    order = an_order(price=0)
    free = order.model_copy(
        update={
            "lines": tuple(line.model_copy(update={"freight_minor": 0}) for line in order.lines),
            "total_minor": 0,
            "payment": order.payment.model_copy(update={"amount_minor": 0}),
        }
    )
    await lived.submit(free)
    await lived.waits(free, "bench")
    await deliver(lived, free)
    row = await taken(lived, free)
    assert (row["outcome"], row["captured_minor"]) == ("completed", 0)
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
