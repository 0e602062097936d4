"""How long something takes: percentiles over many runs, beside a target. What a machine is busy with besides is in the figures."""

import time
from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeVar

from models.shared.messages import Message

T = TypeVar("T")


class Times(Message):
    """Percentiles (nearest rank) of milliseconds, and whether the one that counts is within its target."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    target_p95_ms: float
    in_time: bool


def timed(work: Callable[[], T], runs: int = 1) -> tuple[T, float]:
    """What came out, and the milliseconds that the fastest of some runs took."""
    took = []
    for _ in range(runs):
        begin = time.perf_counter()
        found = work()
        took.append((time.perf_counter() - begin) * 1000)
    return found, min(took)


def times(milliseconds: Sequence[float], target_p95_ms: float) -> Times:
    """The percentiles of one value or more."""
    p50, p95, p99 = (percentile(milliseconds, part) for part in (50, 95, 99))
    return Times(
        p50_ms=round(p50, 3),
        p95_ms=round(p95, 3),
        p99_ms=round(p99, 3),
        target_p95_ms=target_p95_ms,
        in_time=p95 <= target_p95_ms,
    )


def percentile(values: Sequence[float], part: int) -> float:
    """The smallest value that so many of a hundred do not exceed."""
    return sorted(values)[max(ceil(len(values) * part / 100), 1) - 1]
