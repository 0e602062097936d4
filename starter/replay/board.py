"""One look at the database for everybody who waits for an order to get somewhere."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog

from activities.order.standings import Standing
from models.shared.errors import Unavailable
from starter.replay.ports import Reads

log = structlog.get_logger()

Ready = Callable[[Standing], bool]
_AWAY_S = 0.5


class Stuck(Exception):
    """An order did not get where it had to be; the message says where it stands."""


class Board:
    """Looks every `pause_s` at the orders that somebody waits for, as long as `looking` lasts."""

    def __init__(self, reads: Reads, patience_s: float = 180.0, pause_s: float = 0.05) -> None:
        """`patience_s`: how long one wait may last."""
        self.reads = reads
        self._patience_s = patience_s
        self._pause_s = pause_s
        self._waiting: dict[asyncio.Future[Standing], tuple[str, Ready]] = {}
        self._asked = asyncio.Event()

    async def until(self, number: str, ready: Ready) -> Standing:
        """The standing that is `ready`. Raises `Stuck`."""
        reached: asyncio.Future[Standing] = asyncio.get_running_loop().create_future()
        self._waiting[reached] = (number, ready)
        self._asked.set()
        try:
            async with asyncio.timeout(self._patience_s):
                return await reached
        except TimeoutError:
            raise Stuck(await self._where(number)) from None
        finally:
            self._waiting.pop(reached, None)

    @contextlib.asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look while the block runs."""
        task = asyncio.create_task(self._look())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _look(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            pause_s = self._pause_s
            try:
                found = await self.reads.standings(sorted({number for number, _ in self._waiting.values()}))
            except Unavailable as error:
                log.info("the board waits for the database", why=str(error))
                found, pause_s = {}, _AWAY_S
            for reached, (number, ready) in list(self._waiting.items()):
                standing = found.get(number)
                if standing is not None and not reached.done() and ready(standing):
                    reached.set_result(standing)
            if any(not reached.done() for reached in self._waiting):
                self._asked.set()
            await asyncio.sleep(pause_s)

    async def _where(self, number: str) -> str:
        try:
            standing = (await self.reads.standings([number])).get(number)
        except Unavailable:
            return "the database is away"
        if standing is None:
            return "it is not recorded"
        return (
            f"order {standing.order_state}, payment {standing.payment_state}, "
            f"waits for {standing.waiting_for or 'nothing'}"
        )
