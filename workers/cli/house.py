"""`orderloom up` and `orderloom doctor`."""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from starter.settings import Settings
from workers.cli.answers import AWAY, FINE, FOUND, complain, leave, say
from workers.cli.policy import read_document
from workers.engine.folder import default_folder
from workers.up.options import HouseOptions

if TYPE_CHECKING:
    from workers.up.house import LocalHouse

app = typer.Typer()
Home = Annotated[
    Path | None, typer.Option(help="The data folder; by default ORDERLOOM_HOME, or var/.", show_default=False)
]
KILLED = 130


@app.command()
def up(
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many worker processes.")] = 1,
    ui: Annotated[bool, typer.Option(help="Temporal's web interface.")] = True,
    home: Home = None,
    door_port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65_535, help="By default the one remembered, or a free one.", show_default=False
        ),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A policy file to activate.", show_default=False)
    ] = None,
    courier: Annotated[bool, typer.Option(help="Carriers collect and deliver by themselves.")] = True,
    courier_speed: Annotated[
        float, typer.Option(min=0.001, help="1: a parcel takes about nine seconds.")
    ] = 1.0,
    bench_hand: Annotated[bool, typer.Option(help="Somebody picks, packs and labels.")] = False,
    reviewer: Annotated[bool, typer.Option(help="Somebody decides about held orders.")] = False,
    care_clerk: Annotated[bool, typer.Option(help="Somebody settles lost parcels.")] = False,
    customers: Annotated[
        bool, typer.Option(help="Customers pay again, pay late, confirm and cancel.")
    ] = False,
    operator: Annotated[bool, typer.Option(help="Somebody tries steps again that were given up.")] = False,
    fault_rate: Annotated[
        float, typer.Option(min=0, max=1, help="How often the outside world misbehaves.")
    ] = 0.0,
    fault_seed: Annotated[int, typer.Option(help="Which of the calls it hits.")] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the addresses as one JSON object, log as JSON.")
    ] = False,
) -> None:
    """Start everything on this machine and keep it up; Ctrl-C stops it, and nothing is lost."""
    from workers.logging import set_up

    settings = Settings()
    set_up(settings.model_copy(update={"log_json": as_json or settings.log_json}), "up")
    acting = {
        "bench": bench_hand,
        "reviewer": reviewer,
        "care": care_clerk,
        "customer": customers,
        "payer": customers,
        "operator": operator,
    }
    options = HouseOptions(
        home=home or default_folder(),
        workers=workers,
        ui=ui,
        door_port=door_port,
        policy=read_document(policy) if policy else None,
        courier=courier,
        courier_speed=courier_speed,
        persons=tuple(name for name, acts in acting.items() if acts),
        fault_rate=fault_rate,
        fault_seed=fault_seed,
    )
    leave(keep_up(options, settings, as_json))


@app.command()
def doctor(
    home: Home = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Say what is there and what is missing: 0 all fine, 1 something to mend, 3 a needed service is away."""
    from workers.doctor import Health, examine

    settings = Settings().model_copy(update={"home": home or default_folder()})
    checks = asyncio.run(examine(settings))
    if as_json:
        say(True, {"checks": [vars(check) for check in checks]})
    else:
        table = Table("", "what")
        table.add_column("seen", overflow="fold")
        table.add_column("what to do", overflow="fold")
        marks = {
            Health.FINE: "[green]fine[/green]",
            Health.FOUND: "[yellow]mend[/yellow]",
            Health.AWAY: "[red]away[/red]",
        }
        for check in checks:
            table.add_row(marks[check.health], check.name, escape(check.seen), escape(check.advice))
        Console().print(table)
    worst = {check.health for check in checks}
    leave(AWAY if Health.AWAY in worst else FOUND if Health.FOUND in worst else FINE)


def keep_up(options: HouseOptions, settings: Settings, as_json: bool) -> int:
    """Start a house, tell its addresses, wait for a signal or its fall, stop it; gives the exit code."""
    from workers.up.house import LocalHouse

    house = LocalHouse(options, settings)
    stop = threading.Event()
    _heed_signals(house.kill, stop)
    house.start()
    try:
        if not stop.is_set():
            _tell(house, as_json)
        while not stop.wait(0.2) and not house.failure:
            pass
    finally:
        Console(stderr=True).print("stopping: every order goes on with the next `orderloom up`")
        house.stop()
    if house.failure:
        complain(RuntimeError(house.failure))
        return AWAY
    return FINE


def _heed_signals(kill: Callable[[], None], stop: threading.Event) -> None:
    """The first signal asks, the second kills at once."""

    def heed(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            kill()
            leave(KILLED)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, heed)


def _tell(house: "LocalHouse", as_json: bool) -> None:
    endpoints = house.endpoints
    assert endpoints is not None
    told = {
        "door": endpoints.door,
        "docs": f"{endpoints.door}/docs",
        "temporal_ui": endpoints.temporal_ui,
        "temporal_address": endpoints.temporal_address,
        "database_url": endpoints.database_url,
        "smtp_port": endpoints.smtp_port,
        "home": str(house.home),
    }
    names = {
        "door": "HTTP door",
        "docs": "API",
        "temporal_ui": "Temporal UI",
        "database_url": "PostgreSQL",
        "home": "data folder",
    }
    lines = [f"  {text:12} {told[name]}" for name, text in names.items() if told[name]]
    say(as_json, told, "Orderloom is up. Ctrl-C stops it.\n" + "\n".join(lines))
    sys.stdout.flush()
