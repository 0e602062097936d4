"""Orders that are paid with gift cards and store credit, wholly or in part."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowFailureError

from models.delivery.messages import News
from models.order.messages import Decision, PayAgain
from models.order.paying import StoredKind
from tests.workflows.lives import deliver
from tests.workflows.living import Lived
from tests.workflows.made import an_order
from tests.workflows.paying import issue, paid_with, stored, taken


async def test_a_gift_card_and_credit_pay_a_part_and_the_card_the_rest(lived: Lived) -> None:
    order = paid_with(an_order(price=2_000), gift=500, credit=300)
    await issue(lived, "gift", 800)
    await issue(lived, "credit", 300, kind=StoredKind.STORE_CREDIT, customer_id=order.customer.customer_id)
    await lived.submit(order)
    row = await lived.waits(order, "bench")
    assert (row["authorised_minor"], row["stored_minor"]) == (2_100, 800)
    assert (await stored(lived, "gift"), await stored(lived, "credit")) == ((800, 500), (300, 300))
    await deliver(lived, order)
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"]) == ("completed", 2_100)
    assert (await lived.one("SELECT captured_minor FROM sim.psp_payment"))["captured_minor"] == 1_300
    assert (await stored(lived, "gift"), await stored(lived, "credit")) == ((300, 0), (0, 0))


async def test_an_order_that_a_gift_card_covers_asks_the_provider_for_nothing(lived: Lived) -> None:
    order = paid_with(an_order(), gift=1_100)
    await issue(lived, "gift", 1_100)
    await lived.submit(order)
    await lived.waits(order, "bench")
    await deliver(lived, order)
    row = await taken(lived, order)
    assert (row["outcome"], row["captured_minor"]) == ("completed", 1_100)
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
    assert await stored(lived, "gift") == (0, 0)


async def test_a_cancelled_order_frees_the_gift_card_and_the_money(lived: Lived) -> None:
    order = paid_with(an_order(), gift=600)
    await issue(lived, "gift", 600)
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.say(order, "cancel", Decision(by="customer"))
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("cancelled", "voided")
    assert await stored(lived, "gift") == (600, 0)


async def test_a_declined_card_leaves_the_gift_card_held_until_the_order_ends(lived: Lived) -> None:
    order = paid_with(an_order(token="tok_expired"), gift=600)
    await issue(lived, "gift", 600)
    await lived.submit(order)
    await lived.waits(order, "other_payment")
    assert await stored(lived, "gift") == (600, 600)
    await lived.skip(order, 3.01)
    assert (await lived.closed(order))["outcome"] == "unpaid"
    assert await stored(lived, "gift") == (600, 0)


@pytest.mark.parametrize(
    ("issued", "why"),
    [
        (None, "gift card 1 is not known"),
        ({"amount": 599}, "gift card 1 has EUR 5.99 left, not EUR 6.00"),
        ({"amount": 600, "currency": "USD"}, "gift card 1 is in USD"),
        ({"amount": 600, "expires_at": datetime.now(UTC) - timedelta(days=1)}, "gift card 1 has expired"),
        ({"amount": 600, "customer_id": "somebody-else"}, "gift card 1 is not known"),
    ],
)
async def test_a_gift_card_that_is_no_good_takes_nothing_and_the_customer_pays_another_way(
    lived: Lived, issued: dict[str, object] | None, why: str
) -> None:
    order = paid_with(an_order(), gift=600)
    if issued:
        await issue(lived, "gift", **issued)  # type: ignore[arg-type]
    await lived.submit(order)
    row = await lived.waits(order, "other_payment")
    assert (row["payment_state"], row["stored_minor"]) == ("declined", 0)
    told = await lived.one("SELECT data->>'reason' AS why FROM notice WHERE kind = 'payment_failed'")
    assert told["why"] == why
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
    assert await lived.all("SELECT * FROM stored_value_movement WHERE kind = 'held'") == []
    await lived.say(order, "pay_again", PayAgain(by="customer", token="tok_new"))
    row = await lived.waits(order, "bench")
    assert row["authorised_minor"] == order.total_minor


async def test_of_two_orders_at_once_one_gets_the_gift_card(lived: Lived) -> None:
    await issue(lived, "gift", 1_000)
    orders = [paid_with(an_order(), gift=600) for _ in range(5)]
    await asyncio.gather(*(lived.submit(order) for order in orders))
    await asyncio.gather(
        *(
            lived.until(order, lambda row: row["waiting_for"] in ("bench", "other_payment"))
            for order in orders
        )
    )
    rows = [await lived.row(order) for order in orders]
    assert sorted(row["stored_minor"] for row in rows) == [0, 0, 0, 0, 600]
    assert await stored(lived, "gift") == (1_000, 600)


async def test_money_taken_goes_back_to_where_it_came_from(lived: Lived) -> None:
    order = paid_with(an_order(), gift=600)
    await issue(lived, "gift", 600)
    await lived.submit(order)
    await lived.waits(order, "bench")
    await deliver(lived, order)
    await lived.waits(order, "return_window")
    assert await stored(lived, "gift") == (0, 0)
    await lived.handle(order).cancel()
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(lived.handle(order).result(), lived.patience_s)
    row = await lived.row(order)
    assert (row["payment_state"], row["refunded_minor"]) == ("refunded", 1_100)
    assert (await lived.one("SELECT refunded_minor FROM sim.psp_payment"))["refunded_minor"] == 500
    assert await stored(lived, "gift") == (600, 0)


async def test_goods_that_come_back_free_the_gift_card(lived: Lived) -> None:
    order = paid_with(an_order(), gift=600)
    await issue(lived, "gift", 600)
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.waits(order, "handover")
    await lived.carrier(order, News.RETURNED)
    assert (await lived.closed(order))["outcome"] == "returned_to_sender"
    assert await stored(lived, "gift") == (600, 0)
