"""A recorded order as it is to be lived: what is done when, and how it must end. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.order.states import Outcome
from models.order.waits import WaitingFor


class Act(StrEnum):
    """What the world does to an order."""

    PLACE = "place"
    PAY = "pay"
    HAND_OVER = "hand_over"
    DELIVER = "deliver"
    RETURN = "return"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Step:
    """One act. `at`: when it happened by the record; `due`: its place in the replay, never before the step before it."""

    act: Act
    at: datetime
    due: datetime


@dataclass(frozen=True)
class Life:
    """One order. `expected` is written as `ended`, `waits` and `refused` write it.

    `status`: what the record calls it; `notes`: what is odd about it; `approved`: the record went on after the review.
    """

    number: str
    status: str
    body: dict[str, Any]
    steps: tuple[Step, ...]
    expected: str
    approved: bool = True
    notes: tuple[str, ...] = field(default=())


def steps(acts: Iterable[tuple[Act, datetime]]) -> tuple[Step, ...]:
    """The steps of a life, in the order given: what was recorded too early waits for the step before it."""
    planned: list[Step] = []
    for act, at in acts:
        due = max(at, planned[-1].due) if planned else at
        planned.append(Step(act, at, due))
    return tuple(planned)


def ended(outcome: Outcome | str) -> str:
    """An order that came to its end."""
    return f"ended: {Outcome(outcome).value}"


def waits(name: WaitingFor | str) -> str:
    """An order that waits for a named thing."""
    return f"waits for: {WaitingFor(name).value}"


def refused(codes: Iterable[str]) -> str:
    """An order that the door refused, by the codes of its faults."""
    return f"refused: {', '.join(sorted(set(codes)))}"


def spread(lives: Sequence[Life], count: int | None) -> tuple[Life, ...]:
    """`count` lives evenly spread over all, in their order; all of them for None."""
    if count is None or count >= len(lives):
        return tuple(lives)
    return tuple(lives[nth * len(lives) // count] for nth in range(count))
