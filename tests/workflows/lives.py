"""Whole lives of orders, for tests that kill things on the way and for recording histories."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.service import RPCError

from models.allocation.messages import StockReceipt
from models.allocation.preorders import SetPreorder
from models.delivery.messages import News
from models.order.messages import Decision, Order, PayAgain
from models.review.desk import RequireDeposit
from tests.workflows.living import Lived
from tests.workflows.made import an_order
from tests.workflows.paying import issue, paid_with, stored


async def submit(lived: Lived, order: Order) -> None:
    """Hand in as the door does: again when a worker died under the answer."""
    end = time.monotonic() + lived.patience_s
    while True:
        try:
            await lived.submit(order)
            return
        except RPCError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.5)


async def pack(lived: Lived, order: Order) -> None:
    """Work as a bench does whose board shows the parcel. A worker that died under the task that opened it makes the workflow
    a moment younger than the board: then it refuses for now, and the bench asks again."""
    end = time.monotonic() + lived.patience_s
    while True:
        try:
            assert (await lived.pack(order)).done
            return
        except WorkflowUpdateFailedError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.2)


async def happy(lived: Lived) -> Order:
    order = an_order()
    await submit(lived, order)
    await deliver(lived, order)
    assert (await lived.closed(order))["outcome"] == "completed"
    return order


async def deliver(lived: Lived, order: Order) -> None:
    await lived.waits(order, "bench")
    await pack(lived, order)
    await lived.waits(order, "handover")
    await lived.carrier(order, News.HANDED_OVER)
    await lived.waits(order, "delivery")
    await lived.carrier(order, News.DELIVERED, signed=True)


async def cancelled_after_the_label(lived: Lived) -> Order:
    order = an_order()
    await submit(lived, order)
    await lived.waits(order, "bench")
    await pack(lived, order)
    await lived.waits(order, "handover")
    await lived.say(order, "cancel", Decision(by="customer"))
    assert (await lived.closed(order))["payment_state"] == "voided"
    return order


async def approved_by_a_person(lived: Lived) -> Order:
    order = an_order(price=200_000)
    await submit(lived, order)
    await lived.waits(order, "review")
    await lived.say(order, "approve", Decision(by="ana"))
    await deliver(lived, order)
    assert (await lived.closed(order))["captured_minor"] == order.total_minor
    return order


async def paid_later(lived: Lived) -> Order:
    order = an_order(token="tok_pending")
    await submit(lived, order)
    await lived.waits(order, "payment")
    paid = await lived.one(
        "SELECT reference FROM sim.psp_payment WHERE order_number = %s", order.order_number
    )
    await lived.world.payments.settle_pending(paid["reference"], True, order.placed_at)
    await deliver(lived, order)
    assert (await lived.closed(order))["outcome"] == "completed"
    return order


async def returned(lived: Lived) -> Order:
    order = an_order()
    await submit(lived, order)
    await lived.waits(order, "bench")
    await pack(lived, order)
    await lived.waits(order, "handover")
    await lived.carrier(order, News.RETURNED)
    assert (await lived.closed(order))["outcome"] == "returned_to_sender"
    return order


async def short_then_stocked(lived: Lived) -> Order:
    order = an_order({"B": 6})
    await submit(lived, order)
    await lived.waits(order, "stock")
    receipt = StockReceipt(receipt_id="crash", warehouse="LYS", sku="B", quantity=6)
    await lived.environment.client.execute_workflow(
        "ReceiveStockWorkflow",
        receipt,
        id="stock-receipt-crash",
        task_queue=lived.task_queue,
        task_timeout=lived.task_timeout,
    )
    await deliver(lived, order)
    assert (await lived.closed(order))["outcome"] == "completed"
    return order


async def refunded(lived: Lived) -> Order:
    """A return window of a second is short: the cancel comes while the capture is under way or just after."""
    order = an_order()
    await submit(lived, order)
    await deliver(lived, order)
    await lived.waits(order, "return_window")
    await lived.handle(order).cancel()
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(lived.handle(order).result(), lived.patience_s)
    assert (await lived.row(order))["payment_state"] == "refunded"
    return order


async def cancelled_with_a_deposit(lived: Lived) -> Order:
    """A gift card is held and a deposit taken; both go back."""
    await issue(lived, "gift-life", 1_000)
    order = paid_with(an_order(price=200_000), **{"gift-life": 1_000})
    await submit(lived, order)
    await lived.waits(order, "review")
    await lived.say(order, "require_deposit", RequireDeposit(by="ana"))
    await lived.waits(order, "deposit")
    await lived.say(order, "pay_deposit", PayAgain(by="customer"))
    await lived.waits(order, "bench")
    await lived.say(order, "cancel", Decision(by="customer"))
    assert (await lived.closed(order))["payment_state"] == "refunded"
    assert await stored(lived, "gift-life") == (1_000, 0)
    return order


async def preordered(lived: Lived) -> Order:
    """Waits for goods that are not out yet, hears of another date, and is served when they come."""
    client, order = lived.environment.client, an_order({"D": 2})
    for nth, day in enumerate((1, 2), start=1):
        change = SetPreorder(
            sku="D", ships_from=datetime(2099, 1, day, tzinfo=UTC), cap=2, request_id=f"crash-{nth}", by="ana"
        )
        await client.execute_workflow(
            "SetPreorderWorkflow",
            change,
            id=f"preorder-crash-{nth}",
            task_queue=lived.task_queue,
            task_timeout=lived.task_timeout,
        )
        if nth == 1:
            await submit(lived, order)
            await lived.waits(order, "stock")
    await lived.happens(order, "preorder_moved")
    assert (await lived.notices(order)).count("preorder_moved") == 1
    receipt = StockReceipt(receipt_id="crash-d", warehouse="BER", sku="D", quantity=2)
    await client.execute_workflow(
        "ReceiveStockWorkflow",
        receipt,
        id="stock-receipt-crash-d",
        task_queue=lived.task_queue,
        task_timeout=lived.task_timeout,
    )
    await deliver(lived, order)
    assert (await lived.closed(order))["outcome"] == "completed"
    claim = await lived.one("SELECT state, quantity FROM preorder_claim WHERE sku = 'D'")
    assert (claim["state"], claim["quantity"]) == ("settled", 2)
    return order


LIVES = (
    happy,
    cancelled_after_the_label,
    approved_by_a_person,
    paid_later,
    returned,
    short_then_stocked,
    cancelled_with_a_deposit,
    preordered,
)
