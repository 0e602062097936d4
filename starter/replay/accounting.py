"""Every order by what the record calls it, what was expected of it and what was found. Pure but for the waiting."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from activities.order.standings import Standing
from models.shared.errors import Unavailable
from starter.replay.driver import Lived
from starter.replay.plan import Life
from starter.replay.ports import Reads

ABSENT = "is not recorded"
WORKING = "works, waits for nothing"
_LOOK_S = 0.5
# What is listed one by one; all are counted.
LISTED = 50


@dataclass(frozen=True)
class Difference:
    """An order that is not where it was expected. `why`: what stopped it on the way, if anything was seen to."""

    number: str
    status: str
    expected: str
    found: str
    why: str = ""


@dataclass(frozen=True)
class Accounting:
    """`table` counts orders by (recorded status, expected, found); `notes` counts what is odd in the record.

    `reviewed`, `acts`, `seconds` and `repeats` (requests that had to be sent again) are of this run alone.
    """

    table: Mapping[tuple[str, str, str], int]
    differences: tuple[Difference, ...]
    notes: Mapping[str, int]
    reviewed: Mapping[str, int] = field(default_factory=dict)
    acts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    repeats: int = 0

    @property
    def orders(self) -> int:
        """How many orders are accounted for."""
        return sum(self.table.values())

    def document(self) -> dict[str, Any]:
        """As one JSON object."""
        by_status: dict[str, dict[str, int]] = {}
        expected: Counter[str] = Counter()
        found: Counter[str] = Counter()
        for (status, wanted, got), orders in sorted(self.table.items()):
            expected[wanted] += orders
            found[got] += orders
            of_status = by_status.setdefault(status, {})
            of_status[got] = of_status.get(got, 0) + orders
        return {
            "orders": self.orders,
            "expected": dict(expected),
            "found": dict(found),
            "by_status": by_status,
            "explained": dict(self.notes),
            "reviewed": dict(self.reviewed),
            "acts": dict(self.acts),
            "repeated_requests": self.repeats,
            "seconds": round(self.seconds, 1),
            "orders_per_s": round(self.acts.get("place", 0) / self.seconds, 2) if self.seconds else 0.0,
            "different": len(self.differences),
            "differences": [vars(one) for one in self.differences[:LISTED]],
        }


def found(standing: Standing | None, refusal: str = "") -> str:
    """Where an order is found, in the words in which lives expect it."""
    if standing is None:
        return refusal or ABSENT
    if standing.outcome:
        return f"ended: {standing.outcome}"
    return f"waits for: {standing.waiting_for}" if standing.waiting_for else WORKING


def account(lives: Sequence[Life], standings: Mapping[str, Standing], lived: Lived) -> Accounting:
    """Compare every life with what was found."""
    table: Counter[tuple[str, str, str]] = Counter()
    differences = []
    for life in lives:
        got = found(standings.get(life.number), lived.refusals.get(life.number, ""))
        table[life.status, life.expected, got] += 1
        if got != life.expected:
            why = lived.stuck.get(life.number) or lived.refusals.get(life.number, "")
            differences.append(Difference(life.number, life.status, life.expected, got, why))
    notes = Counter(note for life in lives for note in life.notes)
    return Accounting(table, tuple(differences), notes, acts=dict(lived.acts))


async def settled(
    lives: Sequence[Life],
    lived: Lived,
    reads: Reads,
    patience_s: float,
    told: Callable[[int], None] = lambda left: None,
) -> dict[str, Standing]:
    """Wait until every order is as expected, or until none moved for `patience_s`; gives all standings.

    `told` hears how many are not there yet. Raises `Unavailable` when the database stays away as long.
    """
    expected = {life.number: life for life in lives}
    places: dict[str, str] = {}
    moved_at = time.monotonic()
    while True:
        awaited = [number for number, life in expected.items() if places.get(number) != life.expected]
        try:
            now = await reads.standings(awaited)
        except Unavailable:
            if time.monotonic() - moved_at > patience_s:
                raise
            now = None
        if now is not None:
            seen = {number: found(now.get(number), lived.refusals.get(number, "")) for number in awaited}
            if any(places.get(number) != place for number, place in seen.items()):
                moved_at = time.monotonic()
            places |= seen
        left = sum(places.get(number) != life.expected for number, life in expected.items())
        told(left)
        if not left or time.monotonic() - moved_at > patience_s:
            return await reads.standings(list(expected))
        await asyncio.sleep(_LOOK_S)
