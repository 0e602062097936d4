"""How a replay is shown: a progress bar while it runs, a table at the end."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from starter.replay.accounting import LISTED, Accounting
from starter.replay.plan import Act, Step
from workers.replay import Told

_EVERY_S = 15.0


class Shown:
    """A progress bar; where there is no terminal, a line now and then."""

    def __init__(self, console: Console, orders: int) -> None:
        self._console = console
        self._orders = orders
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("steps · {task.fields[placed]} orders · {task.fields[rate]:.1f}/s"), TimeElapsedColumn(),
            console=console, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("replaying", total=None, placed=0, rate=0.0)
        self._placed = self._done = self._steps = 0
        self._began = self._spoke = time.monotonic()

    def told(self) -> Told:
        """What the replay calls."""
        return Told(self._begins, self._did, self._settles)

    def __enter__(self) -> "Shown":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def _begins(self, done: int, steps: int) -> None:
        self._done, self._steps = done, steps
        self._progress.update(self._task, completed=done, total=steps)

    def _did(self, step: Step) -> None:
        self._done += 1
        self._placed += step.act is Act.PLACE
        rate = self._placed / max(0.001, time.monotonic() - self._began)
        self._progress.update(self._task, completed=self._done, placed=self._placed, rate=rate)
        self._say(f"{self._done:,} of {self._steps:,} steps, {self._placed:,} orders placed, {rate:.1f}/s")

    def _settles(self, left: int) -> None:
        self._progress.update(self._task, description=f"settling, {left:,} orders still move")
        self._say(f"settling: {left:,} of {self._orders:,} orders still move")

    def _say(self, line: str) -> None:
        now = time.monotonic()
        if not self._console.is_terminal and now - self._spoke > _EVERY_S:
            self._spoke = now
            self._console.print(line, highlight=False)


def show(accounting: Accounting, console: Console) -> None:
    """Orders by recorded status, expectation and what was found; every difference; what is odd in the record."""
    title = f"{accounting.orders:,} orders in {accounting.seconds:.0f} s"
    table = Table("recorded as", "expected", "found", "orders", title=title)
    table.columns[3].justify = "right"
    for (status, expected, got), orders in sorted(accounting.table.items()):
        colour = "green" if got == expected else "red"
        table.add_row(status, expected, f"[{colour}]{got}[/{colour}]", f"{orders:,}")
    console.print(table)
    for words, counted in (
        ("odd in the record", accounting.notes),
        ("approved by the reviewer", accounting.reviewed),
        ("done by the world", accounting.acts),
    ):
        if counted:
            lines = [f"  {orders:>6,}  {name}" for name, orders in sorted(counted.items())]
            console.print("\n".join([f"{words}:", *lines]), highlight=False)
    for one in accounting.differences[:LISTED]:
        why = f" ({one.why})" if one.why else ""
        console.print(
            f"[red]{one.number}[/red] {one.status}: expected {one.expected}, found {one.found}{why}",
            highlight=False,
        )
    if accounting.differences:
        hint = "did carriers or persons act by themselves? see `orderloom up --no-courier`"
        console.print(f"{len(accounting.differences):,} orders are not as expected; {hint}")
    else:
        console.print("every order is accounted for")
