"""`orderloom policy`: show, activate, list. Activating an older version number is the way back."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from starter.settings import Settings
from workers.cli.addresses import database_url
from workers.cli.answers import me, say

app = typer.Typer(no_args_is_help=True, help="Thresholds and limits, as versions of which one is active.")
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
T = TypeVar("T")


@app.command()
def show(
    version: Annotated[
        int | None, typer.Argument(help="By default the active one.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show one version, complete."""
    policy = _with_records(lambda records: records.show(version))
    say(as_json, policy.model_dump(mode="json"))


@app.command()
def activate(
    what: Annotated[
        str,
        typer.Argument(
            help="A JSON file with what differs from the policy that ships, or an older version's number."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Make a file the new version, or an older version active again. Orders keep the one they started on."""
    if what.isdecimal():
        version = _with_records(lambda records: records.activate_version(int(what)))
    else:
        document = read_document(Path(what))
        version = _with_records(lambda records: records.activate(document, me()))
    say(as_json, {"active": version}, f"version {version} is active")


@app.command(name="list")
def list_versions(as_json: AsJson = False) -> None:
    """List every version that ever was."""
    from rich.console import Console
    from rich.table import Table

    entries = _with_records(lambda records: records.entries())
    if as_json or not entries:
        told = [{**vars(entry)} for entry in entries]
        say(
            as_json,
            {"versions": told},
            "" if entries else "version 1, as it ships, is active; no other was stored",
        )
        return
    table = Table("version", "name", "active", "since", "by")
    for entry in entries:
        mark = "[green]active[/green]" if entry.active else ""
        table.add_row(
            str(entry.version), entry.name, mark, f"{entry.created_at:%Y-%m-%d %H:%M}", entry.created_by
        )
    Console().print(table)


def read_document(path: Path) -> dict[str, Any]:
    """A policy file. Raises BadParameter."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise typer.BadParameter(f"{path}: is not a JSON object")
    return document


def _with_records(ask: Callable[[Any], Awaitable[T]]) -> T:
    from activities.order.policies import PolicyRecords
    from activities.shared.database import Database

    async def asked() -> T:
        async with Database(database_url(Settings()), size=1, name="orderloom-policy") as database:
            return await ask(PolicyRecords(database))

    return asyncio.run(asked())
