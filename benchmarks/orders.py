"""One-parcel orders, driven at once through their whole life: only Orderloom's own time counts."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from temporalio.client import Client

from activities.shared.database import Database
from activities.shared.inbox import receive
from benchmarks.rig import SKUS
from models.delivery.states import Tracking
from models.delivery.vocabulary import VOCABULARIES
from models.order.messages import Address, Customer, Order, OrderLine
from models.order.paying import Payment
from models.order.rules import STEPS
from models.preparation.messages import BenchAnswer, BenchWork
from models.shared.ids import parcel_id, workflow_id
from starter.desk import Desk

_DUE = """
SELECT o.order_number, o.waiting_for, s.carrier, s.tracking_number FROM sales_order o
LEFT JOIN shipment s ON s.order_number = o.order_number
WHERE o.closed_at IS NULL AND o.waiting_for IN ('bench', 'handover', 'delivery')"""


def _code(carrier: str, status: Tracking) -> str:
    return next(code for code, (meaning, _) in VOCABULARIES[carrier].items() if meaning is status)


_CODES = {
    carrier: (_code(carrier, Tracking.PICKED_UP), _code(carrier, Tracking.DELIVERED))
    for carrier in VOCABULARIES
}
_POLL_S = 0.02


def one_order(prefix: str, number: int) -> Order:
    """The n-th order: two pieces of one SKU."""
    sku = number % SKUS + 1
    return Order(
        order_number=f"{prefix}-{number}",
        channel="bench",
        source_id=f"{prefix}-{number}",
        placed_at=datetime.now(UTC),
        currency="EUR",
        customer=Customer(customer_id=f"c-{prefix}-{number}", name="A Buyer", email="buyer@shop.example"),
        ship_to=Address(line1="Hauptstrasse 1", city="Berlin", country="DE", postcode="10115"),
        lines=(
            OrderLine(
                line_no=1,
                sku=f"SKU-{sku}",
                quantity=2,
                unit_price_minor=1_000,
                merchant_id=f"merchant-{sku % 7}",
            ),
        ),
        total_minor=2_000,
        payment=Payment(method="card", token="tok_ok", amount_minor=2_000),
        fingerprint=f"{prefix}-{number}",
    )


@dataclass
class Driver:
    """Submits orders, packs and delivers them the moment they ask for it, and times each to its close."""

    client: Client
    desk: Desk
    database: Database
    prefix: str
    started: dict[str, float] = field(default_factory=dict)
    closed: dict[str, float] = field(default_factory=dict)
    acted: set[tuple[str, str]] = field(default_factory=set)
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def run(self, orders: int, in_flight: int) -> float:
        """Live all orders; returns the seconds from the first submit to the last close."""
        places = asyncio.Semaphore(in_flight)
        begin = time.perf_counter()
        hands = asyncio.create_task(self._hands())
        ends = await asyncio.gather(*(self._live(number, places) for number in range(orders)))
        hands.cancel()
        return max(ends) - begin

    async def _live(self, number: int, places: asyncio.Semaphore) -> float:
        order = one_order(self.prefix, number)
        async with places:
            self.started[order.order_number] = time.perf_counter()
            await self.desk.submit(order)
            await self.client.get_workflow_handle(workflow_id(order.order_number)).result()
            self.closed[order.order_number] = time.perf_counter()
            return self.closed[order.order_number]

    async def _hands(self) -> None:
        """The bench hand and the courier: look what waits, act at once."""
        while True:
            async with self.database.reading() as cursor:
                await cursor.execute(_DUE)
                rows = await cursor.fetchall()
            for row in rows:
                act = (row["order_number"], row["waiting_for"])
                if act not in self.acted:
                    self.acted.add(act)
                    task = asyncio.create_task(self._act(*act, row["carrier"], row["tracking_number"]))
                    self.tasks.add(task)
                    task.add_done_callback(self.tasks.discard)
            await asyncio.sleep(_POLL_S)

    async def _act(self, number: str, waits: str, carrier: str, tracking: str) -> None:
        if waits == "bench":
            work = BenchWork(
                by="bench", parcel_id=parcel_id(number, 1), steps=STEPS, request_id=f"{number}:bench"
            )
            handle = self.client.get_workflow_handle(workflow_id(number))
            await handle.execute_update("bench", work, result_type=BenchAnswer)
            return
        delivered = waits == "delivery"
        payload = {
            "carrier": carrier,
            "tracking_number": tracking,
            "code": _CODES[carrier][delivered],
            "occurred_at": datetime.now(UTC).isoformat(),
            "signed": delivered,
        }
        await receive(self.database, "carrier", f"{number}:{waits}", payload)
