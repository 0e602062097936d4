"""An extra guarantee: a share is paid before anything goes out, counts towards the price, and goes back with the order."""

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.order.policies import PolicyRecords
from models.delivery.messages import News
from models.order.messages import Decision, Order, PayAgain, Resolve
from models.review.desk import RequireDeposit
from tests.workflows.lives import deliver
from tests.workflows.living import Lived
from tests.workflows.made import an_order
from tests.workflows.paying import issue, paid_with, stored, taken

TOTAL = 200_100
SHARE = 60_030


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> FaultPlan:
    """The plan of the test's parameter, a script; nothing goes wrong without one."""
    return FaultPlan.scripted(getattr(request, "param", {}), slow_s=0.05, late_s=0.1)


async def asked(lived: Lived, share_bp: int = 3_000, token: str = "tok_ok") -> Order:
    """A large order that a reviewer lets pass on condition."""
    order = an_order(price=200_000, token=token)
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.say(order, "require_deposit", RequireDeposit(by="ana", share_bp=share_bp))
    await lived.waits(order, "deposit")
    return order


async def given(lived: Lived, share_bp: int = 3_000) -> Order:
    """The same, with the deposit taken, at the bench."""
    order = await asked(lived, share_bp)
    await lived.say(order, "pay_deposit", PayAgain(by="customer"))
    await lived.waits(order, "bench")
    return order


async def payments(lived: Lived) -> list[tuple[int, int, int, bool]]:
    """Of each payment at the provider: amount, captured, refunded, voided."""
    rows = await lived.all(
        "SELECT amount_minor, captured_minor, refunded_minor, voided FROM sim.psp_payment ORDER BY created_at"
    )
    return [tuple(row.values()) for row in rows]


async def test_a_deposit_is_taken_first_and_counts_towards_the_price(lived: Lived) -> None:
    order = await asked(lived)
    assert "deposit_due" in await lived.notices(order)
    assert await payments(lived) == []
    assert await lived.stock("A") == (10, 0)
    await lived.say(order, "pay_deposit", PayAgain(by="customer"))
    row = await lived.waits(order, "bench")
    assert (row["authorised_minor"], row["captured_minor"], row["deposit_minor"]) == (TOTAL, SHARE, SHARE)
    assert await payments(lived) == [(SHARE, SHARE, 0, False), (TOTAL - SHARE, 0, 0, False)]
    await deliver(lived, order)
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"]) == ("completed", TOTAL)
    left = await lived.one(
        "SELECT sum(amount_minor) AS n FROM ledger_entry WHERE account = 'customer:deposits'"
    )
    assert left["n"] == 0


async def test_without_the_deposit_in_time_the_order_ends_unpaid_and_nothing_was_taken(lived: Lived) -> None:
    order = await asked(lived)
    await lived.skip(order, 3.01)
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"], row["captured_minor"]) == ("unpaid", "voided", 0)
    assert await payments(lived) == []


async def test_a_cancelled_order_gives_the_deposit_back_and_lets_the_rest_go(lived: Lived) -> None:
    order = await given(lived)
    await lived.say(order, "cancel", Decision(by="customer"))
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("cancelled", "refunded")
    assert (row["captured_minor"], row["refunded_minor"]) == (SHARE, SHARE)
    assert await payments(lived) == [(SHARE, SHARE, SHARE, False), (TOTAL - SHARE, 0, 0, True)]
    assert "refunded" in await lived.notices(order)


async def test_goods_that_come_back_give_the_deposit_back(lived: Lived) -> None:
    order = await given(lived)
    await lived.pack(order)
    await lived.waits(order, "handover")
    await lived.carrier(order, News.RETURNED)
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("returned_to_sender", "refunded")
    assert row["refunded_minor"] == SHARE


async def test_all_of_it_in_advance_leaves_nothing_to_take(lived: Lived) -> None:
    order = await given(lived, share_bp=10_000)
    assert await payments(lived) == [(TOTAL, TOTAL, 0, False)]
    await deliver(lived, order)
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"]) == ("completed", TOTAL)


async def test_a_declined_deposit_is_asked_for_again(lived: Lived) -> None:
    order = await asked(lived, token="tok_declined")
    await lived.say(order, "pay_deposit", PayAgain(by="customer", token=""))
    await lived.happens(order, "deposit_declined")
    row = await lived.waits(order, "deposit")
    assert row["captured_minor"] == 0
    await lived.say(order, "pay_deposit", PayAgain(by="customer", token="tok_other"))
    await lived.waits(order, "bench")
    assert (await lived.notices(order)).count("deposit_due") == 1


