"""State machines as data: an enum, its first state, and the table of legal moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)


class IllegalMoveError(Exception):
    """A move that the table does not allow: a defect in the code, never in the input."""


@dataclass(frozen=True)
class Axis(Generic[S]):
    """One axis of an order's state.

    `moves` maps each state to those that may follow it; a state that maps to nothing is an end.
    """

    name: str
    first: S
    moves: Mapping[S, frozenset[S]]

    def allows(self, now: S, to: S) -> bool:
        """Whether a move is legal; staying where one is always is."""
        return to is now or to in self.moves[now]

    def move(self, now: S, to: S) -> S:
        """The new state; staying where one is is always legal. Raises `IllegalMoveError`."""
        if not self.allows(now, to):
            raise IllegalMoveError(f"{self.name}: {now.value} → {to.value}")
        return to

    @property
    def ends(self) -> frozenset[S]:
        """The states that nothing follows."""
        return frozenset(state for state, to in self.moves.items() if not to)
