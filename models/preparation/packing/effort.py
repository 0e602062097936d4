"""How much may be tried before a question stays open. Pure: a clock comes in from outside, as a function."""

from collections.abc import Callable

_LOOKS_AT_THE_CLOCK = 8


class OutOfEffort(Exception):
    """The question stays open; nothing is claimed."""


class Effort:
    """Steps of search; `stop` is asked every few steps and ends it early.

    With the same number of steps and no `stop`, the same question has the same answer on every machine.
    """

    def __init__(self, steps: int, stop: Callable[[], bool] | None = None) -> None:
        self.steps = steps
        self.taken = 0
        self._stop = stop
        self._stopped = False

    def spend(self) -> None:
        """Take one step. Raises `OutOfEffort`."""
        if self.taken >= self.steps:
            raise OutOfEffort
        if self._stop and self.taken % _LOOKS_AT_THE_CLOCK == 0 and self._stop():
            self._stopped = True
            raise OutOfEffort
        self.taken += 1

    def over(self) -> bool:
        """Whether nothing is left."""
        return self._stopped or self.taken >= self.steps

    def slice(self, steps: int) -> "Effort":
        """So many steps of what is left; `book` takes them off."""
        return Effort(0 if self._stopped else min(steps, self.steps - self.taken), self._stop)

    def book(self, part: "Effort") -> None:
        """Take off what a slice took."""
        self.taken += part.taken
        self._stopped = self._stopped or part._stopped
