"""One fault, planted by SQL into books that were clean, and what the auditor must say about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plant:
    """`sql` breaks `invariant`; `found`: (subject, detail) of every finding. `grace_s` as in the audit."""

    invariant: str
    fault: str
    sql: str
    found: tuple[tuple[str, str], ...]
    grace_s: float = 300.0


def plant(invariant: str, fault: str, sql: str, *found: tuple[str, str], grace_s: float = 300.0) -> Plant:
    """A plant with its findings in a row."""
    return Plant(invariant, fault, sql, found, grace_s)
