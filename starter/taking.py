"""How a door takes an order: by its workflow when that answers at once, else by the book."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from models.order.messages import Acceptance, Order, Service
from models.shared.errors import Unavailable

log = structlog.get_logger()

# With so many attempts under way the engine has enough to do: the next orders go straight into the book, and start in their turn;
# express orders never wait for a turn.
_MOST_UNDER_WAY = 8
# An attempt that was too slow for the storefront goes on for so long before the relay makes one of its own.
_HEAD_START_S = 1.0


class Submitting(Protocol):
    """What it asks of Temporal; see `starter.desk.Desk`."""

    async def submit(self, order: Order) -> Acceptance: ...


class Book(Protocol):
    """Where orders stand that were taken without their workflow; see `activities.intake.taken.TakenOrders`."""

    async def take(self, order: Order, now: datetime, start_in_s: float) -> Acceptance: ...


class Taking:
    """Takes orders. A storefront waits `patience_s` seconds for the workflow and no longer, whatever the engine's load."""

    def __init__(self, desk: Submitting, book: Book, patience_s: float, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._book = book
        self._patience_s = patience_s
        self._now = now
        self._under_way: set[asyncio.Task[Acceptance]] = set()

    async def take(self, order: Order) -> Acceptance:
        """The answer to an order; the same body gets the same answer, always. Raises `Conflict`, `Unavailable`."""
        busy = len(self._under_way) >= _MOST_UNDER_WAY and order.service is not Service.EXPRESS
        if not busy:
            attempt = asyncio.create_task(self._desk.submit(order))
            self._under_way.add(attempt)
            attempt.add_done_callback(self._end)
            await asyncio.wait({attempt}, timeout=self._patience_s)
            if attempt.done() and not isinstance(attempt.exception(), Unavailable):
                return attempt.result()
        return await self._book.take(order, self._now(), start_in_s=0 if busy else _HEAD_START_S)

    async def close(self) -> None:
        """Give up what is still under way: the relay starts those orders."""
        for attempt in tuple(self._under_way):
            attempt.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _end(self, attempt: asyncio.Task[Acceptance]) -> None:
        self._under_way.discard(attempt)
        if not attempt.cancelled() and (error := attempt.exception()):
            log.debug("an order was not taken by its workflow", error=str(error))
