"""Rivals over the same stock, and orders that ask again: nothing is sold twice, nobody waits for what is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.allocation import levels
from activities.allocation.seeding import OpeningStock, StockSeeding, WarehouseSeed
from activities.allocation.store import StockRecords
from activities.shared.database import Database, Row
from models.allocation.messages import Allocation, Destination, Reserve, StockReceipt
from models.order.messages import Progress, Want
from models.order.policy import Policy
from models.order.states import FulfilmentState, OrderState, Stage
from models.shared.ids import step_key

pytestmark = pytest.mark.engine

BERLIN = WarehouseSeed(code="BER", name="Berlin", country="DE", latitude=52.5, longitude=13.4)
_ORDER = """
INSERT INTO sales_order (order_number, channel, source_id, fingerprint, customer_id, goods, placed_at, recorded_at, currency,
    total_minor, country, order_class, priority, stage, order_state, payment_state, fulfilment_state, risk_verdict,
    authorised_minor, captured_minor, refunded_minor, waiting_for, hold_reasons, policy_version, document)
VALUES (%(number)s, 'web', %(number)s, 'x', 'c', 'x', now(), now(), 'EUR', 100, 'DE', 'ordinary', 3, 'allocation', 'received', 'none',
    'unallocated', 'accept', 0, 0, 0, '', '{}', 1, '{}')"""


@asynccontextmanager
async def shop(database: Database, orders: int, **pieces: int) -> AsyncIterator[StockRecords]:
    """Stock in Berlin and recorded orders `DE-0`, `DE-1`, …"""
    seeding = StockSeeding(database)
    await seeding.put_warehouses([BERLIN])
    await seeding.receive_opening(
        "opening", [OpeningStock(sku=sku, warehouse="BER", pieces=n) for sku, n in pieces.items()]
    )
    async with database.transaction() as cursor:
        await cursor.executemany(_ORDER, [{"number": f"DE-{n}"} for n in range(orders)])
    yield StockRecords(database)


def asked(number: str, pieces: dict[str, int], cause: str = "order", **more: Any) -> Reserve:
    progress = Progress(order_number=number, stage=Stage.ALLOCATION)
    return Reserve(
        key=step_key(number, "reserve_stock", cause),
        order_number=number,
        wants=tuple(Want(line_no=n, sku=sku, quantity=q) for n, (sku, q) in enumerate(pieces.items(), 1)),
        destination=Destination(country="DE"),
        now=datetime.now(UTC),
        policy=Policy().allocation,
        transit_days={"domestic": 2, "region": 4, "world": 9},
        progress=progress.model_copy(
            update={"order_state": OrderState.CONFIRMED, "fulfilment_state": FulfilmentState.RESERVED}
        ),
        waiting_progress=progress.model_copy(
            update={"waiting_for": "stock", "fulfilment_state": FulfilmentState.SHORT}
        ),
        cause=cause,
    ).model_copy(update=more)


async def rows(database: Database, query: str) -> list[Row]:
    async with database.reading() as cursor:
        await cursor.execute(query.encode())
        return await cursor.fetchall()


async def test_an_order_that_was_short_looks_again_under_the_same_key_and_reserves_once(
    database: Database,
) -> None:
    async with shop(database, 1, A=1) as stock:
        assert (await stock.reserve(asked("DE-0", {"A": 3}))).short[0].missing == 2
        told = await stock.receive(StockReceipt(receipt_id="r", warehouse="BER", sku="A", quantity=5))
        assert told.waiting_orders == ("DE-0",)
        answers = [await stock.reserve(asked("DE-0", {"A": 3})) for _ in range(3)]
        assert answers[0].parts
        assert all(answer == answers[0] for answer in answers)
        (level,) = await rows(database, "SELECT on_hand, reserved FROM stock_level")
        assert (level["on_hand"], level["reserved"]) == (6, 3)
        assert len(await rows(database, "SELECT 1 FROM reservation")) == 1
        assert [row["state"] for row in await rows(database, "SELECT state FROM purchase_request")] == [
            "closed"
        ]


async def test_a_receipt_under_way_is_seen_by_the_order_that_would_be_short(database: Database) -> None:
    async with shop(database, 1, A=1) as stock:
        async with database.transaction() as receipt:
            await levels.await_receipts(receipt, ["A"])
            reserving = asyncio.create_task(stock.reserve(asked("DE-0", {"A": 3})))
            await asyncio.sleep(0.2)
            assert not reserving.done()
            await levels.change_on_hand(receipt, "receipt", "received", "BER", [("A", 5)])
        assert (await reserving).parts
        assert await rows(database, "SELECT 1 FROM notice") != []  # reviewed, not delayed
        assert await rows(database, "SELECT 1 FROM notice WHERE kind IN ('delayed', 'purchasing')") == []


async def test_rivals_with_their_lines_in_any_order_never_oversell_and_never_block_each_other(
    database: Database,
) -> None:
    async with shop(database, 40, A=10, B=10) as stock:
        wanted = [{"A": 1, "B": 1} if n % 2 else {"B": 1, "A": 1} for n in range(40)]
        answers: list[Allocation] = await asyncio.gather(
            *(stock.reserve(asked(f"DE-{n}", pieces)) for n, pieces in enumerate(wanted))
        )
        assert sum(bool(answer.parts) for answer in answers) == 10
        left = await rows(database, "SELECT on_hand, reserved FROM stock_level ORDER BY sku")
        assert [(row["on_hand"], row["reserved"]) for row in left] == [(10, 10), (10, 10)]
        assert len(await rows(database, "SELECT 1 FROM purchase_request WHERE state = 'open'")) == 30 * 2


async def test_two_causes_of_one_order_are_reserved_once_each(database: Database) -> None:
    async with shop(database, 1, A=9) as stock:
        for cause in ("order", "DE-0-P1", "order", "DE-0-P1"):
            assert (await stock.reserve(asked("DE-0", {"A": 2}, cause))).parts
        (level,) = await rows(database, "SELECT on_hand, reserved FROM stock_level")
        assert (level["on_hand"], level["reserved"]) == (9, 4)
