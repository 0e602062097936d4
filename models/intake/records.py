"""An order in a file, and what is wrong with it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.intake.checks import text_of
from models.intake.sheet import COLUMNS
from models.shared.errors import Problem
from models.shared.messages import Message


class RowFault(Message):
    """A fault in a file. `row` as a spreadsheet counts, `line` as an editor does; both are 0 for the whole file."""

    row: int
    line: int
    source_id: str = ""
    pointer: str
    column: str = ""
    code: str
    detail: str
    fix: str = ""


# Faults of a file that lie in the body as well.
_IN_A_CELL = frozenset({"wrong_type", "out_of_range"})


@dataclass(frozen=True)
class Record:
    """What should be one order. `raw` is None when nothing can be handed in; `places` are row and line of each order line.

    `same_as`: the row of an order above that is the same, 0 when there is none; `digest` tells bodies apart.
    """

    row: int
    line: int
    raw: dict[str, Any] | None
    faults: tuple[RowFault, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    rows: int = 1
    same_as: int = 0
    digest: bytes = b""

    @property
    def source_id(self) -> str:
        """Its number at the storefront, empty when that cannot be told."""
        return text_of(self.raw or {}, "source_id")

    def told(self, problems: Iterable[Problem]) -> list[RowFault]:
        """Every fault: the file's own, and those of the body in their rows and columns; of two at one place the first."""
        found = {(one.row, one.pointer or one.code): one for one in self.faults}
        for problem in problems:
            row, line, column = self._place(problem.pointer)
            fault = RowFault(
                row=row, line=line, source_id=self.source_id, column=column, **problem.model_dump()
            )
            found.setdefault((row, problem.pointer or problem.code), fault)
        return sorted(found.values(), key=lambda one: one.row)

    def seen_by(self, problems: Iterable[Problem]) -> bool:
        """Whether whoever told these faults of the body saw each of the file's own: a cell that is no number, no more."""
        seen = {problem.pointer for problem in problems}
        return all(fault.code in _IN_A_CELL and fault.pointer in seen for fault in self.faults)

    def _place(self, at: str) -> tuple[int, int, str]:
        steps = at.split("/")[1:]
        if not self.places:
            return self.row, self.line, ""
        if len(steps) > 1 and steps[0] == "lines" and steps[1].isdecimal():
            column = ".".join(steps[2:])
            place = self.places[min(int(steps[1]), len(self.places) - 1)]
            return *place, column if column in COLUMNS else ""
        column = ".".join(steps)
        return self.row, self.line, column if column in COLUMNS else ""


def fault_at(row: int, line: int, source_id: str, problem: Problem, column: str = "") -> RowFault:
    """A problem in its row."""
    return RowFault(row=row, line=line, source_id=source_id, column=column, **problem.model_dump())
