"""What an import did: counts, and every fault in the order of the file."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from models.intake.bulk import Record, RowFault

LISTED = 1_000


@dataclass
class Counts:
    """`rows` below the header. Orders: `new` (the door did not know them), `there` already, `repeated` in the file, `broken`,
    `tasks` of customer service.

    `checked`: they are good, and were only looked at; `unanswered`: sent, and given up before an answer came. `repeats`: requests.
    """

    rows: int = 0
    orders: int = 0
    new: int = 0
    there: int = 0
    repeated: int = 0
    broken: int = 0
    tasks: int = 0
    checked: int = 0
    unanswered: int = 0
    faults: int = 0
    repeats: int = 0


@dataclass
class Outcome:
    """How a run ended: `done`, `refused` (nothing went in), `stopped`, `away` or `changed`; `notes` are for people."""

    ended: str = "done"
    why: str = ""
    counts: Counts = field(default_factory=Counts)
    faults: list[RowFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """As JSON; the first 1,000 faults are listed."""
        faults = [one.model_dump() for one in self.faults]
        return {
            "ended": self.ended, "why": self.why, **asdict(self.counts), "notes": self.notes, "problems": faults,
            "problems_not_listed": self.counts.faults - len(faults),
        }  # fmt: skip


class FaultFile:
    """Writes every fault as a JSON line, beside the end's list of the first ones."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._handle: BinaryIO | None = None

    def __enter__(self) -> "FaultFile":
        if self._path:
            self._handle = self._path.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle:
            self._handle.close()

    def write(self, fault: RowFault) -> None:
        """One more."""
        if self._handle:
            self._handle.write(fault.model_dump_json().encode() + b"\n")

    def restart(self) -> None:
        """The file is read from its beginning again."""
        if self._handle:
            self._handle.seek(0)
            self._handle.truncate()


class Tally:
    """Takes what became of each order, in any order, and tells faults in the order of the file."""

    def __init__(self, outcome: Outcome, file: FaultFile, told: Callable[[Counts], None]) -> None:
        self._outcome = outcome
        self._file = file
        self._told = told
        self._next = 0
        self._held: dict[int, Sequence[RowFault]] = {}

    def restart(self) -> None:
        """Count from nothing."""
        self._outcome.counts, self._outcome.faults = Counts(), []
        self._next, self._held = 0, {}
        self._file.restart()

    def begins(self, record: Record) -> None:
        """An order was read."""
        self._outcome.counts.orders += 1
        self._outcome.counts.rows += record.rows

    def ends(self, nth: int, became: str, faults: Sequence[RowFault] = ()) -> None:
        """The nth order of the file became a count's name."""
        counts = self._outcome.counts
        setattr(counts, became, getattr(counts, became) + 1)
        self._held[nth] = faults
        while self._next in self._held:
            self._list(self._held.pop(self._next))
            self._next += 1
        self._told(counts)

    def flush(self) -> None:
        """Tell also what stands behind an order that was not answered."""
        for nth in sorted(self._held):
            self._list(self._held[nth])
        self._held = {}

    def _list(self, faults: Sequence[RowFault]) -> None:
        for fault in faults:
            self._outcome.counts.faults += 1
            self._file.write(fault)
            if len(self._outcome.faults) < LISTED:
                self._outcome.faults.append(fault)
