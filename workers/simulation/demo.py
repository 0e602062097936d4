"""A month of orders in about a minute, on an engine of its own."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from activities.insight.audit import audit
from activities.insight.totals import Totals
from activities.shared.database import Database
from models.order.waits import WaitingFor
from starter.connect import connect
from starter.settings import Settings
from starter.snapshots import WorkflowSnapshots
from workers.simulation.board import Screen
from workers.simulation.catalogue import seed as seed_catalogue
from workers.simulation.orders import make_orders
from workers.simulation.purchaser import Purchaser
from workers.simulation.storefront import Answers, Storefront
from workers.up.options import PERSONS, HouseOptions

# A day lasts two seconds where it matters; what a person does at once anyway keeps enough room not to be overdue.
POLICY: dict[str, Any] = {
    "name": "demo",
    "deadlines": {
        "review_s": 60, "release_s": 60, "payment_s": 14, "other_payment_s": 6, "stock_s": 60, "bench_s": 60,
        "carrier_s": 30, "handover_s": 60, "delivery_s": 60, "receipt_s": 5, "return_window_s": 4,
        "parcel_decision_s": 30, "needs_attention_s": 60,
    },
}  # fmt: skip
_LOOK_S = 0.5
_RESTOCK_LATE_S = 6.0
_UNTOLD_S = 15.0


@dataclass
class DemoResult:
    """`summary` as the command prints it; `odd`: answers that nobody expected; `open_orders`: those not ended in time."""

    summary: dict[str, Any]
    odd: list[str]
    open_orders: int

    @property
    def fine(self) -> bool:
        """Everything ended, was expected, and the audit is clean."""
        return not (self.odd or self.open_orders or self.summary["audit"]["findings"])


def house_options(home: Path, workers: int, seed: int, fault_rate: float = 0.0) -> HouseOptions:
    """The house that a demo needs: everybody acts by themselves, quickly, and couriers lose more than they should."""
    return HouseOptions(
        home=home,
        workers=workers,
        policy=POLICY,
        courier=True,
        courier_seed=seed,
        courier_speed=4.0,
        courier_lost_rate=0.03,
        courier_returned_rate=0.03,
        persons=PERSONS,
        person_seed=seed,
        person_pace_s=0.4,
        fault_rate=fault_rate,
        fault_seed=seed,
    )


class Demo:
    """One run against a house that stands. Progress goes to `console`."""

    def __init__(self, settings: Settings, door: str, console: Console, limit_s: float) -> None:
        self._settings = settings
        self._door = door
        self._console = console
        self._limit_s = limit_s

    async def run(self, orders: int, seed: int) -> DemoResult:
        """Seed the catalogue, hand the orders in, wait until all have ended (or `limit_s` is over), sum up."""
        began = time.monotonic()
        async with (
            Database(self._settings.database_url, size=3, name="orderloom-demo") as database,
            httpx.AsyncClient(timeout=30, trust_env=False) as client,
        ):
            await seed_catalogue(database, orders)
            totals = Totals(database)
            storefront = Storefront(client, self._door)
            sending = storefront.send_all(make_orders(orders, seed), lambda _: screen.advance())
            with Screen(self._console, orders) as screen:
                async with self._purchaser(client):
                    handing_in = asyncio.create_task(sending)
                    try:
                        await self._watch(totals, storefront, handing_in, screen)
                    finally:
                        handing_in.cancel()
            await self._let_all_be_told(totals)
            seconds = round(time.monotonic() - began, 1)
            return await self._sum_up(database, totals, storefront.answers, orders, seconds)

    @contextlib.asynccontextmanager
    async def _purchaser(self, client: httpx.AsyncClient) -> AsyncIterator[None]:
        stop = asyncio.Event()
        buyer = Purchaser(client, self._door, self._settings, _RESTOCK_LATE_S)
        task = asyncio.create_task(buyer.run(stop))
        try:
            yield
        finally:
            stop.set()
            await task

    async def _watch(
        self, totals: Totals, storefront: Storefront, handing_in: asyncio.Task[None], screen: Screen
    ) -> None:
        """Show the board until every accepted order has ended, or time is over."""
        began, deadline = time.monotonic(), 0.0
        while True:
            board = await totals.board()
            now = time.monotonic()
            screen.show(board, now - began)
            if handing_in.done():
                handing_in.result()
                deadline = deadline or now + self._limit_s
                if sum(board["outcomes"].values()) >= len(storefront.answers.accepted) or now > deadline:
                    return
            await asyncio.sleep(_LOOK_S)

    async def _let_all_be_told(self, totals: Totals) -> None:
        """Letters and news that are still on their way are not lost: give them a moment."""
        for _ in range(int(_UNTOLD_S / _LOOK_S)):
            if not await totals.untold():
                return
            await asyncio.sleep(_LOOK_S)

    async def _sum_up(
        self, database: Database, totals: Totals, answers: Answers, orders: int, seconds: float
    ) -> DemoResult:
        snapshots = WorkflowSnapshots(await connect(self._settings))
        report = await audit(database, snapshots, True)
        summed = await totals.everything()
        summary = {
            "orders": orders,
            **{name: summed[name] for name in ("outcomes", "waiting", "money", "stock", "notices")},
            "audit": {
                "checked": sum(report.checked.values()),
                "findings": [finding.model_dump(mode="json") for finding in report.findings],
            },
            "refused": dict(sorted(answers.refused.items())),
            "seconds": seconds,
        }
        odd = list(answers.odd)
        taken = sum(summed["outcomes"].values()) + sum(summed["waiting"].values())
        if taken != len(answers.accepted) or taken + sum(answers.refused.values()) != orders:
            odd.append(f"{orders} handed in, {len(answers.accepted)} accepted, {taken} recorded")
        unknown = set(summed["waiting"]) - {wait.value for wait in WaitingFor}
        odd += [f"orders wait for {name}, which is no wait" for name in sorted(unknown)]
        return DemoResult(summary, odd, sum(summed["waiting"].values()))
