"""Every external effect under its fault plan: done once, never lost, never doubled; what cannot be done waits by name."""

import asyncio

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError

from activities.adapters.simulator.faults import Fault, FaultPlan
from models.delivery.messages import News
from models.order.messages import Attend, Decision, PayAgain
from tests.workflows.living import Lived
from tests.workflows.made import an_order

SURVIVED = (
    Fault.TIMEOUT_BEFORE,
    Fault.TIMEOUT_AFTER,
    Fault.SLOW,
    Fault.DUPLICATE,
    Fault.UNKNOWN_STATUS,
    Fault.LATE,
)


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> FaultPlan:
    """The plan of the test's parameter: (operation, fault)."""
    operation, fault = request.param
    return FaultPlan.scripted({(operation, 1): fault}, slow_s=0.05, late_s=0.1)


def each(*operations: str) -> list[tuple[str, Fault]]:
    """Every survivable fault of every operation."""
    return [(operation, fault) for operation in operations for fault in SURVIVED]


@pytest.mark.parametrize(
    "faults", [*each("authorise", "book", "capture"), ("capture", Fault.REFUSE)], indirect=True
)
async def test_one_fault_on_the_way_leaves_one_authorisation_one_label_one_capture(
    lived: Lived, faults: FaultPlan
) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    assert (await lived.pack(order)).tracking_number
    await lived.carrier(order, News.DELIVERED, signed=True)
    row = await lived.waits(order, "return_window")
    paid = await lived.one("SELECT amount_minor, captured_minor FROM sim.psp_payment")
    assert (paid["amount_minor"], paid["captured_minor"]) == (order.total_minor, order.total_minor)
    assert row["captured_minor"] == order.total_minor
    assert len(await lived.all("SELECT * FROM sim.carrier_label")) == 1


@pytest.mark.parametrize("faults", each("void", "void_label"), indirect=True)
async def test_one_fault_while_undoing_still_undoes_everything_once(lived: Lived, faults: FaultPlan) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.waits(order, "handover")
    await lived.say(order, "cancel", Decision(by="customer"))
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("cancelled", "voided")
    assert await lived.stock("A") == (10, 0)
    assert len(await lived.all("SELECT * FROM sim.psp_payment WHERE voided")) == 1


@pytest.mark.parametrize("faults", [("authorise", Fault.WRONG_AMOUNT)], indirect=True)
async def test_money_over_another_amount_is_given_back_and_the_customer_is_asked(
    lived: Lived, faults: FaultPlan
) -> None:
    order = an_order()
    await lived.submit(order)
    row = await lived.waits(order, "other_payment")
    assert (row["payment_state"], row["authorised_minor"]) == ("declined", 0)
    assert len(await lived.all("SELECT * FROM sim.psp_payment WHERE voided")) == 1
    await lived.say(order, "pay_again", PayAgain(by="customer", token="tok_ok"))
    await lived.waits(order, "bench")


@pytest.mark.parametrize("faults", [("authorise", Fault.REFUSE)], indirect=True)
async def test_a_refused_authorisation_asks_for_another_method(lived: Lived, faults: FaultPlan) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "other_payment")
    assert await lived.stock("A") == (10, 0)


@pytest.mark.parametrize("faults", [("book", Fault.REFUSE)], indirect=True)
async def test_a_carrier_that_refuses_leads_to_an_operator_who_lets_it_be_tried_again(
    lived: Lived, faults: FaultPlan
) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    packed = lived.start_packing(order)
    await lived.waits(order, "carrier")
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await lived.say(order, "attend", Attend(by="ops", action="explode"))
    assert "retry, skip or abort" in str(refused.value.cause)
    assert (await lived.say(order, "attend", Attend(by="ops", action="retry"))).done
    assert (await packed).tracking_number
    await lived.waits(order, "handover")
    assert len(await lived.all("SELECT * FROM shipment")) == 1


@pytest.mark.parametrize("faults", [("capture", Fault.SLOW)], indirect=True)
async def test_a_cancel_that_comes_while_money_is_being_taken_gives_it_back(
    lived: Lived, faults: FaultPlan
) -> None:
    order = an_order()
    faults.slow_s = 1.5
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.carrier(order, News.DELIVERED, signed=True)
    await asyncio.sleep(0.7)
    await lived.handle(order).cancel()
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(lived.handle(order).result(), 30)
    row = await lived.row(order)
    assert (row["payment_state"], row["refunded_minor"]) == ("refunded", order.total_minor)


@pytest.mark.parametrize("faults", [("book", Fault.REFUSE)], indirect=True)
async def test_an_operator_who_gives_the_booking_up_cancels_the_order(
    lived: Lived, faults: FaultPlan
) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    packed = lived.start_packing(order)
    await lived.waits(order, "carrier")
    await lived.say(order, "attend", Attend(by="ops", action="abort"))
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("cancelled", "voided")
    assert (await packed).done is False
    assert await lived.stock("A") == (10, 0)
    assert await lived.all("SELECT * FROM sim.carrier_label") == []
