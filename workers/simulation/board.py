"""The demo's screens: the live board of stages and waits, and the summary."""

from decimal import Decimal
from typing import Any

from rich.console import Group
from rich.panel import Panel
from rich.table import Table

from models.order.states import Stage
from models.order.waits import WAITS, WaitingFor
from models.shared.money import exponent


def live_board(board: dict[str, dict[str, int]], sent: int, seconds: float) -> Table:
    """Open orders by stage with what they wait for, and how the others ended."""
    ended = sum(board["outcomes"].values())
    table = Table(title=f"{seconds:5.1f} s · {sent} handed in · {ended} ended", min_width=64)
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


def one_line(board: dict[str, dict[str, int]], seconds: float) -> str:
    """The board where nothing can be redrawn."""
    waits = ", ".join(f"{number} {name}" for name, number in board["waiting"].items())
    return f"{seconds:5.1f} s  ended {sum(board['outcomes'].values())}  open: {waits or 'none'}"


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
    names = ("ordered", "authorised", "captured", "refunded", "commission", "payable")
    table = Table("currency", *names)
    for column in table.columns[1:]:
        column.justify = "right"
    for currency, sums in money.items():
        digits = exponent(currency) or 0
        table.add_row(currency, *(f"{Decimal(sums[name]).scaleb(-digits):,.{digits}f}" for name in names))
    return table


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())
