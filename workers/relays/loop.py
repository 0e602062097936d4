"""The loop of every relay: batch after batch while there is much to do, a short rest when there is little."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from models.shared.errors import Unavailable

log = structlog.get_logger()


async def work_until(
    stop: asyncio.Event, work: Callable[[], Awaitable[int]], *, batch: int, idle_s: float, waits: str
) -> None:
    """Call `work` until `stop` is set. It tells how many were due; after fewer than a `batch` we rest for `idle_s` seconds.

    `waits` is what the log says while the database is away.
    """
    while not stop.is_set():
        try:
            handled = await work()
        except Unavailable as error:
            log.warning(waits, error=str(error))
            handled = 0
        if handled < batch:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), idle_s)
