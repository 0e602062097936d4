"""How an import is shown: a progress bar while it runs, counts and faults at the end."""

from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from models.intake.bulk import RowFault
from starter.bulk.files import Source
from starter.bulk.report import Counts, Outcome

SHOWN = 20
_ENDS = {
    "done": "every order of the file is accounted for",
    "refused": "nothing went in, because some are broken (--on-error stop)",
    "stopped": "stopped; run it again to go on",
    "away": "ended early; run it again to go on",
    "changed": "ended early; run it again",
}


class Shown:
    """A progress bar over the file's bytes; nothing where there is no terminal."""

    def __init__(self, console: Console, source: Source) -> None:
        self._source = source
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
            TextColumn("{task.fields[new]:,} new · {task.fields[there]:,} there · {task.fields[broken]:,} broken"),
            TimeElapsedColumn(), console=console, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("importing", total=source.size or 1, new=0, there=0, broken=0)

    def told(self, counts: Counts) -> None:
        """One order more."""
        what = "checking" if counts.checked else "importing"
        self._progress.update(
            self._task, completed=self._source.read, description=what,
            new=counts.new, there=counts.there, broken=counts.broken,
        )  # fmt: skip

    def __enter__(self) -> "Shown":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def text_of(outcome: Outcome, seconds: float, report: Path | None) -> str:
    """The end for people: faults first, counts last."""
    counts = outcome.counts
    listed = [_line(fault) for fault in outcome.faults[:SHOWN]]
    if more := counts.faults - len(listed):
        listed.append(f"{more:,} more faults, all of them in {report or 'the file of --report'}")
    names = ("new", "there", "repeated", "broken", "tasks", "checked", "unanswered")
    told = [(name, getattr(counts, name)) for name in names]
    lines = [
        f"  {_WORDS[name]:18} {number:>9,}" for name, number in told if number or name in ("new", "there")
    ]
    head = f"{counts.orders:,} orders in {counts.rows:,} rows, {seconds:.1f} s:"
    why = f": {outcome.why}" if outcome.why else ""
    return "\n".join([*listed, *outcome.notes, head, *lines, f"{_ENDS[outcome.ended]}{why}"])


_WORDS = {
    "new": "new",
    "there": "there already",
    "repeated": "twice in the file",
    "broken": "broken",
    "tasks": "to be mended",
    "checked": "good, not sent",
    "unanswered": "without an answer",
}


def _line(fault: RowFault) -> str:
    where = " ".join(filter(None, (f"row {fault.row}", fault.source_id, fault.column or fault.pointer)))
    fix = f" ({fault.fix})" if fault.fix else ""
    return f"{where}: {fault.code}, {fault.detail}{fix}"
