"""Customers with a limit, and their orders, as the stores see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from activities.intake.store import IntakeRecords
from activities.order.credit_records import CreditAccounts, CreditView
from activities.order.store import OrderRecords
from activities.review.store import ReviewRecords
from activities.shared.database import Database, Row
from models.intake.messages import Recorded, RecordOrder
from models.order.credit_body import AccountBody, HistoryBody
from models.order.messages import Fact, Order, OrderClass, Progress
from models.order.policy import ReviewPolicy
from models.order.records import Axes, RecordFacts
from models.order.states import OrderState, Outcome, Stage
from models.review.messages import Authorise, RiskDecision
from models.review.rules import judge
from models.shared.ids import step_key
from tests.rules.credit_made import history
from tests.rules.order_bodies import NOW, good_body, read

GOOD = read(good_body())
CUSTOMER, PRICE = GOOD.customer.customer_id, GOOD.total_minor


def order(nth: int, **changes: Any) -> Order:
    number = f"DE-{nth}"
    return GOOD.model_copy(
        update={"order_number": number, "source_id": number, "fingerprint": number} | changes
    )


async def account(database: Database, limit_minor: int, risk: str = "", **changes: Any) -> None:
    months = HistoryBody.model_validate(history(risk).model_dump()) if risk else HistoryBody()
    body = AccountBody(customer_id=CUSTOMER, currency="EUR", limit_minor=limit_minor, history=months)
    await CreditAccounts(database).put([body.model_copy(update=changes)], "ana")


async def record(database: Database, one: Order, intake: IntakeRecords | None = None) -> Recorded:
    request = RecordOrder(
        key=step_key(one.order_number, "record_order"),
        first_run_id="run",
        order=one,
        progress=progress(one),
        now=NOW,
    )
    return await (intake or IntakeRecords(database)).record_order(request)


def progress(one: Order, stage: Stage = Stage.REVIEW) -> Progress:
    return Progress(order_number=one.order_number, stage=stage)


def fits(recorded: Recorded) -> bool:
    assert recorded.credit is not None
    return recorded.credit.fits


def verdict(one: Order, recorded: Recorded) -> RiskDecision:
    return judge(one, OrderClass.ORDINARY, recorded.history, "", ReviewPolicy(), 1, recorded.credit)


async def intend(database: Database, one: Order, decision: RiskDecision, version: int = 1) -> Authorise:
    request = Authorise(
        key=step_key(one.order_number, "authorise_payment", version),
        order_number=one.order_number,
        amount_minor=one.total_minor,
        currency=one.currency,
        method="card",
        token="tok",
        decision=decision,
        progress=progress(one),
    )
    await ReviewRecords(database).intend_authorise(request)
    return request


async def close(database: Database, one: Order) -> None:
    axes = Axes(order=OrderState.CANCELLED, outcome=Outcome.CANCELLED, closed_at=datetime.now(UTC))
    await write(database, "UPDATE sales_order SET payment_state = 'voided', fulfilment_state = 'released' WHERE order_number = %s", one.order_number)  # fmt: skip
    request = RecordFacts(
        key=step_key(one.order_number, "close"),
        order_number=one.order_number,
        progress=progress(one),
        axes=axes,
        facts=(Fact(what="ended_cancelled"),),
    )
    await OrderRecords(database).record_facts(request)


async def write(database: Database, statement: str, *values: object) -> None:
    async with database.transaction() as cursor:
        await cursor.execute(statement.encode(), values)


async def rows(database: Database, query: str) -> list[Row]:
    async with database.reading() as cursor:
        await cursor.execute(query.encode())
        return await cursor.fetchall()


async def shown(database: Database) -> CreditView:
    view = await CreditAccounts(database).show(CUSTOMER)
    assert view is not None
    return view


async def owed(database: Database) -> tuple[int, int]:
    """Exposure and how many orders make it up, as everybody reads it."""
    view = await shown(database)
    return view.exposure_minor, view.open_orders
