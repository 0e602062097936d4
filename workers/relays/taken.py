"""Starts the workflows of orders that the door took while the engine did not answer."""

import asyncio

import structlog

from activities.intake.taken import DueOrder, TakenOrders
from models.order.messages import Verdict
from models.shared.errors import Conflict, Unavailable
from starter.taking import Submitting
from workers.relays.loop import work_until

log = structlog.get_logger()

# Small, so that an urgent order waits for few that were claimed before it came.
_BATCH = 8
_AT_ONCE = 8
_IDLE_S = 0.25


class TakenRelay:
    """Between the book of taken orders and the workflows."""

    def __init__(self, book: TakenOrders, desk: Submitting) -> None:
        self._book = book
        self._desk = desk
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        waits = "taken orders wait for the database"
        await work_until(stop, self.start_due, batch=_BATCH, idle_s=_IDLE_S, waits=waits)

    async def start_due(self) -> int:
        """Start one batch; returns how many were due and not recorded yet."""
        await self._book.settle()
        due = await self._book.claim(_BATCH)
        await asyncio.gather(*(self._start(one) for one in due))
        return len(due)

    async def _start(self, due: DueOrder) -> None:
        async with self._places:
            try:
                said = await self._desk.submit(due.order)
            except Unavailable as error:
                await self._book.failed(due.order, str(error), forever=False)
            except Conflict as error:
                await self._refused(due, str(error))
            else:
                if said.verdict is Verdict.ACCEPTED:
                    await self._book.started(due.order)
                else:
                    await self._refused(due, said.verdict)

    async def _refused(self, due: DueOrder, why: str) -> None:
        log.error("a taken order has no workflow", order=due.order.order_number, error=why)
        await self._book.failed(due.order, why, forever=True)
