"""How a cancellation by Temporal itself is taken: between steps, never in the middle of one (ADR 13)."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

M = TypeVar("M")


async def to_its_end(step: Coroutine[Any, Any, M]) -> M:
    """A step under way is never abandoned: when Temporal cancels the order, its result is taken first, and the next wait
    takes the cancellation up (`heed_cancellation`). Otherwise money could move that no undo knows of."""
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if task.cancelled():
            raise
        return await task


def heed_cancellation() -> None:
    """Raise the cancellation that came while a step was under way."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
