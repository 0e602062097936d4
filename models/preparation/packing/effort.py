"""How much may be tried before a question stays open. Pure: a clock comes in from outside, as a function."""

from collections.abc import Callable

_LOOKS_AT_THE_CLOCK = 16


class OutOfEffort(Exception):
    """The question stays open; nothing is claimed."""


class Effort:
    """Steps of search for one question; `stop` is asked every few steps and ends it early.

    With the same number of steps and no `stop`, the same question has the same answer on every machine.
    """

    def __init__(self, steps: int, stop: Callable[[], bool] | None = None) -> None:
        self.steps = steps
        self.taken = 0
        self._stop = stop

    def spend(self) -> None:
        """Take one step. Raises `OutOfEffort`."""
        self.taken += 1
        if self.taken > self.steps or (
            self._stop and self.taken % _LOOKS_AT_THE_CLOCK == 1 and self._stop()
        ):
            raise OutOfEffort

    def slice(self, steps: int) -> "Effort":
        """So much of what is left; what it takes is booked by `book`."""
        return Effort(min(steps, max(self.steps - self.taken, 0)), self._stop)

    def book(self, part: "Effort") -> None:
        """What a slice took."""
        self.taken += part.taken
