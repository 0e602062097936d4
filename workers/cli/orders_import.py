"""`orderloom import orders`: files full of orders."""

import asyncio
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from models.intake.bulk import Format
from models.shared.errors import Conflict, Refused, Unavailable
from starter.bulk.importing import OnError
from starter.settings import Settings
from workers.cli.addresses import found
from workers.cli.answers import AWAY, FINE, FOUND, WRONG_USE, complain, say
from workers.cli.import_shown import Shown, text_of

if TYPE_CHECKING:
    from starter.bulk.files import Source
    from starter.bulk.report import FaultFile, Outcome

INTERRUPTED = 130
_CODES = {"done": FINE, "refused": FOUND, "stopped": INTERRUPTED, "away": AWAY, "changed": WRONG_USE}


def import_orders(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Orders as CSV or as JSON lines.")],
    form: Annotated[
        Format | None, typer.Option("--format", help="Else told by the file's name.", show_default=False)
    ] = None,
    on_error: Annotated[
        OnError,
        typer.Option(help="With broken orders: skip them, or stop: nothing goes in, or make them tasks."),
    ] = OnError.SKIP,
    channel: Annotated[str, typer.Option(help="Where orders come from that do not say so.")] = "",
    report: Annotated[
        Path | None, typer.Option(help="Write every fault there, as JSON lines.", show_default=False)
    ] = None,
    door: Annotated[str, typer.Option(help="The HTTP door's URL, else that of the running house.")] = "",
    at_once: Annotated[int, typer.Option(min=1, max=200, help="How many orders are under way.")] = 8,
    patience: Annotated[float, typer.Option(min=0, help="How many seconds the door may be away.")] = 120.0,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Hand a file's orders in: 0 all are in, 1 some are broken or to be mended, 2 wrong use, 3 the door is away.

    Broken orders are told by row, field, code and fix. Again: what is in is skipped, nothing is doubled.
    """
    from starter.bulk.files import open_source
    from starter.bulk.report import FaultFile

    try:
        source = open_source(file, form, channel)
        if report and report.resolve() == file.resolve():
            raise typer.BadParameter("--report would overwrite FILE")
        with FaultFile(report) as faults:
            began = time.monotonic()
            outcome = asyncio.run(_run(source, _door_at(door), faults, on_error, at_once, patience))
    except Refused as error:
        for problem in error.problems:
            line = f"[red]{escape(str(file))}:[/red] {escape(problem.detail)}: {escape(problem.fix)}"
            Console(stderr=True).print(line, highlight=False, soft_wrap=True)
        raise typer.Exit(WRONG_USE) from None
    except (Conflict, OSError) as error:
        complain(error)
        raise typer.Exit(WRONG_USE) from None
    document = {
        "file": str(file),
        "sha256": source.sha256,
        "format": source.format.value,
        **outcome.document(),
    }
    seconds = time.monotonic() - began
    say(as_json, document | {"seconds": round(seconds, 1)}, text_of(outcome, seconds, report))
    code = _CODES[outcome.ended]
    left = outcome.counts.broken + outcome.counts.tasks
    raise typer.Exit(FOUND if code == FINE and left else code)


async def _run(
    source: "Source", door_url: str, faults: "FaultFile", on_error: OnError, at_once: int, patience_s: float
) -> "Outcome":
    import httpx

    from starter.bulk.door import BulkDoor
    from starter.bulk.importing import Import
    from starter.bulk.journal import Journal

    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    loop = asyncio.get_running_loop()
    with (
        Journal(source, door_url, datetime.now(UTC)) as journal,
        Shown(Console(stderr=True), source) as shown,
    ):
        async with httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as client:
            door = BulkDoor(client, door_url, patience_s)
            await door.expect()

            def stop() -> None:
                # The second time it ends at once.
                loop.remove_signal_handler(signal.SIGINT)
                door.stop()

            loop.add_signal_handler(signal.SIGINT, stop)
            try:
                return await Import(source, door, journal, faults, shown.told, at_once).run(on_error)
            finally:
                loop.remove_signal_handler(signal.SIGINT)


def _door_at(url: str) -> str:
    if url:
        if not url.startswith(("http://", "https://")):
            raise typer.BadParameter(f"--door is a URL such as http://127.0.0.1:8000, not {url!r}")
        return url
    try:
        here = found(Settings(), with_door=True)
    except Unavailable:
        here = Settings()
    if not here.door_port:
        raise Unavailable("no door is known: name it with --door, or start `orderloom up`")
    return f"http://{here.door_host}:{here.door_port}"
