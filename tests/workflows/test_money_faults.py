"""Money under every fault plan: asked, renewed, given back, once each; what cannot be done waits by name."""

import asyncio

import pytest
from temporalio.client import WorkflowFailureError

from activities.adapters.simulator.faults import Fault, FaultPlan
from models.order.messages import Decision
from tests.workflows.lives import deliver
from tests.workflows.living import Lived
from tests.workflows.paying import awaited, bench, settle

CALL = (Fault.REFUSE, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.SLOW)
TOLD = (Fault.DUPLICATE, Fault.LATE, Fault.UNKNOWN_STATUS)


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> FaultPlan:
    """The plan of the test's parameter: (operation, which call, fault)."""
    operation, nth, fault = request.param
    return FaultPlan.scripted({(operation, nth): fault}, slow_s=0.05, late_s=0.1)


@pytest.mark.parametrize("faults", [("refund", 1, fault) for fault in (*CALL, *TOLD)], indirect=True)
async def test_money_goes_back_once_whatever_happens_on_the_way(lived: Lived, faults: FaultPlan) -> None:
    order = await bench(lived)
    await deliver(lived, order)
    await lived.waits(order, "return_window")
    await lived.handle(order).cancel()
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(lived.handle(order).result(), lived.patience_s)
    row = await lived.row(order)
    assert (row["payment_state"], row["refunded_minor"]) == ("refunded", order.total_minor)
    there = await lived.one("SELECT captured_minor, refunded_minor FROM sim.psp_payment")
    assert (there["captured_minor"], there["refunded_minor"]) == (order.total_minor, order.total_minor)
    left = await lived.all("SELECT account FROM ledger_entry GROUP BY 1 HAVING sum(amount_minor) <> 0")
    assert left == []


@pytest.mark.parametrize(
    "faults",
    [("find", 1, fault) for fault in (Fault.REFUSE, Fault.TIMEOUT_BEFORE, Fault.SLOW)],
    indirect=True,
)
async def test_a_payment_is_looked_up_until_the_provider_answers(lived: Lived, faults: FaultPlan) -> None:
    order = await awaited(lived)
    await settle(lived, order)
    await lived.say(order, "confirm_payment", Decision(by="storefront"))
    row = await lived.waits(order, "bench")
    assert (row["payment_state"], row["authorised_minor"]) == ("authorised", order.total_minor)
    assert (await lived.facts(order)).count("payment_authorised") == 1


@pytest.mark.parametrize(
    "faults",
    [
        (operation, nth, fault)
        for operation, nth in (("authorise", 2), ("void", 1))
        for fault in (Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.DUPLICATE, Fault.UNKNOWN_STATUS)
    ],
    indirect=True,
)
async def test_money_is_renewed_once_whatever_happens_on_the_way(lived: Lived, faults: FaultPlan) -> None:
    order = await bench(lived)
    await lived.skip(order, 6.01)
    await lived.happens(order, "old_authorisation_voided")
    held = await lived.all("SELECT voided FROM sim.psp_payment ORDER BY created_at")
    assert [row["voided"] for row in held] == [True, False]
    row = await lived.waits(order, "bench")
    assert (row["payment_state"], row["authorised_minor"]) == ("authorised", order.total_minor)


@pytest.mark.parametrize("faults", [("authorise", 2, Fault.WRONG_AMOUNT)], indirect=True)
async def test_a_renewal_over_another_amount_is_let_go_and_the_old_one_stands(
    lived: Lived, faults: FaultPlan
) -> None:
    order = await bench(lived)
    await lived.skip(order, 6.01)
    await lived.happens(order, "authorisation_not_renewed")
    held = await lived.all("SELECT voided FROM sim.psp_payment ORDER BY created_at")
    assert [row["voided"] for row in held] == [False, True]
    row = await lived.waits(order, "bench")
    assert row["authorised_minor"] == order.total_minor
