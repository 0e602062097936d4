"""Holds of orders and of lines: what is held stays, what is free goes on, and a release resumes by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.shared.database import Row
from models.delivery.messages import News
from models.order.messages import Answer, Decision, Hold, Order, Release
from models.order.states import HoldReason
from tests.workflows.living import Lived
from tests.workflows.made import an_order
from tests.workflows.paying import awaited, bench, settle, taken


async def refused(lived: Lived, order: Order, verb: str, message: Decision) -> str:
    """The reason of a refusal, which changed nothing."""
    before = (await lived.row(order), await lived.facts(order))
    with pytest.raises(WorkflowUpdateFailedError) as error:
        await lived.say(order, verb, message)
    assert (await lived.row(order), await lived.facts(order)) == before
    return str(error.value.cause).removeprefix("not_allowed_now: ")


async def not_packed(lived: Lived, order: Order, parcel: str) -> str:
    """The reason why a bench may not work on a parcel; nothing was written of it, and no label was bought."""
    with pytest.raises(WorkflowUpdateFailedError) as error:
        await lived.pack(order, parcel)
    row = await lived.one(
        "SELECT steps, (SELECT count(*) FROM sim.carrier_label l WHERE l.parcel_id = p.parcel_id)::int AS labels"
        " FROM parcel p WHERE parcel_id = %s",
        f"{order.order_number}-{parcel}",
    )
    assert (row["steps"], row["labels"]) == ([], 0)
    return str(error.value.cause).removeprefix("not_allowed_now: ")


async def parcels(lived: Lived, order: Order) -> list[str]:
    """Parcel and line of everything that was put into parcels, in the order of names."""
    rows = await lived.all(
        "SELECT right(parcel_id, 2) AS parcel, line_no FROM parcel JOIN parcel_line USING (parcel_id)"
        " WHERE order_number = %s AND state <> 'cancelled' ORDER BY 1, 2",
        order.order_number,
    )
    return [f"{row['parcel']}:{row['line_no']}" for row in rows]


async def send(lived: Lived, order: Order, parcel: str) -> None:
    """Pack a parcel and let it arrive."""
    assert (await lived.pack(order, parcel)).done
    await lived.carrier(order, News.HANDED_OVER, parcel)
    await lived.carrier(order, News.DELIVERED, parcel, signed=True)


async def held_before_sourcing(lived: Lived, *lines: int, **more: object) -> tuple[Order, Row]:
    """An order of A and B that waited for its payment while lines were put on hold, and is paid now."""
    order = an_order({"A": 2, "B": 3}, token="tok_pending")
    await lived.submit(order)
    await lived.waits(order, "payment")
    await lived.say(order, "hold", Hold.model_validate({"by": "ana", "lines": lines} | more))
    await settle(lived, order)
    await lived.relay()
    return order, await lived.until(order, lambda row: row["payment_state"] == "authorised")


async def test_lines_held_before_sourcing_are_left_out_and_sourced_when_released(lived: Lived) -> None:
    order, _ = await held_before_sourcing(lived, 2, reason=HoldReason.UNKNOWN_DELIVERY_DATE, owner="buying")
    row = await lived.waits(order, "bench")
    assert (row["hold_reasons"], [hold["lines"] for hold in row["holds"]]) == (
        ["unknown_delivery_date"],
        [[2]],
    )
    assert (await lived.stock("A"), await lived.stock("B", "LYS")) == ((10, 2), (5, 0))
    assert await parcels(lived, order) == ["P1:1"]
    await send(lived, order, "P1")
    row = await lived.waits(order, "release")
    assert (row["order_state"], row["fulfilment_state"], row["captured_minor"]) == (
        "dispatched",
        "dispatched",
        0,
    )
    assert (await lived.say(order, "release", Release(by="buying", lines=(2,)))).open_holds == ()
    await lived.waits(order, "bench")
    assert (await lived.stock("A"), await lived.stock("B", "LYS")) == ((8, 0), (5, 3))
    assert await parcels(lived, order) == ["P1:1", "P2:2"]
    await send(lived, order, "P2")
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"], row["holds"]) == ("completed", order.total_minor, [])
    assert await lived.stock("B", "LYS") == (2, 0)


async def test_a_line_held_until_a_date_goes_on_by_itself_while_the_others_are_under_way(
    lived: Lived,
) -> None:
    until = datetime.now(UTC) + timedelta(hours=2)
    order, _ = await held_before_sourcing(lived, 2, until=until)
    await lived.waits(order, "bench")
    await lived.pack(order, "P1")
    await lived.waits(order, "handover")
    await lived.skip(order, 0.1)
    await lived.happens(order, "hold_ended")
    await lived.happens(order, "parcels_opened", times=2)
    row = await lived.waits(order, "bench")
    assert (row["holds"], row["hold_reasons"]) == ([], [])
    assert await parcels(lived, order) == ["P1:1", "P2:2"]
    assert await lived.stock("B", "LYS") == (5, 3)


async def test_a_parcel_with_a_held_line_stays_and_the_other_one_goes(lived: Lived) -> None:
    order = an_order({"A": 1, "B": 2})
    await lived.submit(order)
    await lived.waits(order, "bench")
    answer = await lived.say(order, "hold", Hold(by="ana", why="call first", lines=(2,), owner="care"))
    (hold,) = answer.open_holds
    assert await not_packed(lived, order, "P2") == (
        f"parcel {order.order_number}-P2 is on hold: {hold.hold_id} (line 2; owner care)"
    )
    await send(lived, order, "P1")
    await lived.waits(order, "release")
    assert len(await lived.all("SELECT * FROM shipment")) == 1
    assert await lived.stock("B", "LYS") == (5, 2)
    said = await refused(lived, order, "hold", Hold(by="ana", lines=(1,)))
    assert said.startswith("lines: the carrier has all of line 1, which can be returned, no longer held")
    assert "name the lines that are still here, line 2" in await refused(lived, order, "hold", Hold(by="ana"))
    await lived.say(order, "release", Release(by="care", hold_id=hold.hold_id))
    await lived.waits(order, "bench")
    await send(lived, order, "P2")
    assert (await taken(lived, order))["captured_minor"] == order.total_minor


async def test_every_line_on_hold_is_as_the_order_on_hold_and_takes_no_money(lived: Lived) -> None:
    order = an_order({"A": 1, "B": 2}, price=200_000)
    await lived.submit(order)
    await lived.waits(order, "review")
    for line in (1, 2):
        await lived.say(order, "hold", Hold(by="ana", lines=(line,)))
    await lived.say(order, "approve", Decision(by="bo"))
    row = await lived.waits(order, "release")
    assert (row["payment_state"], len(row["holds"])) == ("none", 2)
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
    await lived.say(order, "release", Release(by="ana", lines=(1,)))
    await lived.waits(order, "bench")
    assert (await lived.stock("A"), await lived.stock("B", "LYS")) == ((10, 1), (5, 0))


async def test_of_two_holds_for_one_reason_each_must_end(lived: Lived) -> None:
    order = await bench(lived)
    first = await lived.say(order, "hold", Hold(by="ana", request_id="h-1"))
    second = await lived.say(order, "hold", Hold(by="bo", request_id="h-2"))
    ids = [hold.hold_id for hold in second.open_holds]
    assert (len(ids), first.open_holds[0].hold_id, second.holds) == (2, ids[0], (HoldReason.BY_PERSON,))
    await lived.waits(order, "release")
    release = Release(by="ana", hold_id=ids[0], request_id="r-1")
    await lived.say(order, "release", release)
    row = await lived.until(order, lambda row: len(row["holds"]) == 1)
    assert (row["waiting_for"], row["holds"][0]["placed_by"]) == ("release", "bo")
    assert (await lived.say(order, "release", release)).said == "already done"
    assert await not_packed(lived, order, "P1") == "the order is on hold: other"
    said = await refused(lived, order, "release", Release(by="ana", hold_id=ids[0]))
    assert said == f"hold_id: no open hold {ids[0]!r}; open holds: {ids[1]}"
    await lived.say(order, "release", Release(by="bo"))
    await lived.waits(order, "bench")
    assert (await lived.pack(order)).done


async def test_a_held_order_that_is_cancelled_gives_everything_back(lived: Lived) -> None:
    order = an_order({"A": 1, "B": 2})
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order, "P1")
    await lived.say(order, "hold", Hold(by="ana", lines=(2,)))
    await lived.waits(order, "handover")
    told = [
        lived.say(order, "hold", Hold(by="bo", lines=(1,))),
        lived.say(order, "cancel", Decision(by="customer")),
    ]
    held, cancelled = await asyncio.gather(*told, return_exceptions=True)
    assert isinstance(cancelled, Answer)
    assert isinstance(held, Answer) or "being cancelled" in str(held.__cause__)
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"], row["holds"]) == ("cancelled", "voided", [])
    assert (await lived.stock("A"), await lived.stock("B", "LYS")) == ((10, 0), (5, 0))
    assert await lived.all("SELECT * FROM shipment WHERE state = 'live'") == []


async def test_the_carrier_takes_what_was_held_and_it_is_booked_after_the_release(lived: Lived) -> None:
    order = await bench(lived)
    await lived.pack(order)
    await lived.waits(order, "handover")
    await lived.say(order, "hold", Hold(by="ana", lines=(1,)))
    await lived.waits(order, "release")
    await lived.carrier(order, News.HANDED_OVER)
    await lived.happens(order, "parcel_news_held")
    row = await lived.row(order)
    assert (row["waiting_for"], row["order_state"], await lived.stock("A")) == (
        "release",
        "confirmed",
        (10, 1),
    )
    await lived.say(order, "release", Release(by="ana"))
    await lived.waits(order, "delivery")
    assert await lived.stock("A") == (9, 0)


async def test_a_hold_placed_while_a_payment_is_awaited_outlasts_the_payment(lived: Lived) -> None:
    order = await awaited(lived)
    until = datetime.now(UTC) + timedelta(hours=2)
    await lived.say(order, "hold", Hold(by="ana", until=until))
    row = await lived.waits(order, "release")
    assert row["deadline_at"] == until
    await settle(lived, order)
    await lived.relay()
    assert (await lived.row(order))["payment_state"] == "pending"
    await lived.skip(order, 0.1)
    row = await lived.waits(order, "bench")
    assert row["payment_state"] == "authorised"


async def test_a_short_line_on_hold_lets_the_others_go_and_is_looked_for_again_afterwards(
    lived: Lived,
) -> None:
    order = an_order({"A": 1, "B": 9})
    await lived.submit(order)
    row = await lived.waits(order, "stock")
    assert (row["fulfilment_state"], await lived.stock("A")) == ("short", (10, 0))
    await lived.say(order, "hold", Hold(by="ana", lines=(2,), reason=HoldReason.OUT_OF_STOCK))
    await lived.waits(order, "bench")
    assert await parcels(lived, order) == ["P1:1"]
    await lived.pack(order, "P1")
    await lived.say(order, "release", Release(by="ana", reason=HoldReason.OUT_OF_STOCK))
    row = await lived.waits(order, "stock")
    assert (row["fulfilment_state"], (await lived.facts(order)).count("stock_short")) == ("labelled", 2)
    wanted = await lived.one("SELECT sku, missing FROM purchase_request WHERE state = 'open'")
    assert (wanted["sku"], wanted["missing"]) == ("B", 4)
    await lived.carrier(order, News.HANDED_OVER, "P1")
    await lived.happens(order, "dispatched")  # not held up by what is short
    await lived.waits(order, "stock")
