"""`orderloom demo`."""

import asyncio
import shutil
import signal
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from starter.settings import Settings
from workers.cli.answers import FINE, FOUND, WRONG_USE, complain, leave, say

if TYPE_CHECKING:
    from workers.simulation.demo import DemoResult
    from workers.up.house import LocalHouse

app = typer.Typer()
KILLED = 130


@app.command()
def demo(
    orders: Annotated[int, typer.Option(min=1, max=100_000, help="How many orders.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed makes the same orders and persons.")] = 7,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many worker processes.")] = 1,
    limit_s: Annotated[
        float, typer.Option(min=1, help="How long to wait for the last order to end.")
    ] = 180.0,
    fault_rate: Annotated[
        float, typer.Option(min=0, max=1, help="How often the outside world misbehaves.")
    ] = 0.0,
    end: Annotated[bool, typer.Option("--exit", help="End after the summary instead of staying up.")] = False,
    home: Annotated[
        Path | None,
        typer.Option(help="A new data folder to keep; by default a temporary one.", show_default=False),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as one JSON object, last on stdout.")
    ] = False,
) -> None:
    """Live a month of orders in about a minute: every kind of trouble, on an engine of its own."""
    # Imported late: the other commands shall not wait for it.
    from workers.simulation.demo import house_options
    from workers.up.house import LocalHouse

    console = Console(stderr=True)
    if not console.is_terminal:
        console = Console(stderr=True, width=120)
    if home is not None and (home / "postgres").exists():
        complain(ValueError(f"{home} holds orders already: a demo needs a folder of its own"))
        leave(WRONG_USE)
    folder = home or _scratch()
    _log_to_file(folder)
    # A demo never touches a database or a Temporal that somebody works with.
    own = Settings().model_copy(update={"database_url": "", "temporal_address": "", "home": folder})
    house = LocalHouse(house_options(folder, workers, seed, fault_rate), own)
    asked_to_stop = _heed_signals(house)
    with console.status("starting PostgreSQL, Temporal, workers, door and simulators"):
        house.start()
    code, result = KILLED, None
    try:
        result = _run(house, console, orders, seed, limit_s)
        code = FINE if result.fine else FOUND
        if not end:
            if as_json:
                say(True, result.summary)
            console.print("Ctrl-C ends the demo.")
            asked_to_stop.wait()
    except KeyboardInterrupt:
        console.print("stopping")
    finally:
        house.stop()
    if end and as_json and result:
        say(True, result.summary)
    if home is None and code == FINE:
        shutil.rmtree(folder, ignore_errors=True)
    elif code != FINE:
        console.print(f"data and logs are kept in {folder}")
    leave(code)


def _scratch() -> Path:
    """A folder that a database server under another account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="orderloom-demo-"))
    folder.chmod(0o755)
    return folder


def _run(house: "LocalHouse", console: Console, orders: int, seed: int, limit_s: float) -> "DemoResult":
    from workers.simulation.board import summary_screen
    from workers.simulation.demo import Demo

    assert house.endpoints is not None
    addresses = {"Temporal UI": house.endpoints.temporal_ui, "API": f"{house.endpoints.door}/docs"}
    for name, address in addresses.items():
        console.print(f"{name}: {address}")
    result = asyncio.run(Demo(house.settings, house.endpoints.door, console, limit_s).run(orders, seed))
    console.print(summary_screen(result.summary, result.odd, addresses))
    return result


def _log_to_file(folder: Path) -> None:
    """The screen belongs to the board."""
    from workers.logging import set_up

    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    set_up(Settings(), "demo", (logs / "house.log").open("a", encoding="utf-8"))


def _heed_signals(house: "LocalHouse") -> threading.Event:
    """The first Ctrl-C ends the demo in order, the second kills."""
    asked = threading.Event()

    def heed(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            house.kill()
            leave(KILLED)
        asked.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, heed)
    return asked
