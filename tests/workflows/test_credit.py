"""Orders of customers with a credit account: scored, held, let pass by a person, and free again."""

from __future__ import annotations

import asyncio

from activities.order.credit_records import CreditAccounts, CreditModels
from activities.order.policies import PolicyRecords
from models.delivery.messages import News
from models.order.credit_body import AccountBody, HistoryBody
from models.order.messages import Customer, Decision, Order
from tests.rules.credit_made import MODEL, history
from tests.workflows.living import Lived
from tests.workflows.made import an_order

ADA = Customer(customer_id="ada", name="A Buyer", email="buyer@shop.example")
PRICE = 1_100


def adas(**changes: object) -> Order:
    return an_order(customer=ADA, **changes)  # type: ignore[arg-type]


async def give(lived: Lived, limit_minor: int, risk: str = "low") -> None:
    """Ada's account, and a model that scores it."""
    months = HistoryBody.model_validate(history(risk).model_dump())
    body = AccountBody(customer_id="ada", currency="EUR", limit_minor=limit_minor, history=months)
    await CreditAccounts(lived.database).put([body], "ana")
    await CreditModels(lived.database).add(MODEL, "ana")
    await CreditModels(lived.database).activate(MODEL.version)


async def owed(lived: Lived) -> int:
    view = await CreditAccounts(lived.database).show("ada")
    assert view is not None
    return view.exposure_minor


async def decisions(lived: Lived, order: Order) -> list[tuple[object, ...]]:
    """Every stored verdict: verdict, score in percent, model, policy."""
    rows = await lived.all(
        "SELECT verdict, score, model_version, policy_version FROM risk_decision WHERE order_number = %s ORDER BY id",
        order.order_number,
    )
    return [
        (row["verdict"], round(row["score"] * 100), row["model_version"], row["policy_version"])
        for row in rows
    ]


async def test_within_the_limit_a_scored_order_passes_with_no_event_more(lived: Lived) -> None:
    plain = an_order()
    await lived.submit(plain)
    await lived.waits(plain, "bench")
    await give(lived, 2 * PRICE)
    order = adas()
    await lived.submit(order)
    await lived.waits(order, "bench")
    assert await decisions(lived, order) == [("accept", 5, "hand-1", 1)]
    assert await owed(lived) == PRICE
    assert await lived.events(order) == await lived.events(plain)


async def test_a_poor_score_is_held_with_reasons_and_the_stored_verdict_explains_it(lived: Lived) -> None:
    await give(lived, 10 * PRICE, "high")
    order = adas()
    await lived.submit(order)
    row = await lived.waits(order, "review")
    assert row["hold_reasons"] == ["poor_credit"]
    assert await decisions(lived, order) == [("hold", 30, "hand-1", 1)]
    fact = await lived.one(
        "SELECT why FROM order_fact WHERE order_number = %s AND what = 'risk_hold'", order.order_number
    )
    assert fact["why"] == (
        "probability of default 30.0%, held from 25.0% (model hand-1); furthest behind in half a year: 1 month, raises the risk"
    )
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
    await lived.say(order, "approve", Decision(by="ana", why="pays late, but pays"))
    await lived.waits(order, "bench")
    assert await decisions(lived, order) == [("hold", 30, "hand-1", 1), ("accept", 30, "hand-1", 1)]


async def test_a_score_that_the_policy_refuses_ends_the_order_without_any_effect_outside(
    lived: Lived,
) -> None:
    await PolicyRecords(lived.database).activate({"review": {"credit_reject_at_bp": 8_000}}, "ana")
    await give(lived, 10 * PRICE, "highest")
    order = adas()
    await lived.submit(order)
    assert (await lived.closed(order))["outcome"] == "rejected"
    assert await decisions(lived, order) == [("reject", 90, "hand-1", 2)]
    assert await lived.all("SELECT * FROM sim.psp_payment") == []
    assert await owed(lived) == 0


async def test_over_the_limit_an_order_is_held_and_counts_once_a_person_lets_it_pass(lived: Lived) -> None:
    await give(lived, 2 * PRICE - 1)
    first, second = adas(), adas(lines={"C": 1})
    await lived.submit(first)
    await lived.waits(first, "bench")
    await lived.submit(second)
    row = await lived.waits(second, "review")
    assert row["hold_reasons"] == ["credit_limit"]
    assert await owed(lived) == PRICE
    fact = await lived.one(
        "SELECT why FROM order_fact WHERE order_number = %s AND what = 'risk_hold'", second.order_number
    )
    assert fact["why"] == (
        "open orders on credit owe EUR 11.00, with this one EUR 22.00, the credit limit is EUR 21.99"
    )
    await lived.say(second, "approve", Decision(by="ana", why="asked the merchant"))
    await lived.waits(second, "bench")
    assert await owed(lived) == 2 * PRICE
    assert (await lived.facts(second))[:4] == ["received", "risk_hold", "approve", "on_credit"]


async def test_a_rejected_order_over_the_limit_never_counted(lived: Lived) -> None:
    await give(lived, PRICE - 1)
    order = adas()
    await lived.submit(order)
    await lived.waits(order, "review")
    await lived.say(order, "reject", Decision(by="ana", why="no more credit"))
    assert (await lived.closed(order))["outcome"] == "rejected"
    use = await lived.one("SELECT turn FROM credit_use WHERE order_number = %s", order.order_number)
    assert (use["turn"], await owed(lived)) == (None, 0)
    assert await lived.all("SELECT * FROM sim.psp_payment") == []


async def test_what_is_cancelled_or_paid_makes_room_for_the_next_order(lived: Lived) -> None:
    await give(lived, PRICE)
    first = adas()
    await lived.submit(first)
    await lived.waits(first, "bench")
    await lived.say(first, "cancel", Decision(by="ada", why="changed my mind"))
    await lived.closed(first)
    second = adas(lines={"C": 1})
    await lived.submit(second)
    await lived.waits(second, "bench")
    await lived.pack(second)
    await lived.carrier(second, News.HANDED_OVER)
    await lived.waits(second, "delivery")
    await lived.carrier(second, News.DELIVERED, signed=True)
    await lived.waits(second, "return_window")
    assert await owed(lived) == 0  # open still, and paid
    third = adas(lines={"B": 1})
    await lived.submit(third)
    await lived.waits(third, "bench")
    assert await owed(lived) == PRICE


async def test_of_orders_that_come_at_once_those_that_fit_are_let_in(lived: Lived) -> None:
    await give(lived, 3 * PRICE)
    orders = [adas(lines={"A": 1}, placed_at=an_order().placed_at) for _ in range(8)]
    await asyncio.gather(*(lived.submit(order) for order in orders))
    rows = [
        await lived.until(order, lambda row: row["waiting_for"] in ("bench", "review")) for order in orders
    ]
    held = [row["hold_reasons"] for row in rows if "credit_limit" in row["hold_reasons"]]
    uses = await lived.all("SELECT turn FROM credit_use")
    assert (len(uses), sum(use["turn"] is not None for use in uses), len(held)) == (8, 3, 5)
    assert await owed(lived) == 3 * PRICE
