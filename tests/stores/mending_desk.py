"""A desk that mends over a real database, with an engine that records orders or is away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from activities.intake.store import IntakeRecords
from activities.intake.taken import TakenOrders
from activities.intake.tasks import IntakeTasks
from activities.shared.database import Database
from models.intake.messages import Recorded, RecordOrder
from models.intake.tasks import Mend, NewTask, TaskView, reach_of
from models.order.messages import Acceptance, Order, Progress, Verdict
from models.order.states import Stage
from models.shared.errors import Refused, Unavailable
from models.shared.ids import step_key
from starter.mending import Mending
from starter.reading import OrderReader
from starter.taking import Taking
from tests.doors.doubles import Shelf
from tests.rules.order_bodies import ADDRESSES, CONTACTS, NOW, good_body, read


async def record(database: Database, order: Order) -> Recorded:
    """What the order's workflow does first."""
    number = order.order_number
    request = RecordOrder(
        key=step_key(number, "record_order"),
        first_run_id="run",
        order=order,
        progress=Progress(order_number=number, stage=Stage.INTAKE),
        now=NOW,
    )
    return await IntakeRecords(database).record_order(request)


@dataclass
class Engine:
    """Stands for Temporal: records what it is given, or is away."""

    database: Database
    away: bool = False
    asked: list[str] = field(default_factory=list)

    async def submit(self, order: Order) -> Acceptance:
        self.asked.append(order.order_number)
        if self.away:
            raise Unavailable("Temporal is away")
        said = await record(self.database, order)
        return Acceptance(
            verdict=Verdict.ACCEPTED, order_number=order.order_number, promised_by=said.promised_by
        )


@dataclass
class House:
    """The desk and what is behind it."""

    database: Database
    engine: Engine
    tasks: IntakeTasks
    taking: Taking
    reader: OrderReader
    desk: Mending

    async def hold(self, body: Any) -> TaskView:
        """What `POST /orders` does with a body that has faults."""
        task = await self.desk.hold(body, faults_of(body))
        assert task is not None
        return task

    async def mend(
        self, task: TaskView, patch: dict[str, Any], by: str = "ana", version: int = 0
    ) -> TaskView:
        return await self.desk.mend(task.id, Mend(by=by, why="called", patch=patch, version=version))

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.database.reading() as cursor:
            await cursor.execute(sql.encode())
            return [tuple(row.values()) for row in await cursor.fetchall()]

    async def orders(self) -> set[str]:
        """The numbers of every order there is, recorded or in the book."""
        found = await self.rows(
            "SELECT order_number FROM sales_order UNION SELECT order_number FROM taken_order"
        )
        return {number for (number,) in found}

    async def trace(self) -> list[tuple[Any, ...]]:
        """Everything that a refusal must leave as it is."""
        tasks = await self.rows(
            "SELECT id, version, state, body_now::text, order_number FROM intake_task ORDER BY id"
        )
        notices = await self.rows("SELECT id, kind FROM notice ORDER BY id")
        orders = [(number,) for number in sorted(await self.orders())]
        return [*tasks, *notices, *orders]


def house_over(database: Database, away: bool = False) -> House:
    engine, taken = Engine(database, away), TakenOrders(database)
    taking = Taking(engine, taken, 5.0, lambda: NOW)
    tasks = IntakeTasks(database, taken)
    reader = OrderReader(Shelf(), ADDRESSES, CONTACTS, taken.known, lambda: NOW)
    return House(database, engine, tasks, taking, reader, Mending(reader, tasks, taking))


def faulty(source_id: str = "S-1001", **changed: Any) -> dict[str, Any]:
    """An order without a postcode, which the customer knows, and with a wrong total, which the customer does not."""
    body = good_body() | {"source_id": source_id, "total_minor": 1} | changed
    body["ship_to"] = {**body["ship_to"], "postcode": ""}
    return body


RIGHT = {"total_minor": 6190, "ship_to": {"postcode": "10119"}}


def faults_of(body: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        read(body)
    return refused.value


def new_task(body: dict[str, Any]) -> NewTask:
    return NewTask(body=body, problems=tuple(faults_of(body).problems), reach=reach_of(body, CONTACTS.check))
