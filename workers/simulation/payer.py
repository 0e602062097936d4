"""Pays bank slips and transfers at the payment provider's counter: most in time, some never."""

import asyncio
import contextlib
import hashlib
from datetime import UTC, datetime

import structlog

from activities.adapters.psp_simulator import PspSimulator
from activities.adapters.simulator.journal import run
from activities.shared.database import Database
from activities.shared.failures import GatewayError
from starter.settings import Settings

log = structlog.get_logger()

_PENDING = """
SELECT reference FROM sim.psp_payment
WHERE status = 'pending' AND NOT voided AND created_at < now() - make_interval(secs => %(slow_s)s)
ORDER BY created_at LIMIT 100"""
_PAYS_RATE = 0.8
_FAILS_RATE = 0.1


class Payer:
    """Everybody who pays later. A person of the outside world: acts at the provider, not at our door."""

    def __init__(self, journal: Database, provider: PspSimulator, settings: Settings) -> None:
        self._journal = journal
        self._provider = provider
        self._seed = settings.person_seed
        self._pace_s = settings.person_pace_s
        self._never: set[str] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Pay until `stop` is set."""
        while not stop.is_set():
            try:
                await self.look()
            except GatewayError as error:
                log.info("the provider is away", why=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._pace_s * 2)

    async def look(self) -> int:
        """Settle what waits long enough; returns how many payments were settled."""
        done = 0
        for row in await run(self._journal, _PENDING, {"slow_s": self._pace_s * 4}):
            reference = row["reference"]
            if reference in self._never:
                continue
            digest = hashlib.blake2b(f"{self._seed}:{reference}".encode(), digest_size=8).digest()
            roll = int.from_bytes(digest) / 2**64
            if roll >= _PAYS_RATE + _FAILS_RATE:
                self._never.add(reference)
                continue
            done += await self._provider.settle_pending(reference, roll < _PAYS_RATE, datetime.now(UTC))
        return done
