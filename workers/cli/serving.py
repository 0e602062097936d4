"""Commands that serve until they are stopped: worker, relays, door, simulators."""

from pathlib import Path
from typing import Annotated

import typer

from starter.settings import Settings
from workers.cli.addresses import database_url, found
from workers.payments import API_KEY, WEBHOOK_SECRET, expect_payments

app = typer.Typer()
Ready = Annotated[
    Path | None,
    typer.Option("--ready-file", help="Gets this process's id once it serves.", show_default=False),
]
# What each process needs when Stripe moves the money.
_SECRETS = {"worker": API_KEY, "relays": API_KEY, "door": WEBHOOK_SECRET}
AsJson = Annotated[bool, typer.Option("--json", help="Log as JSON.")]


def prepared(process: str, as_json: bool) -> Settings:
    """The settings, with the logs set up. Raises `Unavailable` when an address is missing, `Refused` when a secret is."""
    from workers.logging import set_up

    settings = Settings()
    if process in _SECRETS:
        expect_payments(settings, _SECRETS[process])
    settings = found(settings, with_door=process == "simulators")
    if as_json:
        settings = settings.model_copy(update={"log_json": True})
    set_up(settings, process)
    return settings


@app.command()
def worker(
    relays: Annotated[bool, typer.Option(help="Also work inbox and outbox off.")] = True,
    ready_file: Ready = None,
    as_json: AsJson = False,
) -> None:
    """Run workflows and steps until stopped."""
    from workers.up.serve import serve_worker

    serve_worker(prepared("worker", as_json), relays, ready_file)


@app.command()
def relays(ready_file: Ready = None, as_json: AsJson = False) -> None:
    """Work inbox and outbox off until stopped."""
    from workers.up.serve import serve_relays

    serve_relays(prepared("relays", as_json), ready_file)


@app.command()
def door(
    host: Annotated[str | None, typer.Option(help="Listen here instead of on loopback.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="0: a free one.")] = None,
    ready_file: Ready = None,
    as_json: AsJson = False,
) -> None:
    """Serve the HTTP door until stopped."""
    from workers.up.serve import serve_door

    settings = prepared("door", as_json)
    told = {"door_host": host, "door_port": port}
    serve_door(
        settings.model_copy(update={name: value for name, value in told.items() if value is not None}),
        ready_file,
    )


@app.command()
def simulators(ready_file: Ready = None, as_json: AsJson = False) -> None:
    """Play the outside world until stopped: webhooks, the mail sink, and the persons of ORDERLOOM_PERSONS."""
    from workers.up.serve import serve_simulators

    serve_simulators(prepared("simulators", as_json), ready_file)


@app.command()
def migrate(
    simulators: Annotated[bool, typer.Option(help="Also make the simulators' schema.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Bring the database to the newest schema. Any number at once is fine."""
    import asyncio

    from workers.cli.answers import say
    from workers.migrate import migrate as bring

    url = database_url(Settings())
    revision = bring(url)
    if simulators:
        asyncio.run(_make_journals(url))
    say(as_json, {"revision": revision}, f"schema {revision}")


async def _make_journals(url: str) -> None:
    from activities.adapters.simulator.schema import create_schema
    from activities.shared.database import Database

    async with Database(url, size=1, name="orderloom-migrate") as database:
        await create_schema(database)
