"""Holds that come in the same moment as what they stop: before it, in the middle of it, or after it; never half."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.adapters.simulator.faults import Fault, FaultPlan
from models.delivery.messages import News
from models.order.messages import Decision, Hold, Order, PayAgain, Release
from models.preparation.messages import BenchAnswer, BenchStep
from tests.workflows.living import Lived
from tests.workflows.paying import bench, paid


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> FaultPlan:
    """The plan of the test's parameter, a script; nothing goes wrong without one."""
    return FaultPlan.scripted(getattr(request, "param", {}), slow_s=1.0)


async def parcel(lived: Lived, order: Order) -> tuple[list[str], str, int]:
    """The only parcel's finished steps and state, and how many labels the carriers sold for it."""
    row = await lived.one("SELECT steps, state FROM parcel WHERE order_number = %s", order.order_number)
    labels = await lived.all(
        "SELECT 1 FROM sim.carrier_label WHERE parcel_id = %s AND voided_at IS NULL",
        f"{order.order_number}-P1",
    )
    return row["steps"], row["state"], len(labels)


@pytest.mark.parametrize("lines", [(), (1,)], ids=["order", "line"])
async def test_a_hold_while_the_bench_is_written_down_buys_no_label_and_the_work_goes_on_afterwards(
    lived: Lived, lines: tuple[int, ...]
) -> None:
    # A workflow task that lasts reports in before its time is over, and hears the hold then, in the middle of the bench's step.
    lived.task_timeout = timedelta(seconds=2)
    order = await bench(lived)
    async with lived.database.transaction() as cursor:
        await cursor.execute("SELECT 1 FROM parcel WHERE order_number = %s FOR UPDATE", (order.order_number,))
        packing = lived.start_packing(order)
        await asyncio.sleep(0.5)
        await lived.handle(order).signal("hold", Hold(by="ana", lines=lines))
        await asyncio.sleep(3)
    answer = await packing
    assert (answer.done, answer.next_step, "on hold" in answer.said) == (False, "label", True)
    row = await lived.waits(order, "release")
    assert row["fulfilment_state"] == "reserved"
    assert await parcel(lived, order) == (["pick", "check", "pack"], "open", 0)
    await lived.say(order, "release", Release(by="ana"))
    await lived.waits(order, "bench")
    assert (await lived.pack(order, steps=(BenchStep.LABEL,))).done
    assert await parcel(lived, order) == (["pick", "check", "pack", "label"], "labelled", 1)


@pytest.mark.parametrize("faults", [{("book", 1): Fault.SLOW}], indirect=True)
async def test_a_hold_while_the_carrier_is_asked_keeps_the_labelled_parcel_in_the_house(lived: Lived) -> None:
    order = await bench(lived)
    packing = lived.start_packing(order)
    await lived.happens(order, "bench_work")
    await lived.say(order, "hold", Hold(by="ana", lines=(1,)))
    assert (await packing).done
    await lived.waits(order, "release")
    assert await parcel(lived, order) == (["pick", "check", "pack", "label"], "labelled", 1)
    await lived.carrier(order, News.HANDED_OVER)
    await lived.happens(order, "parcel_news_held")
    assert await lived.stock("A") == (10, 1)
    await lived.say(order, "release", Release(by="ana", lines=(1,)))
    await lived.waits(order, "delivery")
    assert await lived.stock("A") == (9, 0)


@pytest.mark.parametrize("lines", [(), (1,)], ids=["order", "line"])
async def test_of_hold_and_bench_at_once_either_is_first_and_neither_is_half(
    lived: Lived, lines: tuple[int, ...]
) -> None:
    orders = [await bench(lived) for _ in range(6)]

    async def both(nth: int) -> BenchAnswer | BaseException:
        said = [
            lived.pack(orders[nth]),
            lived.handle(orders[nth]).signal("hold", Hold(by="ana", lines=lines)),
        ]
        told = await asyncio.gather(*(said if nth % 2 else reversed(said)), return_exceptions=True)
        (answer,) = [one for one in told if one is not None]
        return answer

    for order, answer in zip(orders, await asyncio.gather(*map(both, range(6))), strict=True):
        row = await lived.waits(order, "release")
        assert len(row["holds"]) == 1
        done = isinstance(answer, BenchAnswer) and answer.done
        assert done or isinstance(answer, BenchAnswer | WorkflowUpdateFailedError)
        steps, state, labels = await parcel(lived, order)
        assert (("label" in steps), state, labels) == (done, "labelled" if done else "open", int(done))


@pytest.mark.parametrize("faults", [{("authorise", 2): Fault.REFUSE}], indirect=True)
async def test_a_hold_while_the_customer_is_asked_for_other_money_takes_none_until_it_ends(
    lived: Lived,
) -> None:
    """The guardian of the money waits, called from within the wait for the bench, when the hold comes."""
    order = await bench(lived)
    await lived.world.payments.expire(await paid(lived, order))
    await lived.relay()
    await lived.waits(order, "other_payment")
    await lived.say(order, "hold", Hold(by="ana"))
    await lived.waits(order, "release")
    await lived.say(order, "pay_again", PayAgain(by="customer", token="tok_new"))
    await lived.happens(order, "pay_again")
    asked = "SELECT count(*)::int AS times FROM sim.psp_payment"
    assert (await lived.one(asked))["times"] == 2
    assert (await lived.row(order))["waiting_for"] == "release"
    await lived.say(order, "release", Release(by="ana"))
    row = await lived.waits(order, "bench")
    assert (row["payment_state"], (await lived.one(asked))["times"]) == ("authorised", 3)


@pytest.mark.parametrize("faults", [{("authorise", 2): Fault.REFUSE}], indirect=True)
async def test_a_line_on_hold_stands_while_the_money_of_the_order_is_asked_for_again(lived: Lived) -> None:
    order = await bench(lived, lines={"A": 1, "B": 1})
    await lived.world.payments.expire(await paid(lived, order))
    await lived.relay()
    await lived.waits(order, "other_payment")
    await lived.say(order, "hold", Hold(by="ana", lines=(2,)))
    await lived.say(order, "pay_again", PayAgain(by="customer", token="tok_new"))
    row = await lived.waits(order, "bench")
    assert (row["payment_state"], row["holds"][0]["lines"]) == ("authorised", [2])
    with pytest.raises(WorkflowUpdateFailedError, match="Workflow update failed"):
        await lived.pack(order, "P2")
    assert (await lived.pack(order, "P1")).done


async def test_of_a_release_and_a_cancellation_at_once_the_order_ends_whole(lived: Lived) -> None:
    orders = []
    for _ in range(4):
        orders.append(await bench(lived, lines={"A": 1, "B": 1}))
        await lived.say(orders[-1], "hold", Hold(by="ana", lines=(2,)))

    async def both(nth: int) -> None:
        said = [
            lived.say(orders[nth], "release", Release(by="ana")),
            lived.say(orders[nth], "cancel", Decision(by="customer")),
        ]
        await asyncio.gather(*(said if nth % 2 else reversed(said)), return_exceptions=True)

    await asyncio.gather(*map(both, range(4)))
    for order in orders:
        row = await lived.closed(order)
        assert (row["outcome"], row["payment_state"], row["holds"]) == ("cancelled", "voided", [])
    assert (await lived.stock("A"), await lived.stock("B", "LYS")) == ((10, 0), (5, 0))
