"""While orders live, the row always says what the workflow waits for: boards are read from rows."""

from __future__ import annotations

import pytest

from activities.allocation.store import StockRecords
from activities.insight.agreement import compare
from models.allocation.messages import StockReceipt
from models.delivery.messages import News
from models.order.messages import Attend, Decision, Hold, Release, Resolve
from models.order.states import FulfilmentState
from starter.snapshots import WorkflowSnapshots
from tests.workflows.conftest import faults, lived, skipping
from tests.workflows.living import Lived
from tests.workflows.made import an_order

__all__ = ["faults", "lived", "skipping"]
pytestmark = pytest.mark.engine


async def expect_agreement(lived: Lived, waits: str) -> None:
    """Row and workflow agree, and the workflow waits for `waits`."""
    snapshots = WorkflowSnapshots(lived.environment.client)
    assert await compare(lived.database, snapshots, 10) == (1, [])
    row = await lived.one("SELECT order_number, waiting_for FROM sales_order")
    seen = await snapshots.snapshot(row["order_number"])
    assert seen is not None
    assert (row["waiting_for"], seen.waiting_for) == (waits, waits)


async def test_one_parcel_gone_the_other_still_at_the_bench(lived: Lived) -> None:
    order = an_order({"A": 1, "B": 1})
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order, "P1")
    await expect_agreement(lived, "bench")
    await lived.carrier(order, News.HANDED_OVER, "P1")
    await lived.happens(order, "dispatched")
    await expect_agreement(lived, "bench")


@pytest.mark.parametrize("news", [News.RETURNED, News.LOST])
async def test_one_parcel_comes_to_a_bad_end_the_other_is_still_on_its_way(lived: Lived, news: News) -> None:
    order = an_order({"A": 1, "B": 1})
    await lived.submit(order)
    await lived.waits(order, "bench")
    for parcel in ("P1", "P2"):
        await lived.pack(order, parcel)
    await lived.waits(order, "handover")
    for parcel in ("P1", "P2"):
        await lived.carrier(order, News.HANDED_OVER, parcel)
    await lived.happens(order, "dispatched", 2)
    await expect_agreement(lived, "delivery")
    await lived.carrier(order, news, "P1")
    if news is News.LOST:
        await lived.waits(order, "parcel_decision")
        await expect_agreement(lived, "parcel_decision")
        await lived.say(order, "resolve", Resolve(by="care", resolution="refund"))
        await lived.happens(order, "loss_refund")
    else:
        await lived.happens(order, "stock_returned")
    await expect_agreement(lived, "delivery")


async def test_a_persons_hold_outlives_the_approval(lived: Lived) -> None:
    order = an_order(price=200_000)
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.say(order, "hold", Hold(by="ana", why="call first"))
    await expect_agreement(lived, "review")
    await lived.say(order, "approve", Decision(by="ana"))
    await lived.waits(order, "release")
    await expect_agreement(lived, "release")
    await lived.say(order, "release", Release(by="ana"))
    await lived.waits(order, "bench")
    await expect_agreement(lived, "bench")


async def test_a_line_on_hold_is_told_wherever_the_others_are(lived: Lived) -> None:
    order = an_order({"A": 1, "B": 1})
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.say(order, "hold", Hold(by="ana", lines=(2,), owner="care"))
    await lived.until(order, lambda row: bool(row["holds"]))
    await expect_agreement(lived, "bench")
    await lived.pack(order, "P1")
    await lived.waits(order, "handover")
    await expect_agreement(lived, "handover")
    await lived.carrier(order, News.HANDED_OVER, "P1")
    await lived.waits(order, "delivery")
    await expect_agreement(lived, "delivery")
    await lived.carrier(order, News.DELIVERED, "P1", signed=True)
    await lived.waits(order, "release")
    await expect_agreement(lived, "release")
    details = await lived.handle(order).query("__temporal_workflow_metadata")
    assert "other-9e4a37ad72` other — line 2: held by ana (placed by ana, " in str(details)
    assert "to be ended by care" in str(details)


async def test_a_signed_delivery_whose_money_waits_for_an_operator(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.carrier(order, News.HANDED_OVER)
    await lived.waits(order, "delivery")
    async with lived.database.transaction() as cursor:  # the provider lets go of the money by itself
        await cursor.execute("UPDATE sim.psp_payment SET voided = true")
    await lived.carrier(order, News.DELIVERED, signed=True)
    row = await lived.waits(order, "needs_attention")
    assert row["fulfilment_state"] == FulfilmentState.DELIVERED
    await expect_agreement(lived, "needs_attention")
    async with lived.database.transaction() as cursor:
        await cursor.execute("UPDATE sim.psp_payment SET voided = false")
    await lived.say(order, "attend", Attend(by="ops", action="retry"))
    await lived.waits(order, "return_window")
    await expect_agreement(lived, "return_window")


async def test_a_parcel_that_leaves_takes_its_own_pieces_and_no_other_parcels(lived: Lived) -> None:
    order = an_order({"C": 11})  # 3 from Berlin, 8 from Lyon
    await lived.submit(order)
    await lived.waits(order, "bench")
    receipt = StockReceipt(receipt_id="r-1", warehouse="LYS", sku="C", quantity=5)
    await StockRecords(lived.database).receive(receipt)
    await lived.pack(order, "P1", steps=(), missing_sku="C", missing=1)
    await lived.happens(order, "parcels_opened", 2)  # the 3 are now in Lyon's second parcel
    await lived.pack(order, "P2")
    await lived.carrier(order, News.HANDED_OVER, "P2")
    await lived.happens(order, "dispatched")
    assert await lived.stock("C", "LYS") == (14 - 8, 3)
    await lived.pack(order, "P1R1")
    await lived.carrier(order, News.HANDED_OVER, "P1R1")
    await lived.happens(order, "dispatched", 2)
    assert await lived.stock("C", "LYS") == (14 - 11, 0)
