"""Orders of goods that are not out yet: they claim, wait, hear of other dates, are served in their order, or end."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from temporalio.client import WorkflowFailureError

from models.allocation.messages import Received, StockReceipt
from models.allocation.preorders import PreorderChanged, SetPreorder
from models.delivery.messages import News
from models.order.messages import Decision, Hold, Order, Release
from tests.workflows.lives import deliver
from tests.workflows.living import Lived
from tests.workflows.made import an_order

_IDS = itertools.count(1)
SOON = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=40)
LATER = SOON + timedelta(days=30)


async def put(lived: Lived, request_id: str = "", **changes: object) -> PreorderChanged:
    """Change the preorder of NEW by its workflow."""
    asked = {"sku": "NEW", "by": "ana", "request_id": request_id or f"p-{next(_IDS)}"} | changes
    answer: PreorderChanged = await lived.environment.client.execute_workflow(
        "SetPreorderWorkflow",
        SetPreorder.model_validate(asked),
        id=f"preorder-{lived.task_queue}-{next(_IDS)}",
        task_queue=lived.task_queue,
        result_type=PreorderChanged,
    )
    return answer


async def receive(lived: Lived, pieces: int, sku: str = "NEW") -> tuple[str, ...]:
    """Goods come, and the waiting orders are told."""
    name = f"stock-receipt-{lived.task_queue}-{next(_IDS)}"
    received: Received = await lived.environment.client.execute_workflow(
        "ReceiveStockWorkflow",
        StockReceipt(receipt_id=name, warehouse="BER", sku=sku, quantity=pieces),
        id=name,
        task_queue=lived.task_queue,
        result_type=Received,
    )
    return received.waiting_orders


async def preordered(lived: Lived, pieces: int = 1) -> Order:
    """An order that waits for NEW."""
    order = an_order({"NEW": pieces})
    await lived.submit(order)
    await lived.until(order, lambda row: row["waiting_for"] == "stock")
    return order


async def sold(lived: Lived) -> int:
    return int((await lived.one("SELECT sold FROM preorder WHERE sku = 'NEW'"))["sold"])


async def told(lived: Lived, order: Order, kind: str) -> list[str]:
    """The dates in letters of a kind."""
    rows = await lived.all(
        "SELECT data->>'promised_by' AS date FROM notice WHERE order_number = %s AND kind = %s ORDER BY id",
        order.order_number,
        kind,
    )
    return [row["date"] for row in rows]


def day(at: datetime, days: int = 5) -> str:
    """A day of handling and four of transit later."""
    return (at + timedelta(days=days)).date().isoformat()


async def test_a_preorder_waits_with_its_date_and_is_delivered_when_it_comes(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=3)
    order = an_order({"NEW": 2})
    accepted = await lived.submit(order)
    assert accepted.promised_by == SOON + timedelta(days=8)
    row = await lived.waits(order, "stock")
    assert (row["order_state"], row["payment_state"], row["fulfilment_state"]) == (
        "received",
        "authorised",
        "short",
    )
    assert row["promised_by"] == SOON + timedelta(days=5)
    # Nobody is reminded before the goods are due: the wait's fourteen days count from their date.
    assert row["deadline_at"] == SOON + timedelta(days=14)
    assert await told(lived, order, "preordered") == [day(SOON)]
    assert await lived.notices(order) == ["received", "preordered"]
    assert await receive(lived, 5) == (order.order_number,)
    await deliver(lived, order)
    assert (await lived.waits(order, "return_window"))["captured_minor"] == order.total_minor
    assert (await sold(lived), await lived.stock("NEW")) == (2, (3, 0))
    claim = await lived.one("SELECT state FROM preorder_claim")
    assert claim["state"] == "settled"


async def test_another_date_is_told_to_every_waiting_customer_once(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=5)
    orders = [await preordered(lived) for _ in range(3)]
    first, second, gone = orders
    await lived.say(gone, "cancel", Decision(by="customer"))
    await lived.closed(gone)
    moved = await put(lived, "move", ships_from=LATER)
    assert moved.waiting_orders == (first.order_number, second.order_number)
    assert await put(lived, "move", ships_from=LATER) == moved  # said again: nobody hears it twice
    for order in (first, second):
        row = await lived.until(order, lambda row: row["promised_by"] == LATER + timedelta(days=5))
        assert (row["waiting_for"], row["deadline_at"]) == ("stock", LATER + timedelta(days=14))
        await lived.happens(order, "preorder_moved")
        assert await told(lived, order, "preorder_moved") == [day(LATER)]
    await put(lived, ships_from=SOON)
    for order in (first, second):
        await lived.happens(order, "preorder_moved", 2)
        assert await told(lived, order, "preorder_moved") == [day(LATER), day(SOON)]
    assert await told(lived, gone, "preorder_moved") == []


async def test_goods_go_to_claims_in_their_order_and_a_held_order_keeps_its_place(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=5)
    first, held, third = [await preordered(lived) for _ in range(3)]
    await lived.say(held, "hold", Hold(by="ana", why="address"))
    await lived.waits(held, "release")
    await receive(lived, 2)
    await lived.waits(first, "bench")
    newcomer = an_order({"NEW": 1})
    await lived.submit(newcomer)
    await lived.waits(newcomer, "stock")  # the piece on the shelf is spoken for
    assert (await lived.row(third))["waiting_for"] == "stock"
    await lived.say(held, "release", Release(by="ana"))
    await lived.waits(held, "bench")
    # The held one is cancelled: its piece goes to the next claim, which is told.
    await lived.say(held, "cancel", Decision(by="customer"))
    await lived.closed(held)
    await lived.waits(third, "bench")
    assert (await lived.row(newcomer))["waiting_for"] == "stock"
    assert await sold(lived) == 4


async def test_who_comes_too_late_for_the_last_pieces_ends_with_its_money_back_and_hears_why(
    lived: Lived,
) -> None:
    await put(lived, ships_from=SOON, cap=1)
    winner = await preordered(lived)
    loser = an_order({"NEW": 1})
    await lived.submit(loser)
    row = await lived.closed(loser)
    assert (row["outcome"], row["payment_state"], row["fulfilment_state"]) == (
        "cancelled",
        "voided",
        "released",
    )
    assert (row["order_state"], row["captured_minor"]) == ("cancelled", 0)
    letter = await lived.one(
        "SELECT data->>'why' AS why FROM notice WHERE order_number = %s AND kind = 'cancelled'",
        loser.order_number,
    )
    assert letter["why"] == "the preorder of NEW is sold out"
    assert await lived.notices(loser) == ["received", "cancelled"]
    paid = await lived.one("SELECT voided FROM sim.psp_payment WHERE order_number = %s", loser.order_number)
    assert paid["voided"] is True
    assert await sold(lived) == 1
    # What is cancelled comes back to the cap, once, and can be sold again.
    await lived.say(winner, "cancel", Decision(by="customer"))
    await lived.closed(winner)
    assert await sold(lived) == 0
    await preordered(lived)
    assert await sold(lived) == 1


async def test_of_many_at_once_as_many_wait_as_there_are_pieces(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=4)
    orders = [an_order({"NEW": 1}) for _ in range(10)]
    await asyncio.gather(*map(lived.submit, orders))
    rows = [
        await lived.until(order, lambda row: row["waiting_for"] == "stock" or row["closed_at"] is not None)
        for order in orders
    ]
    assert sum(row["closed_at"] is None for row in rows) == 4
    assert {row["outcome"] for row in rows if row["closed_at"]} == {"cancelled"}
    assert await sold(lived) == 4
    for order, row in zip(orders, rows, strict=True):
        if row["closed_at"]:
            await lived.closed(order)


async def test_an_order_that_temporal_cancels_gives_its_pieces_back(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=2)
    order = await preordered(lived, 2)
    await lived.handle(order).cancel()
    await lived.until(order, lambda row: row["closed_at"] is not None)
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(lived.handle(order).result(), lived.patience_s)
    assert await sold(lived) == 0


async def test_a_short_pick_of_a_preordered_piece_waits_for_stock_and_claims_nothing_more(
    lived: Lived,
) -> None:
    await put(lived, ships_from=SOON, cap=1)
    order = await preordered(lived)
    await receive(lived, 1)
    await lived.waits(order, "bench")
    await lived.pack(order, steps=(), missing_sku="NEW", missing=1)
    await lived.waits(order, "stock")
    assert await sold(lived) == 1
    await receive(lived, 1)
    await lived.waits(order, "bench")
    assert (await lived.row(order))["fulfilment_state"] == "reserved"


async def test_goods_that_come_back_go_to_the_next_claim(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=2)
    first, second = [await preordered(lived) for _ in range(2)]
    await receive(lived, 1)
    await lived.waits(first, "bench")
    await lived.pack(first)
    await lived.waits(first, "handover")
    await lived.carrier(first, News.RETURNED)
    assert (await lived.closed(first))["outcome"] == "returned_to_sender"
    await lived.waits(second, "bench")


async def test_with_a_calendar_the_promise_counts_the_warehouses_working_days(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    plain = await lived.waits(order, "bench")
    async with lived.database.transaction() as cursor:
        await cursor.execute(
            "UPDATE warehouse SET calendar = %s WHERE code = 'BER'",
            ('{"time_zone": "Europe/Berlin", "weekdays": [2], "cut_off": "00:01"}',),
        )
    other = an_order()
    await lived.submit(other)
    row = await lived.waits(other, "bench")  # without a restart
    handed_over = row["promised_by"] - timedelta(days=4)
    berlin = handed_over.astimezone(ZoneInfo("Europe/Berlin"))
    assert (berlin.weekday(), berlin.time().isoformat()[:5]) == (2, "00:00")
    assert timedelta(days=6) < row["promised_by"] - plain["promised_by"] < timedelta(days=14)
