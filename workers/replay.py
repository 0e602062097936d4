"""Joins a replay to the door, the database and the simulators of a running house."""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

import httpx

from activities.adapters.carrier_simulator import CarrierSimulator
from activities.adapters.psp_simulator import PspSimulator
from activities.order.policies import PolicyRecords
from activities.order.standings import StandingReads
from activities.shared.database import Database
from models.delivery.states import Tracking
from models.delivery.vocabulary import code_for
from models.shared.errors import Conflict
from models.shared.ids import step_key
from starter.replay.accounting import Accounting, account, settled
from starter.replay.acts import Actor, remaining
from starter.replay.board import Board
from starter.replay.door import Door
from starter.replay.driver import Driver, Pace
from starter.replay.plan import Life, Step
from starter.settings import Settings
from workers import wiring

# Who never paid in the record waits on; what arrived closes within the run.
POLICY: dict[str, Any] = {
    "name": "replay",
    "deadlines": {"payment_s": None, "other_payment_s": None, "receipt_s": 2, "return_window_s": 2},
}


class SimulatedWorld:
    """Customers and carriers, over the simulators' journals: implements `starter.replay.ports.World`."""

    def __init__(self, payments: PspSimulator, carriers: CarrierSimulator) -> None:
        self._payments = payments
        self._carriers = carriers

    async def pay(self, order_number: str, at: datetime) -> None:
        """The customer pays; nothing happens when nothing is pending."""
        known = await self._payments.find(step_key(order_number, "authorise_payment"))
        if known is not None:
            await self._payments.settle_pending(known.reference, True, at)

    async def report(self, carrier: str, tracking_number: str, status: Tracking, at: datetime) -> None:
        """A scan, unsigned. The recorded time makes a repeat the same event."""
        await self._carriers.emit(tracking_number, code_for(carrier, status), at)


@dataclass(frozen=True)
class Told:
    """Who wants to hear how it goes: of steps at the start, of each step done, of how many orders still move at the end."""

    begins: Callable[[int, int], None] = lambda done, steps: None
    did: Callable[[Step], None] = lambda step: None
    settling: Callable[[int], None] = lambda left: None


@dataclass(frozen=True)
class Conduct:
    """How to replay: recorded time over `factor` (None: as fast as it goes), how many steps at once, how long to be patient."""

    factor: float | None = None
    at_once: int = 48
    resume: bool = False
    patience_s: float = 180.0
    settle_s: float = 60.0


async def replay(
    lives: Sequence[Life], settings: Settings, conduct: Conduct, told: Told | None = None
) -> Accounting:
    """Live all of it through the door of `settings`, and account for every order.

    Raises `Conflict` when some of the orders are there already and nobody said `resume`, `Unavailable` when a service
    stays away; whatever was lived until then stays, and `resume` goes on from there.
    """
    told = told or Told()
    began = monotonic()
    async with _parts(settings, conduct) as (database, door, world):
        reads = StandingReads(database)
        standings = await reads.standings([life.number for life in lives])
        if standings and not conduct.resume:
            raise Conflict("exists", f"{len(standings)} of these orders exist already: say --resume to go on")
        await PolicyRecords(database).activate(POLICY, "orderloom replay")
        left = {life.number: remaining(life, standings.get(life.number)) for life in lives}
        steps, todo = sum(len(life.steps) for life in lives), sum(map(len, left.values()))
        told.begins(steps - todo, steps)
        board = Board(reads, conduct.patience_s)
        actor = Actor(door, board, world, conduct.patience_s)
        async with board.looking():
            lived = await Driver(actor, Pace(conduct.factor), conduct.at_once, told.did).run(lives, left)
        ends = await settled(lives, lived, reads, conduct.settle_s, told.settling)
        found = account(lives, ends, lived)
        return replace(
            found, reviewed=dict(actor.reviewed), seconds=monotonic() - began, repeats=door.repeats
        )


@contextlib.asynccontextmanager
async def _parts(
    settings: Settings, conduct: Conduct
) -> AsyncIterator[tuple[Database, Door, SimulatedWorld]]:
    limits = httpx.Limits(max_connections=conduct.at_once, max_keepalive_connections=conduct.at_once)
    async with (
        Database(settings.database_url, size=4, name="orderloom-replay") as database,
        Database(settings.database_url, size=4, name="orderloom-replay-world") as journal,
        # An order is answered within ten seconds, or with 503.
        httpx.AsyncClient(timeout=15, limits=limits, trust_env=False) as client,
    ):
        # The house may keep its provider from telling; a payment at last must be told.
        world = wiring.outside(journal, settings.model_copy(update={"psp_webhooks": True}))
        door = Door(client, f"http://{settings.door_host}:{settings.door_port}", conduct.patience_s)
        yield database, door, SimulatedWorld(world.payments, world.carriers)
