"""Money that is awaited, held for long, lost and asked for again; what the provider took less is taken in a second go."""

import asyncio

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.order.policies import PolicyRecords
from models.order.messages import Decision, PayAgain
from tests.workflows.lives import deliver
from tests.workflows.living import Lived
from tests.workflows.made import an_order
from tests.workflows.paying import awaited, bench, paid, settle, taken


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> FaultPlan:
    """The plan of the test's parameter, a script; nothing goes wrong without one."""
    return FaultPlan.scripted(getattr(request, "param", {}), slow_s=0.05, late_s=0.1)


async def test_a_client_who_says_that_it_is_paid_is_believed_when_the_provider_says_so_too(
    lived: Lived,
) -> None:
    order = await awaited(lived)
    await settle(lived, order)
    assert (await lived.say(order, "confirm_payment", Decision(by="storefront"))).done
    row = await lived.waits(order, "bench")
    assert (row["payment_state"], row["authorised_minor"]) == ("authorised", order.total_minor)
    assert (await lived.facts(order)).count("payment_authorised") == 1


async def test_a_client_who_says_so_too_early_changes_nothing(lived: Lived) -> None:
    order = await awaited(lived)
    await lived.say(order, "confirm_payment", Decision(by="storefront"))
    await lived.happens(order, "payment_not_there_yet")
    row = await lived.waits(order, "payment")
    assert (row["payment_state"], row["authorised_minor"]) == ("pending", 0)
    assert await lived.stock("A") == (10, 0)
    await settle(lived, order)
    await lived.relay()
    await lived.waits(order, "bench")


async def test_the_webhook_of_a_payment_over_another_amount_holds_nothing(lived: Lived) -> None:
    order = await awaited(lived)
    async with lived.database.transaction() as cursor:
        await cursor.execute("UPDATE sim.psp_payment SET amount_minor = amount_minor - 1")
    await settle(lived, order)
    await lived.relay()
    row = await lived.waits(order, "other_payment")
    assert (row["payment_state"], row["authorised_minor"]) == ("declined", 0)
    assert len(await lived.all("SELECT * FROM sim.psp_payment WHERE voided")) == 1


async def test_a_payment_whose_webhook_was_lost_is_found_when_the_time_is_over(lived: Lived) -> None:
    order = await awaited(lived)
    await settle(lived, order)
    await lived.skip(order, 7.01)
    row = await lived.waits(order, "bench")
    assert row["payment_state"] == "authorised"


async def test_a_payment_that_never_came_ends_the_order_as_unpaid_and_is_let_go(lived: Lived) -> None:
    order = await awaited(lived)
    await lived.skip(order, 7.01)
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("unpaid", "voided")
    assert len(await lived.all("SELECT * FROM sim.psp_payment WHERE voided")) == 1


async def test_a_confirmation_is_refused_where_the_payment_will_not_come(lived: Lived) -> None:
    order = an_order(token="tok_declined")
    await lived.submit(order)
    await lived.waits(order, "other_payment")
    facts = await lived.facts(order)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await lived.say(order, "confirm_payment", Decision(by="storefront"))
    assert "pay again with another method" in str(refused.value.cause)
    assert await lived.facts(order) == facts


async def test_money_is_held_anew_before_it_expires_and_the_old_authorisation_is_let_go(lived: Lived) -> None:
    order = await bench(lived)
    await lived.skip(order, 6.01)
    await lived.happens(order, "old_authorisation_voided")
    held = await lived.all("SELECT voided FROM sim.psp_payment ORDER BY created_at")
    assert [row["voided"] for row in held] == [True, False]
    row = await lived.waits(order, "bench")
    assert (row["payment_state"], row["authorised_minor"]) == ("authorised", order.total_minor)
    await lived.skip(order, 6.01)
    await lived.happens(order, "old_authorisation_voided", times=2)
    await deliver(lived, order)
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"]) == ("completed", order.total_minor)


async def test_a_cancelled_order_lets_the_money_go_that_was_held_anew(lived: Lived) -> None:
    order = await bench(lived)
    await lived.skip(order, 6.01)
    await lived.happens(order, "old_authorisation_voided")
    await lived.say(order, "cancel", Decision(by="customer"))
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("cancelled", "voided")
    assert await lived.all("SELECT * FROM sim.psp_payment WHERE NOT voided") == []


@pytest.mark.parametrize("faults", [{("authorise", 2): Fault.REFUSE}], indirect=True)
async def test_money_that_cannot_be_held_anew_calls_operations_and_the_old_stands(lived: Lived) -> None:
    order = await bench(lived)
    await lived.skip(order, 6.01)
    await lived.happens(order, "authorisation_not_renewed")
    assert "escalation" in await lived.notices(order)
    row = await lived.waits(order, "bench")
    assert (row["payment_state"], row["authorised_minor"]) == ("authorised", order.total_minor)
    await deliver(lived, order)
    assert (await taken(lived, order))["captured_minor"] == order.total_minor


async def test_money_that_expired_before_the_goods_left_is_asked_for_again_at_once(lived: Lived) -> None:
    order = await bench(lived)
    await lived.world.payments.expire(await paid(lived, order))
    await lived.relay()
    await lived.happens(order, "payment_authorised", times=2)
    await lived.waits(order, "bench")
    await deliver(lived, order)
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"]) == ("completed", order.total_minor)


@pytest.mark.parametrize("faults", [{("authorise", 2): Fault.REFUSE}], indirect=True)
async def test_without_money_nothing_is_packed_until_the_customer_pays_again(lived: Lived) -> None:
    order = await bench(lived)
    await lived.world.payments.expire(await paid(lived, order))
    await lived.relay()
    await lived.waits(order, "other_payment")
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await lived.pack(order)
    assert "payment is declined" in str(refused.value.cause)
    assert await lived.all("SELECT * FROM sim.carrier_label") == []
    await lived.say(order, "pay_again", PayAgain(by="customer", token="tok_new"))
    await lived.waits(order, "bench")
    await deliver(lived, order)
    assert (await taken(lived, order))["captured_minor"] == order.total_minor


@pytest.mark.parametrize("faults", [{("authorise", 2): Fault.REFUSE}], indirect=True)
async def test_without_money_in_time_the_order_ends_and_the_stock_is_free(lived: Lived) -> None:
    await PolicyRecords(lived.database).activate({"payments": {"retry_after_h": []}}, by="ops")
    order = await bench(lived)
    await lived.world.payments.expire(await paid(lived, order))
    await lived.relay()
    await lived.waits(order, "other_payment")
    await lived.skip(order, 3.01)
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("unpaid", "voided")
    assert await lived.stock("A") == (10, 0)


async def test_webhook_and_client_finish_the_same_payment_together_and_it_counts_once(lived: Lived) -> None:
    orders = [await awaited(lived) for _ in range(3)]
    for order in orders:
        await settle(lived, order)
        told = [lived.say(order, "confirm_payment", Decision(by="storefront")) for _ in range(5)]
        await asyncio.gather(*told, lived.relay(), lived.relay())
    for order in orders:
        await lived.waits(order, "bench")
        assert (await lived.facts(order)).count("payment_authorised") == 1
    assert len(await lived.all("SELECT * FROM sim.psp_payment WHERE status = 'authorised'")) == 3