@pytest.mark.parametrize(
    "faults",
    [
        {(operation, 1): fault}
        for operation in ("authorise", "capture")
        for fault in (Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.DUPLICATE)
    ],
    indirect=True,
)
async def test_one_fault_on_the_way_takes_one_deposit(lived: Lived) -> None:
    order = await given(lived)
    assert await payments(lived) == [(SHARE, SHARE, 0, False), (TOTAL - SHARE, 0, 0, False)]
    assert (await lived.row(order))["captured_minor"] == SHARE


@pytest.mark.parametrize("share_bp", [0, -1, 10_001])
async def test_a_share_that_is_none_is_refused_and_leaves_no_trace(lived: Lived, share_bp: int) -> None:
    order = an_order(price=200_000)
    await lived.submit(order)
    await lived.waits(order, "review")
    facts = await lived.facts(order)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await lived.say(order, "require_deposit", RequireDeposit(by="ana", share_bp=share_bp))
    assert "share_bp is 1 to 10000" in str(refused.value.cause)
    assert await lived.facts(order) == facts


async def test_a_deposit_that_nobody_asked_for_is_refused(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await lived.say(order, "pay_deposit", PayAgain(by="customer", token="tok_ok"))
    assert "no deposit is asked for" in str(refused.value.cause)


@pytest.mark.parametrize("gift", [0, 150])
async def test_what_was_too_much_for_what_arrived_goes_back(lived: Lived, gift: int) -> None:
    order = an_order({"A": 50, "B": 1}, price=0)
    lines = (order.lines[0].model_copy(update={"quantity": 1, "unit_price_minor": 1_000}),)
    order = order.model_copy(
        update={"lines": (*lines, order.lines[1].model_copy(update={"unit_price_minor": 199_000}))}
    )
    order = order.model_copy(
        update={
            "total_minor": 200_200,
            "payment": order.payment.model_copy(update={"amount_minor": 200_200 - gift}),
        }
    )
    if gift:
        await issue(lived, "gift", gift)
        order = paid_with(order, gift=gift)
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.say(order, "require_deposit", RequireDeposit(by="ana", share_bp=10_000))
    await lived.waits(order, "deposit")
    await lived.say(order, "pay_deposit", PayAgain(by="customer"))
    await lived.waits(order, "bench")
    for parcel in ("P1", "P2"):
        await lived.pack(order, parcel)
    plans = await lived.all(
        "SELECT parcel_id, warehouse FROM parcel WHERE order_number = %s", order.order_number
    )
    arrives = next(row["parcel_id"][-2:] for row in plans if row["warehouse"] == "BER")
    for parcel in ("P1", "P2"):
        await lived.carrier(order, News.DELIVERED if parcel == arrives else News.LOST, parcel, signed=True)
    await lived.waits(order, "parcel_decision")
    await lived.say(order, "resolve", Resolve(by="care", resolution="refund"))
    row = await taken(lived, order)
    owed = 1_100
    assert (row["outcome"], row["captured_minor"] - row["refunded_minor"]) == ("completed", owed)
    assert await payments(lived) == [(200_200 - gift, 200_200 - gift, 200_200 - gift - owed, False)]
    if gift:
        assert await stored(lived, "gift") == (gift, 0)


async def test_a_poor_customer_pays_a_deposit_where_the_policy_says_so(lived: Lived) -> None:
    policy = {"review": {"poor_deposit_bp": 5_000, "poor_after_failed": 1}}
    await PolicyRecords(lived.database).activate(policy, by="ops")
    failed = an_order(token="tok_expired")
    await lived.submit(failed)
    await lived.waits(failed, "other_payment")
    await lived.skip(failed, 3.01)
    assert (await lived.closed(failed))["outcome"] == "unpaid"
    order = an_order(customer=failed.customer)
    await lived.submit(order)
    row = await lived.waits(order, "deposit")
    assert (row["risk_verdict"], row["hold_reasons"]) == ("accept", [])
    await lived.say(order, "pay_deposit", PayAgain(by="customer"))
    row = await lived.waits(order, "bench")
    assert row["deposit_minor"] == order.total_minor // 2
