"""The event queue: what was recorded first is done first, at the recorded pace compressed, or as fast as it goes."""

import asyncio
import contextlib
import heapq
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import structlog

from starter.replay.acts import Actor
from starter.replay.board import Stuck
from starter.replay.plan import Life, Step

log = structlog.get_logger()


class Pace:
    """Recorded time compressed by `factor`; None: as fast as it goes."""

    def __init__(self, factor: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._factor = factor
        self._clock = clock
        self._begun: tuple[datetime, float] | None = None

    def delay_s(self, due: datetime) -> float:
        """How long until it is time; the first to ask is in time."""
        if self._factor is None:
            return 0.0
        if self._begun is None:
            self._begun = (due, self._clock())
        first, started = self._begun
        return (due - first).total_seconds() / self._factor - (self._clock() - started)


def factor_for(lives: Sequence[Life], orders_per_s: float) -> float:
    """The factor that places orders at this mean rate. The busy hours of the record stay busier than others."""
    span_s = (lives[-1].steps[0].due - lives[0].steps[0].due).total_seconds() if lives else 0.0
    return max(1.0, span_s * orders_per_s / max(1, len(lives)))


@dataclass
class Lived:
    """What became of it, by order number: `refusals` of the door, and the reasons why orders are `stuck`."""

    refusals: dict[str, str] = field(default_factory=dict)
    stuck: dict[str, str] = field(default_factory=dict)
    acts: Counter[str] = field(default_factory=Counter)


Event = tuple[datetime, int, Life, tuple[Step, ...]]


class Driver:
    """Lives orders, at most `at_once` steps at a time."""

    def __init__(self, actor: Actor, pace: Pace, at_once: int, told: Callable[[Step], None]) -> None:
        """`told` hears of every step that was done or given up."""
        self._actor = actor
        self._pace = pace
        self._at_once = asyncio.Semaphore(at_once)
        self._told = told
        self._queue: list[Event] = []
        self._numbers = count()
        self._under_way = 0
        self._changed = asyncio.Event()
        self.lived = Lived()

    async def run(self, lives: Sequence[Life], left: Mapping[str, tuple[Step, ...]]) -> Lived:
        """Do the steps that are `left` of each life. Raises `Unavailable` when the door stays away."""
        for life in lives:
            self._put(life, left[life.number])
        async with asyncio.TaskGroup() as group:
            while self._queue or self._under_way:
                self._changed.clear()
                if not self._queue:
                    await self._changed.wait()
                    continue
                delay_s = self._pace.delay_s(self._queue[0][0])
                if delay_s > 0:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._changed.wait(), delay_s)
                    continue
                # Whoever comes first while this waits for a place goes first.
                await self._at_once.acquire()
                _, _, life, steps = heapq.heappop(self._queue)
                self._under_way += 1
                group.create_task(self._one(life, steps))
        return self.lived

    def _put(self, life: Life, steps: tuple[Step, ...]) -> None:
        if steps:
            heapq.heappush(self._queue, (steps[0].due, next(self._numbers), life, steps))

    async def _one(self, life: Life, steps: tuple[Step, ...]) -> None:
        step, *rest = steps
        given_up: Sequence[Step] = ()
        try:
            refusal = await self._actor.act(life, step)
            self.lived.acts[step.act] += 1
            if refusal:
                self.lived.refusals[life.number] = refusal
                given_up = rest
        except Stuck as error:
            log.warning("an order is stuck", order=life.number, act=step.act.value, why=str(error))
            self.lived.stuck[life.number] = f"{step.act}: {error}"
            given_up = rest
        if not given_up:
            self._put(life, tuple(rest))
        for done in (step, *given_up):
            self._told(done)
        self._at_once.release()
        self._under_way -= 1
        self._changed.set()
