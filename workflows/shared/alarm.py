"""One timer an order, set again only when it must ring earlier or rings too early: a wait that ends in time costs no event."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow


class Alarm:
    """Waits for a condition or a deadline."""

    def __init__(self) -> None:
        self._wanted: datetime | None = None
        self._armed: datetime | None = None
        self._ringing: asyncio.Task[None] | None = None

    async def until(self, condition: Callable[[], bool], deadline: datetime | None) -> bool:
        """Whether the condition came true before the deadline (UTC; None waits without end)."""
        self._wanted = deadline
        if deadline is not None and (self._armed is None or deadline < self._armed):
            self._arm(deadline)
        await workflow.wait_condition(
            lambda: condition() or (deadline is not None and workflow.now() >= deadline)
        )
        self._wanted = None
        return condition()

    def _arm(self, at: datetime) -> None:
        if self._ringing:
            self._ringing.cancel()
        self._armed = at
        self._ringing = asyncio.create_task(self._ring(at))

    async def _ring(self, at: datetime) -> None:
        next_at: datetime | None = at
        while next_at is not None:
            self._armed = next_at
            await workflow.sleep(
                max(0.0, (next_at - workflow.now()).total_seconds()), summary="next deadline"
            )
            wanted = self._wanted
            next_at = wanted if wanted is not None and wanted > workflow.now() else None
        self._armed = None
