"""A shop with a preorder, and what orders and people do there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from activities.allocation.store import StockRecords
from activities.shared.database import Database
from models.allocation.messages import Allocation, ReleaseStock, StockReceipt
from models.allocation.preorders import PreorderChanged, SetPreorder
from models.order.messages import Progress
from models.order.states import Stage
from models.shared.ids import step_key
from tests.stores.test_reservations import asked, rows, shop

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


async def put(stock: StockRecords, sku: str = "NEW", **changes: object) -> PreorderChanged:
    """Change a preorder, under an id made of what is changed."""
    request = f"{sku}-{'-'.join(f'{name}.{value}' for name, value in changes.items())}"
    return await stock.set_preorder(
        SetPreorder.model_validate({"sku": sku, "request_id": request, "by": "ana"} | changes)
    )


@asynccontextmanager
async def sale(database: Database, orders: int, cap: int, **pieces: int) -> AsyncIterator[StockRecords]:
    """A shop in which NEW is sold from November on, `cap` pieces of it."""
    async with shop(database, orders, **pieces) as stock:
        assert (await put(stock, ships_from=NOVEMBER, cap=cap)).problems == ()
        yield stock


async def claim(stock: StockRecords, order: int, pieces: dict[str, int], cause: str = "order") -> Allocation:
    return await stock.reserve(asked(f"DE-{order}", pieces, cause, now=NOW))


async def release(stock: StockRecords, order: int, key: str = "release_all") -> tuple[str, ...]:
    number = f"DE-{order}"
    progress = Progress(order_number=number, stage=Stage.ALLOCATION)
    asked_for = ReleaseStock(
        key=step_key(number, key), order_number=number, why="cancelled", progress=progress
    )
    return (await stock.release(asked_for)).waiting_orders


async def receive(
    stock: StockRecords, pieces: int, receipt: str = "R-1", sku: str = "NEW"
) -> tuple[str, ...]:
    booked = StockReceipt(receipt_id=receipt, warehouse="BER", sku=sku, quantity=pieces)
    return (await stock.receive(booked)).waiting_orders


async def sold(database: Database, sku: str = "NEW") -> tuple[int, int]:
    """Pieces sold by the preorder, and by its movements."""
    (row,) = await rows(
        database,
        "SELECT sold, (SELECT coalesce(sum(sold_delta), 0)::int FROM preorder_movement m WHERE m.sku = p.sku) AS replayed"
        f" FROM preorder p WHERE sku = '{sku}'",
    )
    return row["sold"], row["replayed"]


async def claims(database: Database) -> list[tuple[str, int, str]]:
    found = await rows(database, "SELECT order_number, quantity, state FROM preorder_claim ORDER BY id")
    return [(row["order_number"], row["quantity"], row["state"]) for row in found]


async def letters(database: Database, order: int) -> list[tuple[str, str]]:
    found = await rows(database, "SELECT order_number, kind, about, data FROM notice ORDER BY id")
    return [
        (row["kind"], row["data"].get("promised_by", ""))
        for row in found
        if row["order_number"] == f"DE-{order}"
    ]
