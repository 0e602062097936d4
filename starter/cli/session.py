"""What a command works with: the desk when it says something, the records when it reads."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from activities.allocation.reads import StockReads
from activities.intake.catalogue import Catalogue
from activities.order.reads import OrderReads
from activities.preparation.reads import BenchReads
from activities.settlement.disputes.reads import DisputeReads
from activities.shared.database import Database
from activities.shared.reading import ReadEngine
from starter.connect import connect
from starter.desk import Desk
from starter.disputes import DisputeDoor
from starter.endpoints import resolve
from starter.settings import Settings

R = TypeVar("R")


@dataclass(frozen=True)
class Records:
    """What can be read of orders, benches, stock and disputes."""

    orders: OrderReads
    bench: BenchReads
    stock: StockReads
    disputes: DisputeReads


@dataclass(frozen=True)
class Session(Records):
    """Reading, and a desk to say something at."""

    desk: Desk
    catalogue: Catalogue
    dispute_door: DisputeDoor


def reading(work: Callable[[Records], Awaitable[R]]) -> R:
    """Run `work` with the records of the database that the settings, or a running house, name."""

    async def run() -> R:
        async with _engine(Settings()) as (engine, _):
            return await work(
                Records(OrderReads(engine), BenchReads(engine), StockReads(engine), DisputeReads(engine))
            )

    return asyncio.run(run())


def saying(work: Callable[[Session], Awaitable[R]]) -> R:
    """Run `work` with a desk as well. Raises `Unavailable` when Temporal or the database cannot be reached."""

    async def run() -> R:
        settings = Settings()
        async with _engine(settings) as (engine, here):
            orders = OrderReads(engine)
            async with Database(here.database_url, size=1, name="orderloom-command") as database:
                client = await connect(here)
                parts = (orders, BenchReads(engine), StockReads(engine), DisputeReads(engine))
                desk = Desk(client, orders, here)
                return await work(Session(*parts, desk, Catalogue(database), DisputeDoor(client)))

    return asyncio.run(run())


@asynccontextmanager
async def _engine(settings: Settings) -> AsyncIterator[tuple[ReadEngine, Settings]]:
    found = resolve(settings)
    here = settings.model_copy(
        update={"database_url": found.database_url, "temporal_address": found.temporal_address}
    )
    engine = ReadEngine(here.database_url, size=1)
    try:
        yield engine, here
    finally:
        await engine.close()
