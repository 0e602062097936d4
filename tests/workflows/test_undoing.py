"""Cancelling anywhere runs the undos that apply; what the carrier has cannot be cancelled."""

import asyncio

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError

from models.allocation.messages import StockReceipt
from models.delivery.messages import News
from models.delivery.states import Tracking
from models.delivery.vocabulary import code_for
from models.order.messages import Decision, Resolve
from models.preparation.messages import BenchStep
from tests.workflows.living import Lived
from tests.workflows.made import an_order


async def nothing_left(lived: Lived) -> None:
    """No stock held, no money held, no live label."""
    assert await lived.stock("A") == (10, 0)
    held = await lived.all("SELECT * FROM sim.psp_payment WHERE status = 'authorised' AND NOT voided")
    assert held == []
    assert await lived.all("SELECT * FROM shipment WHERE state = 'live'") == []


async def test_cancelled_at_the_bench_gives_stock_and_money_back(lived: Lived) -> None:
    order = an_order({"A": 3})
    await lived.submit(order)
    await lived.waits(order, "bench")
    assert (await lived.say(order, "cancel", Decision(by="customer", why="changed my mind"))).done
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"], row["fulfilment_state"]) == (
        "cancelled",
        "voided",
        "released",
    )
    await nothing_left(lived)
    assert await lived.notices(order) == ["received", "reviewed", "cancelled"]


async def test_cancelled_after_the_label_voids_the_label_first(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.waits(order, "handover")
    await lived.say(order, "cancel", Decision(by="customer"))
    await lived.closed(order)
    await nothing_left(lived)
    facts = [
        fact
        for fact in await lived.facts(order)
        if fact in ("label_voided", "stock_released", "payment_voided")
    ]
    assert facts == ["label_voided", "stock_released", "payment_voided"]


async def test_what_the_carrier_has_cannot_be_cancelled(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.carrier(order, News.HANDED_OVER)
    await lived.waits(order, "delivery")
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await lived.say(order, "cancel")
    assert "carrier has the parcel" in str(refused.value.cause)
    assert (await lived.row(order))["payment_state"] == "authorised"


async def test_a_cancellation_that_crosses_the_pickup_is_refused_by_the_carrier_and_the_order_goes_on(
    lived: Lived,
) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    answer = await lived.pack(order)
    await lived.waits(order, "handover")
    # The carrier collects, but its news has not reached us when the customer cancels.
    label = await lived.one("SELECT carrier FROM shipment WHERE tracking_number = %s", answer.tracking_number)
    await lived.world.carriers.emit(
        answer.tracking_number, code_for(label["carrier"], Tracking.PICKED_UP), order.placed_at, delay_s=0
    )
    await lived.say(order, "cancel", Decision(by="customer"))
    await lived.happens(order, "cancel_refused")
    await lived.relay()
    row = await lived.waits(order, "delivery")
    assert (row["payment_state"], row["outcome"]) == ("authorised", None)


async def test_temporals_own_cancel_runs_the_undos_too(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.handle(order).cancel()
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(lived.handle(order).result(), 30)
    row = await lived.row(order)
    assert (row["outcome"], row["order_state"], row["payment_state"]) == ("cancelled", "cancelled", "voided")
    await nothing_left(lived)


async def test_temporals_own_cancel_after_the_capture_refunds_and_reverses_the_ledger(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.carrier(order, News.DELIVERED, signed=True)
    await lived.waits(order, "return_window")
    await lived.handle(order).cancel()
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(lived.handle(order).result(), 30)
    row = await lived.row(order)
    assert (row["payment_state"], row["refunded_minor"]) == ("refunded", order.total_minor)
    sums = await lived.all(
        "SELECT account, sum(amount_minor)::int AS s FROM ledger_entry GROUP BY 1 HAVING sum(amount_minor) <> 0"
    )
    assert sums == []


async def test_short_stock_tells_purchasing_and_the_customer_and_a_receipt_wakes_the_order(
    lived: Lived,
) -> None:
    order = an_order({"A": 12})
    await lived.submit(order)
    row = await lived.waits(order, "stock")
    assert (row["fulfilment_state"], row["promised_by"] is None) == ("short", False)
    assert {"purchasing", "delayed"} <= set(await lived.notices(order))
    assert await lived.stock("A") == (10, 0)
    receipt = StockReceipt(receipt_id=f"r-{order.order_number}", warehouse="BER", sku="A", quantity=5)
    await lived.environment.client.execute_workflow(
        "ReceiveStockWorkflow", receipt, id=f"stock-receipt-{receipt.receipt_id}", task_queue=lived.task_queue
    )
    await lived.waits(order, "bench")
    assert await lived.stock("A") == (15, 12)


async def test_missing_pieces_dissolve_the_parcel_and_source_it_elsewhere(lived: Lived) -> None:
    order = an_order({"C": 2})
    await lived.submit(order)
    await lived.waits(order, "bench")
    assert await lived.stock("C") == (3, 2)
    answer = await lived.pack(order, steps=(), missing_sku="C", missing=2)
    assert answer.done
    assert "sourced anew" in answer.said
    await lived.happens(order, "parcels_opened", times=2)
    assert (await lived.stock("C"), await lived.stock("C", "LYS")) == ((1, 0), (9, 2))
    assert (await lived.pack(order, "P1R1")).tracking_number


@pytest.mark.parametrize("resolution", ["reship", "refund"])
async def test_a_lost_parcel_is_sent_again_or_given_up_as_care_decides(lived: Lived, resolution: str) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.carrier(order, News.HANDED_OVER)
    await lived.carrier(order, News.LOST)
    await lived.waits(order, "parcel_decision")
    await lived.say(order, "resolve", Resolve(by="care", resolution=resolution))
    if resolution == "refund":
        row = await lived.closed(order)
        assert (row["outcome"], row["payment_state"], row["captured_minor"]) == ("lost", "voided", 0)
        assert await lived.stock("A") == (9, 0)
        return
    await lived.waits(order, "bench")
    await lived.pack(order, "P1R1", steps=tuple(BenchStep))
    await lived.carrier(order, News.DELIVERED, "P1R1", signed=True)
    row = await lived.waits(order, "return_window")
    assert row["captured_minor"] == order.total_minor
    assert await lived.stock("A") == (8, 0)


async def test_a_returned_parcel_goes_back_on_the_shelf_and_nothing_is_charged(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.carrier(order, News.HANDED_OVER)
    await lived.carrier(order, News.RETURNED)
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("returned_to_sender", "voided")
    assert await lived.stock("A") == (10, 0)
