"""Lines on hold while others, or they themselves, wait for preordered goods: claims stay with the pieces that they are for."""

from __future__ import annotations

from models.delivery.messages import News
from models.order.messages import Hold, Order, Release
from tests.workflows.living import Lived
from tests.workflows.made import an_order
from tests.workflows.test_preorders import SOON, put, receive, sold


async def claims(lived: Lived) -> list[tuple[str, int, str]]:
    """Step, pieces and state of each claim, in their order."""
    rows = await lived.all("SELECT key, quantity, state FROM preorder_claim ORDER BY key")
    return [(row["key"].rsplit(":", 1)[-1], row["quantity"], row["state"]) for row in rows]


async def waiting(lived: Lived, *lines: tuple[str, int]) -> Order:
    """An order of some lines that waits for NEW."""
    order = an_order(dict(lines[:1]))
    first = order.lines[0]
    every = tuple(
        first.model_copy(update={"line_no": nth, "sku": sku, "quantity": pieces, "freight_minor": 0})
        for nth, (sku, pieces) in enumerate(lines, 1)
    )
    total = sum(line.goods_minor for line in every)
    paid = order.payment.model_copy(update={"amount_minor": total})
    order = order.model_copy(update={"lines": every, "total_minor": total, "payment": paid})
    await lived.submit(order)
    await lived.waits(order, "stock")
    return order


async def deliver(lived: Lived, order: Order, parcel: str) -> None:
    assert (await lived.pack(order, parcel)).done
    await lived.carrier(order, News.DELIVERED, parcel, signed=True)


async def test_a_preordered_line_on_hold_keeps_its_claim_while_the_other_goes(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=3)
    order = await waiting(lived, ("A", 1), ("NEW", 2))
    due = (await lived.row(order))["deadline_at"]
    await lived.say(order, "hold", Hold(by="ana", lines=(2,)))
    await lived.waits(order, "bench")
    assert await claims(lived) == [("order+1", 2, "open")]
    assert (await lived.pack(order, "P1")).done
    await lived.say(order, "release", Release(by="ana"))
    row = await lived.waits(order, "stock")
    assert (await sold(lived), row["deadline_at"]) == (2, due)  # counted from the date of the preorder
    await receive(lived, 2)
    await lived.waits(order, "bench")
    assert await claims(lived) == [("order+1", 2, "settled")]
    assert await lived.stock("NEW") == (2, 2)


async def test_a_claim_for_two_lines_is_parted_when_one_of_them_is_held(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=9)
    order = await waiting(lived, ("NEW", 1), ("NEW", 3))
    assert await claims(lived) == [("order", 4, "open")]
    await lived.say(order, "hold", Hold(by="ana", lines=(2,)))
    await lived.waits(order, "stock")
    await receive(lived, 1)
    await lived.waits(order, "bench")
    assert await claims(lived) == [("order", 1, "settled"), ("order+1", 3, "open")]
    other = an_order({"NEW": 1})
    await lived.submit(other)
    await lived.waits(other, "stock")
    await receive(lived, 3)  # set aside for the line on hold, whose claim is older
    await lived.happens(other, "stock_short")
    await lived.say(order, "release", Release(by="ana"))
    await lived.happens(order, "parcels_opened", times=2)
    assert (await lived.stock("NEW"), await sold(lived)) == ((4, 4), 5)
    await receive(lived, 1)
    await lived.waits(other, "bench")


async def test_a_line_released_after_the_claim_is_served_with_it_and_no_claim_is_short(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=9)
    order = an_order({"NEW": 1}, token="tok_pending")
    line = order.lines[0]
    lines = (line, line.model_copy(update={"line_no": 2, "quantity": 2, "freight_minor": 0}))
    total = sum(one.goods_minor + one.freight_minor for one in lines)
    paid = order.payment.model_copy(update={"amount_minor": total})
    order = order.model_copy(update={"lines": lines, "total_minor": total, "payment": paid})
    await lived.submit(order)
    await lived.waits(order, "payment")
    await lived.say(order, "hold", Hold(by="ana", lines=(2,)))
    row = await lived.one("SELECT reference FROM sim.psp_payment WHERE order_number = %s", order.order_number)
    await lived.world.payments.settle_pending(row["reference"], True, order.placed_at)
    await lived.relay()
    await lived.waits(order, "stock")
    assert await claims(lived) == [("order", 1, "open")]
    await lived.say(order, "release", Release(by="ana"))
    await lived.happens(order, "stock_short")
    await receive(lived, 3)
    await lived.waits(order, "bench")
    assert (await claims(lived), await lived.stock("NEW")) == ([("order", 1, "settled")], (3, 3))


async def test_a_held_preorder_is_no_reason_to_end_an_order_that_has_partly_gone(lived: Lived) -> None:
    await put(lived, ships_from=SOON, cap=1)
    order = an_order({"A": 1, "NEW": 1}, price=200_000)
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.say(order, "hold", Hold(by="ana", lines=(2,)))
    await lived.say(order, "approve")
    await lived.waits(order, "bench")
    other = an_order({"NEW": 1})  # the last piece of the preorder goes to somebody else
    await lived.submit(other)
    await lived.waits(other, "stock")
    await deliver(lived, order, "P1")
    await lived.waits(order, "release")
    await lived.say(order, "release", Release(by="ana"))
    row = await lived.waits(order, "stock")
    assert (row["outcome"], row["payment_state"], await sold(lived)) == (None, "authorised", 1)
    await receive(lived, 2)
    await lived.waits(order, "bench")
    await deliver(lived, order, "P2")
    row = await lived.waits(order, "return_window")
    assert row["captured_minor"] == order.total_minor
