"""What a test says to an order, and what it asks of the tables."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.testing import WorkflowEnvironment

from activities.shared.database import Database, Row
from models.delivery.messages import News
from models.delivery.states import Tracking
from models.delivery.vocabulary import code_for
from models.order.messages import (
    Acceptance,
    Address,
    Answer,
    Customer,
    Decision,
    Order,
    OrderLine,
    Payment,
    Submission,
)
from models.order.rules import STEPS
from models.order.run_state import StartOrder
from models.preparation.messages import BenchAnswer, BenchStep, BenchWork
from models.shared.ids import parcel_id, workflow_id
from workers import wiring
from workflows.shared.details import at_start

_NUMBERS = itertools.count(1)
PATIENCE_S = 30.0

_STATUS = {
    News.HANDED_OVER: (Tracking.PICKED_UP, ""),
    News.DELIVERED: (Tracking.DELIVERED, ""),
    News.RETURNED: (Tracking.RETURN_TO_SENDER, ""),
    News.LOST: (Tracking.DELIVERY_FAILED, "carrier_parcel_lost"),
}

_SEED = (
    "INSERT INTO warehouse VALUES ('BER', 'Berlin', 'DE', 52.52, 13.40), ('LYS', 'Lyon', 'FR', 45.76, 4.84)",
    "INSERT INTO stock_level VALUES ('A', 'BER', 10, 0), ('B', 'LYS', 5, 0), ('C', 'BER', 3, 0), ('C', 'LYS', 9, 0)",
    "INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)"
    " SELECT sku, warehouse, 'received', on_hand, 0, '', 'seed' FROM stock_level",
)


async def seed(database: Database) -> None:
    """Two warehouses: A only in Berlin (10), B only in Lyon (5), C in both (3 and 9)."""
    async with database.transaction() as cursor:
        for statement in _SEED:
            await cursor.execute(statement.encode())


def an_order(
    lines: dict[str, int] | None = None, *, token: str = "tok_ok", price: int = 1_000, **changes: Any
) -> Order:
    """An order to Berlin, one piece of A unless told otherwise; every call has a number of its own."""
    number = f"DE-{next(_NUMBERS)}"
    wanted = tuple(
        OrderLine(
            line_no=nth,
            sku=sku,
            quantity=quantity,
            unit_price_minor=price,
            freight_minor=100,
            merchant_id="m1",
        )
        for nth, (sku, quantity) in enumerate((lines or {"A": 1}).items(), 1)
    )
    total = sum(line.goods_minor + line.freight_minor for line in wanted)
    values = {
        "order_number": number,
        "channel": "web",
        "source_id": number,
        "placed_at": datetime.now(UTC),
        "currency": "EUR",
        "customer": Customer(customer_id=f"c-{number}", name="A Buyer", email="buyer@shop.example"),
        "ship_to": Address(line1="Hauptstr. 1", city="Berlin", country="DE", postcode="10115"),
        "lines": wanted,
        "total_minor": total,
        "payment": Payment(method="card", token=token, amount_minor=total),
        "fingerprint": number,
    }
    return Order.model_validate(values | changes)


@dataclass
class Lived:
    """A house for one test."""

    environment: WorkflowEnvironment
    database: Database
    world: wiring.Outside
    task_queue: str

    async def submit(self, order: Order) -> Acceptance:
        """Hand an order in; its clock does not skip by itself."""
        with self.environment.with_time_skipping_disabled():
            start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                "OrderWorkflow",
                StartOrder(order=order),
                id=workflow_id(order.order_number),
                task_queue=self.task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                search_attributes=at_start(order, 3),
            )
            answer: Acceptance = await self.environment.client.execute_update_with_start_workflow(
                "submit",
                Submission(fingerprint=order.fingerprint),
                start_workflow_operation=start,
                result_type=Acceptance,
            )
            return answer

    def handle(self, order: Order) -> WorkflowHandle[Any, Any]:
        """The order's workflow."""
        return self.environment.client.get_workflow_handle(workflow_id(order.order_number))

    async def say(self, order: Order, verb: str, message: Decision | None = None) -> Answer:
        """An update, as our own doors send it."""
        wish = message or Decision(by="test")
        answer: Answer = await self.handle(order).execute_update(verb, wish, result_type=Answer)
        return answer

    async def pack(
        self, order: Order, index: int = 1, steps: tuple[BenchStep, ...] = STEPS, **more: Any
    ) -> BenchAnswer:
        """The bench's work on the n-th parcel."""
        work = BenchWork(by="hand", parcel_id=parcel_id(order.order_number, index), steps=steps, **more)
        answer: BenchAnswer = await self.handle(order).execute_update("bench", work, result_type=BenchAnswer)
        return answer

    def start_packing(self, order: Order) -> asyncio.Task[BenchAnswer]:
        """The bench's work on the first parcel, answered later."""
        return asyncio.create_task(self.pack(order))

    async def carrier(self, order: Order, news: News, index: int = 1, signed: bool = False) -> None:
        """The carrier's event, through the inbox and its relay, as a webhook would bring it."""
        row = await self.one(
            "SELECT carrier, tracking_number FROM shipment WHERE parcel_id = %s AND state = 'live'",
            parcel_id(order.order_number, index),
        )
        code = code_for(row["carrier"], *_STATUS[news])
        await self.world.carriers.emit(row["tracking_number"], code, datetime.now(UTC), signed=signed)
        await self.relay()

    async def relay(self) -> None:
        """Bring the simulators' due webhooks into the inbox and work it off."""
        async with self.database.transaction() as cursor:
            await cursor.execute(
                "INSERT INTO inbox (source, event_id, payload, state, attempts, error)"
                " SELECT source, event_id, payload, 'received', 0, '' FROM sim.webhook WHERE deliver_at <= now()"
                " ON CONFLICT DO NOTHING"
            )
        await wiring.inbox_relay(self.database, self.environment.client).work_due()

    async def waits(self, order: Order, name: str) -> Row:
        """The order's row once it waits for `name`."""
        return await self.until(order, lambda row: row["waiting_for"] == name)

    async def closed(self, order: Order) -> Row:
        """The order's row once it is closed and its workflow has ended."""
        row = await self.until(order, lambda row: row["closed_at"] is not None)
        await asyncio.wait_for(self.handle(order).result(), PATIENCE_S)
        return row

    async def until(self, order: Order, true: Callable[[Row], bool]) -> Row:
        """The order's row once something is true of it; fails after 30 seconds."""
        end = time.monotonic() + PATIENCE_S
        row: Row = {}
        while time.monotonic() < end:
            row = await self.row(order)
            if row and true(row):
                return row
            await asyncio.sleep(0.05)
        raise AssertionError(f"{order.order_number} never got there: {row}")

    async def row(self, order: Order) -> Row:
        """The order's row; empty when there is none."""
        rows = await self.all("SELECT * FROM sales_order WHERE order_number = %s", order.order_number)
        return rows[0] if rows else {}

    async def skip(self, order: Order, days: float) -> None:
        """Let days pass for this order."""
        await self.environment.fast_forward(self.handle(order), days * 86_400)

    async def facts(self, order: Order) -> list[str]:
        """What happened, in order."""
        rows = await self.all(
            "SELECT what FROM order_fact WHERE order_number = %s ORDER BY seq", order.order_number
        )
        return [row["what"] for row in rows]

    async def happens(self, order: Order, fact: str, times: int = 1) -> None:
        """Return once the order's trail holds a fact; fails after 30 seconds."""
        end = time.monotonic() + PATIENCE_S
        while (facts := await self.facts(order)).count(fact) < times:
            assert time.monotonic() < end, f"{fact} never happened: {facts}"
            await asyncio.sleep(0.05)

    async def notices(self, order: Order) -> list[str]:
        """Whom we told what, in order."""
        rows = await self.all(
            "SELECT kind FROM notice WHERE order_number = %s ORDER BY id", order.order_number
        )
        return [row["kind"] for row in rows]

    async def stock(self, sku: str, warehouse: str = "BER") -> tuple[int, int]:
        """On hand and reserved."""
        row = await self.one(
            "SELECT on_hand, reserved FROM stock_level WHERE sku = %s AND warehouse = %s", sku, warehouse
        )
        return row["on_hand"], row["reserved"]

    async def one(self, statement: str, *values: object) -> Row:
        """The only row of a query."""
        rows = await self.all(statement, *values)
        assert len(rows) == 1, rows
        return rows[0]

    async def all(self, statement: str, *values: object) -> list[Row]:
        """All rows of a query."""
        async with self.database.reading() as cursor:
            await cursor.execute(statement.encode(), values)
            return await cursor.fetchall()

    async def events(self, order: Order) -> int:
        """History events, without those that the test's own time skipping adds."""
        kinds = [
            EventType.Name(event.event_type) async for event in self.handle(order).fetch_history_events()
        ]
        return len([kind for kind in kinds if "TIME_SKIPPING" not in kind and "OPTIONS_UPDATED" not in kind])

    async def settle(self) -> None:
        """Work off what the simulators still have to say, so that the audit sees a settled house."""
        await self.relay()
