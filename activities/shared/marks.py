"""Every step says what it is: local to the database, or an effect on the outside with its undo."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "__orderloom_mark__"


@dataclass(frozen=True)
class Mark:
    """`undo` names the step that takes the effect back; `irreversible` says why there is none."""

    external: bool
    undo: str = ""
    irreversible: str = ""


def local_step(function: F) -> F:
    """A short database-only step: runs as a local activity."""
    setattr(function, _MARK, Mark(external=False))
    return function


def external_step(*, undo: str = "", irreversible: str = "") -> Callable[[F], F]:
    """An effect on an outside system: runs as an activity, and names its undo or says why it has none."""

    def mark(function: F) -> F:
        setattr(function, _MARK, Mark(external=True, undo=undo, irreversible=irreversible))
        return function

    return mark


def mark_of(function: Callable[..., Any]) -> Mark | None:
    """The mark of a step, None when somebody forgot it."""
    return getattr(function, _MARK, None)
