"""How commands show what they found: tables for people, JSON for programs."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from models.order.holds import told
from models.order.messages import Answer
from models.preparation.messages import BenchAnswer
from models.shared.messages import Message

REFUSED = 1
PIPE_WIDTH = 160

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str, typer.Option("--by", envvar="ORDERLOOM_BY", help="Who says so.")]
Why = Annotated[str, typer.Option("--why", help="Why, for the order's history.")]
RequestId = Annotated[str, typer.Option("--request-id", help="Makes a repeat of this command harmless.")]


def as_json(found: Message | Sequence[Message]) -> None:
    """One value, or a list of values."""
    if isinstance(found, Message):
        typer.echo(found.model_dump_json())
    else:
        typer.echo(orjson.dumps([one.model_dump(mode="json") for one in found]).decode())


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Rows for people. The first column is what one copies, so it is never cut."""
    drawn = Table(title=title or None, title_justify="left")
    for nth, name in enumerate(columns):
        drawn.add_column(name, no_wrap=nth == 0)
    for row in rows:
        drawn.add_row(*(escape(_shown(cell)) for cell in row))
    # A pipe has no width of its own.
    Console(width=None if sys.stdout.isatty() else PIPE_WIDTH).print(drawn)


def line(text: str) -> None:
    """One line of text."""
    Console().print(escape(text), highlight=False, soft_wrap=True)


def answered(answer: Answer | BenchAnswer, json: bool) -> None:
    """What a decision led to; ends with exit code 1 when it could not be obeyed."""
    if json:
        as_json(answer)
    else:
        line(answer.said)
        if isinstance(answer, Answer):
            holds = f", held: {told(answer.open_holds)}" if answer.open_holds else ""
            line(f"{answer.state}, waits for {answer.waiting_for or 'nothing'}{holds}")
        elif answer.tracking_number:
            line(f"{answer.tracking_number}\n{answer.label}")
    if not answer.done:
        raise typer.Exit(REFUSED)


def _shown(cell: object) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, tuple | list):
        return ", ".join(map(str, cell))
    return "" if cell is None else str(cell)
