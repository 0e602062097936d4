"""What a test says to an order, and what it asks of the tables."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel
from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.shared.database import Database, Row
from models.delivery.messages import News
from models.delivery.states import Tracking
from models.delivery.vocabulary import code_for
from models.order.messages import (
    Acceptance,
    Answer,
    Decision,
    Order,
    Submission,
)
from models.order.rules import STEPS
from models.order.run_state import StartOrder
from models.preparation.messages import BenchAnswer, BenchStep, BenchWork
from models.shared.ids import workflow_id
from starter.desk import heard
from workers import wiring
from workflows.shared.details import at_start

_UPDATES = itertools.count(1)
PATIENCE_S = 30.0
M = TypeVar("M", bound=BaseModel)

_STATUS = {
    News.HANDED_OVER: (Tracking.PICKED_UP, ""),
    News.DELIVERED: (Tracking.DELIVERED, ""),
    News.RETURNED: (Tracking.RETURN_TO_SENDER, ""),
    News.LOST: (Tracking.DELIVERY_FAILED, "carrier_parcel_lost"),
}


class Clock(Protocol):
    """A Temporal server, with or without time skipping."""

    @property
    def client(self) -> Client:
        """A client that speaks our messages."""
        ...

    def with_time_skipping_disabled(self) -> AbstractContextManager[None]:
        """Orders started inside have a clock that a test skips by hand."""
        ...

    async def fast_forward(self, handle: WorkflowHandle[Any, Any], duration: float, /) -> bool:
        """Let seconds pass for one order."""
        ...


@dataclass
class Lived:
    """A house for one test."""

    environment: Clock
    database: Database
    world: wiring.Outside
    task_queue: str
    task_timeout: timedelta | None = None
    patience_s: float = PATIENCE_S

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
                task_timeout=self.task_timeout,
            )
            async with heard(start):
                answer: Acceptance = await self.environment.client.execute_update_with_start_workflow(
                    "submit",
                    Submission(fingerprint=order.fingerprint),
                    start_workflow_operation=start,
                    id=f"submit:{order.fingerprint}",
                    result_type=Acceptance,
                )
                return answer
        raise AssertionError("unreachable")

    def handle(self, order: Order) -> WorkflowHandle[Any, Any]:
        """The order's workflow."""
        return self.environment.client.get_workflow_handle(workflow_id(order.order_number))

    async def say(self, order: Order, verb: str, message: Decision | None = None) -> Answer:
        """An update, as our own doors send it."""
        return await self._update(order, verb, message or Decision(by="test"), Answer)

    async def pack(
        self, order: Order, parcel: str = "P1", steps: tuple[BenchStep, ...] = STEPS, **more: Any
    ) -> BenchAnswer:
        """The bench's work on a parcel."""
        work = BenchWork(by="hand", parcel_id=f"{order.order_number}-{parcel}", steps=steps, **more)
        return await self._update(order, "bench", work, BenchAnswer)

    async def _update(self, order: Order, name: str, message: Decision, answer: type[M]) -> M:
        """One update, said again under the same id when the server gave no answer because a worker died."""
        update_id, end = f"{name}-{next(_UPDATES)}", time.monotonic() + self.patience_s
        while True:
            try:
                said: M = await self.handle(order).execute_update(
                    name, message, id=update_id, result_type=answer
                )
                return said
            except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
                ended = isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND
                if ended or time.monotonic() > end:
                    raise
                await asyncio.sleep(0.2)

    def start_packing(self, order: Order) -> asyncio.Task[BenchAnswer]:
        """The bench's work on the first parcel, answered later."""
        return asyncio.create_task(self.pack(order))

    async def carrier(self, order: Order, news: News, parcel: str = "P1", signed: bool = False) -> None:
        """The carrier's event, through the inbox and its relay, as a webhook would bring it."""
        row = await self.one(
            "SELECT carrier, tracking_number FROM shipment WHERE parcel_id = %s AND state = 'live'",
            f"{order.order_number}-{parcel}",
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
        with self.environment.with_time_skipping_disabled():  # it starts the workflows of disputes
            relay = wiring.inbox_relay(self.database, self.environment.client, task_queue=self.task_queue)
            await relay.work_due()

    async def waits(self, order: Order, name: str) -> Row:
        """The order's row once it waits for `name`."""
        return await self.until(order, lambda row: row["waiting_for"] == name)

    async def closed(self, order: Order) -> Row:
        """The order's row once it is closed and its workflow has ended."""
        row = await self.until(order, lambda row: row["closed_at"] is not None)
        await asyncio.wait_for(self.handle(order).result(), self.patience_s)
        return row

    async def until(self, order: Order, true: Callable[[Row], bool]) -> Row:
        """The order's row once something is true of it; fails after `patience_s`."""
        end = time.monotonic() + self.patience_s
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
        """Return once the order's trail holds a fact; fails after `patience_s`."""
        end = time.monotonic() + self.patience_s
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
        kept, skipping = 0, False
        async for event in self.handle(order).fetch_history_events():
            kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
            skipping = (
                "TIME_SKIPPING" in kind or "OPTIONS_UPDATED" in kind or (skipping and "WORKFLOW_TASK" in kind)
            )
            kept += not skipping
        return kept

    async def settle(self) -> None:
        """Work off what the simulators still have to say, so that the audit sees a settled house."""
        await self.relay()
