"""The book of taken orders: one answer for each order, whoever gives it first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from activities.insight.audit import audit
from activities.intake.store import IntakeRecords
from activities.intake.taken import TakenOrders
from activities.order.reads import OrderReads
from activities.shared.database import Database
from activities.shared.reading import ReadEngine
from models.intake.messages import Recorded, RecordOrder
from models.order.messages import Acceptance, Order, Progress, Verdict
from models.order.states import Stage
from models.shared.errors import Conflict, Unavailable
from models.shared.ids import step_key
from tests.conftest import of_database
from tests.rules.order_bodies import NOW, good_body, read
from workers.relays.taken import TakenRelay

pytestmark = pytest.mark.engine

ORDER = read(good_body())
LATER = NOW + timedelta(minutes=5)


async def record(database: Database, order: Order) -> Recorded:
    """What the order's workflow does first, five minutes later."""
    number = order.order_number
    request = RecordOrder(
        key=step_key(number, "record_order"),
        first_run_id="run",
        order=order,
        progress=Progress(order_number=number, stage=Stage.INTAKE),
        now=LATER,
    )
    return await IntakeRecords(database).record_order(request)


async def due_now(database: Database) -> None:
    async with database.transaction() as cursor:
        await cursor.execute("UPDATE taken_order SET next_at = now()")


async def book_of(database: Database) -> list[tuple[str, str, int]]:
    async with database.reading() as cursor:
        await cursor.execute("SELECT source_id, state, attempts FROM taken_order")
        return [tuple(row.values()) for row in await cursor.fetchall()]


async def test_an_order_that_is_looked_for_is_new_taken_or_recorded_or_stands_for_another(
    database: Database,
) -> None:
    book, other = TakenOrders(database), read(good_body() | {"locale": "de"})
    assert await book.known(ORDER) is None
    first = await book.take(ORDER, NOW)
    assert await book.known(ORDER) == first
    await record(database, ORDER)
    assert await book.known(ORDER) == first
    reused = await book.known(other)
    assert reused is not None
    assert reused.verdict is Verdict.KEY_REUSED


async def test_a_taken_order_is_answered_alike_before_and_after_it_is_recorded(database: Database) -> None:
    book = TakenOrders(database)
    first = await book.take(ORDER, NOW)
    assert (first.verdict, first.order_number) == (Verdict.ACCEPTED, ORDER.order_number)
    assert await book.take(ORDER, LATER) == first
    recorded = await record(database, ORDER)
    assert (recorded.promised_by, recorded.priority) == (first.promised_by, first.priority)
    await due_now(database)
    await book.settle()
    assert await book_of(database) == []
    assert await book.take(ORDER, LATER) == first
    assert await book_of(database) == []


async def test_an_order_that_its_workflow_recorded_first_is_answered_as_the_workflow_did(
    database: Database,
) -> None:
    recorded = await record(database, ORDER)
    answer = await TakenOrders(database).take(ORDER, NOW)
    assert answer.promised_by == recorded.promised_by
    assert answer.promised_by is not None
    assert await book_of(database) == []


async def test_the_door_and_the_workflow_at_once_give_one_answer(database: Database) -> None:
    book = TakenOrders(database)
    orders = [read(good_body() | {"source_id": f"S-{n}"}) for n in range(8)]
    told, recorded = await asyncio.gather(
        asyncio.gather(*(book.take(order, NOW) for order in orders)),
        asyncio.gather(*(record(database, order) for order in orders)),
    )
    assert [one.promised_by for one in told] == [one.promised_by for one in recorded]


@pytest.mark.parametrize("recorded", [False, True])
async def test_another_body_or_another_order_under_a_source_id_is_refused(
    database: Database, recorded: bool
) -> None:
    book = TakenOrders(database)
    await (record(database, ORDER) if recorded else book.take(ORDER, NOW))
    before = await book_of(database)
    reused = await book.take(ORDER.model_copy(update={"fingerprint": "another"}), NOW)
    other = await book.take(ORDER.model_copy(update={"order_number": "FR-OTHER"}), NOW)
    assert (reused.verdict, other.verdict) == (Verdict.KEY_REUSED, Verdict.DUPLICATE_SOURCE)
    assert await book_of(database) == before


async def test_a_taken_order_is_not_unknown(database: Database, postgres_dsn: str) -> None:
    await TakenOrders(database).take(ORDER, NOW)
    async with database.reading() as cursor:
        await cursor.execute("SELECT current_database() AS name")
        row = await cursor.fetchone() or {}
    engine = ReadEngine(of_database(postgres_dsn, row["name"]), size=1)
    try:
        for ask in (OrderReads(engine).order, OrderReads(engine).end_of):
            with pytest.raises(Unavailable, match="is taken and not on the board yet"):
                await ask(ORDER.order_number)
    finally:
        await engine.close()


class Engine:
    """A desk that records, or fails as it is told."""

    def __init__(self, database: Database, fails: Exception | None = None) -> None:
        self.database, self.fails, self.asked = database, fails, 0

    async def submit(self, order: Order) -> Acceptance:
        self.asked += 1
        if self.fails:
            raise self.fails
        said = await record(self.database, order)
        return Acceptance(
            verdict=Verdict.ACCEPTED, order_number=order.order_number, promised_by=said.promised_by
        )


async def test_the_relay_starts_what_is_due_and_only_that(database: Database) -> None:
    book, desk = TakenOrders(database), Engine(database)
    relay = TakenRelay(book, desk)
    await book.take(ORDER, NOW, start_in_s=1)
    assert await relay.start_due() == 0  # the door's own attempt has its second
    await due_now(database)
    assert (await relay.start_due(), await relay.start_due(), desk.asked) == (1, 0, 1)
    assert await book_of(database) == []
    await book.take(read(good_body() | {"source_id": "S-2"}), NOW)
    await record(database, read(good_body() | {"source_id": "S-2"}))
    await due_now(database)
    assert (await relay.start_due(), desk.asked) == (0, 1)  # recorded already: nothing to start


async def test_an_engine_that_is_away_is_asked_again_and_one_that_refuses_is_reported(
    database: Database,
) -> None:
    book, desk = TakenOrders(database), Engine(database, Unavailable("away"))
    relay = TakenRelay(book, desk)
    await book.take(ORDER, NOW)
    await due_now(database)
    await relay.start_due()
    assert await book_of(database) == [(ORDER.source_id, "waiting", 1)]
    desk.fails = Conflict("key_reused", "belongs to an order that was never taken")
    await due_now(database)
    await relay.start_due()
    assert await book_of(database) == [(ORDER.source_id, "dead", 2)]
    report = await audit(database, None, journals=False)
    assert [(one.invariant, one.subject) for one in report.findings] == [("taken_start", ORDER.order_number)]
    async with database.transaction() as cursor:
        await cursor.execute("DELETE FROM taken_order")


async def test_urgent_orders_start_first_and_no_other_waits_for_ever(database: Database) -> None:
    book = TakenOrders(database)
    for source, service in (("old", "standard"), ("new", "standard"), ("urgent", "express")):
        await book.take(read(good_body() | {"source_id": source, "service": service}), NOW)
    async with database.transaction() as cursor:
        await cursor.execute(
            "UPDATE taken_order SET next_at = next_at - interval '1 minute', taken_at = taken_at - interval '1 minute'"
            " WHERE source_id = 'old'"
        )
    turns = [(await book.claim(1))[0].order.source_id for _ in range(3)]
    assert turns == ["old", "urgent", "new"]
