"""How long something takes: percentiles over many cases, beside a target.

Two clocks: the processor time of the calling thread, which the target is held against because it says much the same on a busy machine,
and the wall clock, which is what one waits and holds whatever else the machine does.
"""

import time
from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple, TypeVar

from models.shared.messages import Message

T = TypeVar("T")


class Took(NamedTuple):
    """Milliseconds of one call by both clocks."""

    processor_ms: float
    wall_ms: float


class Times(Message):
    """Percentiles (nearest rank) of milliseconds: of processor time, and of the wall clock. `in_time`: the p95 of processor time is
    within its target; `wall_in_time`: that of the wall clock is, too."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    wall_p50_ms: float
    wall_p95_ms: float
    wall_p99_ms: float
    target_p95_ms: float
    in_time: bool
    wall_in_time: bool


def timed(work: Callable[[], T]) -> tuple[T, Took]:
    """What came out, and how long it took."""
    wall, processor = time.perf_counter(), time.thread_time()
    found = work()
    took = Took((time.thread_time() - processor) * 1000, (time.perf_counter() - wall) * 1000)
    return found, took


def times(took: Sequence[Took], target_p95_ms: float) -> Times:
    """The percentiles of one call or more."""
    processor, wall = [one.processor_ms for one in took], [one.wall_ms for one in took]
    return Times(
        p50_ms=round(percentile(processor, 50), 3),
        p95_ms=round(percentile(processor, 95), 3),
        p99_ms=round(percentile(processor, 99), 3),
        wall_p50_ms=round(percentile(wall, 50), 3),
        wall_p95_ms=round(percentile(wall, 95), 3),
        wall_p99_ms=round(percentile(wall, 99), 3),
        target_p95_ms=target_p95_ms,
        in_time=percentile(processor, 95) <= target_p95_ms,
        wall_in_time=percentile(wall, 95) <= target_p95_ms,
    )


def percentile(values: Sequence[float], part: int) -> float:
    """The smallest value that so many of a hundred do not exceed."""
    return sorted(values)[max(ceil(len(values) * part / 100), 1) - 1]
