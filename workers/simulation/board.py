"""The demo's screens: the live board of stages and waits, and the summary."""

from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from models.order.states import Stage
from models.order.waits import WAITS, WaitingFor
from models.shared.money import exponent

_PLAIN_EVERY = 10


class Screen:
    """The progress bar over the live board; plain lines now and then where nothing can be redrawn."""

    def __init__(self, console: Console, orders: int) -> None:
        self._console = console
        columns = (TextColumn("orders handed in"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console)
        self._task = self._progress.add_task("orders", total=orders)
        self._live = (
            Live(console=console, transient=True, auto_refresh=False) if console.is_terminal else None
        )
        self._shown = 0
        self.handed_in = 0

    def advance(self) -> None:
        """One more order was answered."""
        self.handed_in += 1
        self._progress.advance(self._task)

    def show(self, board: dict[str, dict[str, int]], seconds: float) -> None:
        """Bring the screen up to date."""
        if self._live:
            self._live.update(Group(self._progress, live_board(board, seconds)), refresh=True)
        elif self._shown % _PLAIN_EVERY == 0:
            self._console.print(one_line(board, self.handed_in, seconds))
        self._shown += 1

    def __enter__(self) -> "Screen":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()


def live_board(board: dict[str, dict[str, int]], seconds: float) -> Table:
    """Open orders by stage with what they wait for, and how the others ended."""
    ended = sum(board["outcomes"].values())
    table = Table(title=f"{seconds:.0f} s", min_width=64)
    table.add_column("stage")
    table.add_column("open", justify="right")
    table.add_column("waits for")
    for stage in Stage:
        if stage is Stage.INSIGHT and not board["stages"].get(stage):
            continue
        waits = ", ".join(
            f"{number} {name}"
            for name, number in board["waiting"].items()
            if name != "working" and WAITS[WaitingFor(name)].stage is stage
        )
        table.add_row(stage.value, str(board["stages"].get(stage.value, 0) or "·"), waits or "[dim]·[/dim]")
    table.add_section()
    outcomes = ", ".join(f"{number} {name}" for name, number in board["outcomes"].items())
    table.add_row("ended", str(ended), outcomes or "[dim]·[/dim]")
    return table


def one_line(board: dict[str, dict[str, int]], handed_in: int, seconds: float) -> str:
    """The board where nothing can be redrawn."""
    waits = ", ".join(f"{number} {name}" for name, number in board["waiting"].items())
    return f"{seconds:5.1f} s  handed in {handed_in}, ended {sum(board['outcomes'].values())}, open: {waits or 'none'}"


def summary_screen(summary: dict[str, Any], odd: list[str], addresses: dict[str, str]) -> Panel:
    """Everything at the end, for people."""
    counts = Table("", "", box=None, show_header=False)
    counts.add_row("handed in", str(summary["orders"]))
    counts.add_row("ended", _told(summary["outcomes"]))
    counts.add_row("still open", _told(summary["waiting"]) or "none")
    counts.add_row("refused at the door", _told(summary["refused"]) or "none")
    counts.add_row("letters", _told(summary["notices"]))
    stock = summary["stock"]
    counts.add_row(
        "stock", f"{stock['on_hand']} pieces on hand, {stock['reserved']} reserved; {_told(stock['moved'])}"
    )
    findings = summary["audit"]["findings"]
    counts.add_row("audit", f"[red]{len(findings)} findings[/red]" if findings else "[green]clean[/green]")
    counts.add_row("seconds", str(summary["seconds"]))
    for name, address in addresses.items():
        counts.add_row(name, address)
    parts: list[Any] = [counts, _money(summary["money"])]
    parts += [f"[red]{one['invariant']}[/red] {one['subject']}: {one['detail']}" for one in findings]
    parts += [f"[red]odd:[/red] {one}" for one in odd]
    return Panel(Group(*parts), title="Orderloom demo", expand=False)


def _money(money: dict[str, dict[str, int]]) -> Table:
    names = ("authorised", "captured", "refunded", "commission", "payable")
    table = Table("currency", *names, box=SIMPLE_HEAD)
    for column in table.columns[1:]:
        column.justify = "right"
    for currency, sums in money.items():
        digits = exponent(currency) or 0
        table.add_row(currency, *(f"{Decimal(sums[name]).scaleb(-digits):,.{digits}f}" for name in names))
    return table


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())
