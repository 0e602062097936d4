"""An invariant is a named function: its docstring says what always holds, its statement looks at each row that could break it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """`sql` gives a row (`subject`, `what`, `wrong`) for everything it looks at; `what` is told where `wrong` is true.

    Parameters: `grace_s`, how long something may be under way; `stale_s`, how long a message may lie unworked; `waits`,
    every name that an order may wait for; `gateway`, `reserved` and `withdrawn`, the ledger's accounts of the payment provider
    and of disputes; `dispute_waits`, every name that a dispute may wait for. `journals`: it
    compares with the outsiders' journals (schema `sim`).
    """

    name: str
    says: str
    sql: str
    journals: bool = False


def invariant(statement: Callable[[], str]) -> Invariant:
    """Make an invariant of a function that gives its statement."""
    return Invariant(statement.__name__, _says(statement), statement())


def across_journals(statement: Callable[[], str]) -> Invariant:
    """The same, for one that also reads the outsiders' journals."""
    return Invariant(statement.__name__, _says(statement), statement(), journals=True)


def _says(statement: Callable[[], str]) -> str:
    return " ".join((statement.__doc__ or "").split())
