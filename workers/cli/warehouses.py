"""`orderloom warehouses`: list, and set when each works. A change counts for the next order that is sourced."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from models.allocation.calendars import WarehouseEntry
from starter.cli.printing import table
from starter.settings import Settings
from workers.cli.addresses import database_url
from workers.cli.answers import say

app = typer.Typer(no_args_is_help=True, help="Warehouses: when each works, and until when it takes orders.")
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
T = TypeVar("T")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@app.command(name="list")
def list_warehouses(as_json: AsJson = False) -> None:
    """Every warehouse with its calendar, and when an order of this moment would start there."""
    entries = _with_records(lambda records: records.entries())
    if as_json:
        say(True, {"warehouses": [_told(entry) for entry in entries]})
        return
    columns = ("warehouse", "name", "time zone", "works", "cut-off", "holidays of", "closed", "starts now at")
    table(columns, [(entry.code, entry.name, *_cells(entry)) for entry in entries])


@app.command(name="set")
def set_calendar(
    code: Annotated[str, typer.Argument(help="The warehouse's code.")],
    time_zone: Annotated[
        str | None, typer.Option(help="Whose clock it follows, such as Europe/Berlin.", show_default=False)
    ] = None,
    weekdays: Annotated[
        str | None, typer.Option(help="On which days it works, such as mon,tue,wed.", show_default=False)
    ] = None,
    cut_off: Annotated[
        str | None,
        typer.Option(
            help="Until when it takes orders, such as 14:00; empty: until midnight.", show_default=False
        ),
    ] = None,
    holidays_of: Annotated[
        str | None,
        typer.Option(
            help="Whose public holidays it keeps, such as DE or DE-BY; empty: nobody's.", show_default=False
        ),
    ] = None,
    closed: Annotated[
        list[str] | None,
        typer.Option(
            help="A day on which it is closed, such as 2026-12-24; as often as needed, all of them anew.",
            show_default=False,
        ),
    ] = None,
    none_closed: Annotated[
        bool, typer.Option("--none-closed", help="It has no closed days of its own.")
    ] = False,
    no_calendar: Annotated[
        bool, typer.Option("--no-calendar", help="It works every day around the clock, as at first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Set when a warehouse works; what is not named stays as it is."""
    if no_calendar:
        entry = _with_records(lambda records: records.drop_calendar(code))
    else:
        changes = _changes(time_zone, weekdays, cut_off, holidays_of, [] if none_closed else closed)
        entry = _with_records(lambda records: records.set_calendar(code, changes))
    say(as_json, _told(entry), f"{code}: an order of now starts at {_start(entry):%Y-%m-%d %H:%M}Z")


def _changes(
    time_zone: str | None,
    weekdays: str | None,
    cut_off: str | None,
    holidays_of: str | None,
    closed: list[str] | None,
) -> dict[str, Any]:
    """What was named, as it was given: the store tells every fault at once."""
    days = None if weekdays is None else tuple(map(_weekday, weekdays.split(",")))
    given = {
        "time_zone": time_zone,
        "weekdays": days,
        "cut_off": cut_off,
        "holidays_of": holidays_of,
        "closed_days": closed,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise typer.BadParameter("nothing to set: name an option")
    return changes


def _weekday(name: str) -> int:
    """0 is Monday; -1 is no day of the week."""
    known = name.strip().lower()
    return DAYS.index(known) if known in DAYS else -1


def _told(entry: WarehouseEntry) -> dict[str, Any]:
    return entry.model_dump(mode="json") | {"starts_at": _start(entry).isoformat()}


def _start(entry: WarehouseEntry) -> datetime:
    from activities.allocation.calendars import starts_at

    return starts_at(datetime.now(UTC), entry.calendar)


def _cells(entry: WarehouseEntry) -> tuple[str, ...]:
    one = entry.calendar
    if one is None:
        return "", "always", "", "", "", f"{_start(entry):%Y-%m-%d %H:%M}Z"
    works = ",".join(DAYS[day] for day in one.weekdays)
    closed = ", ".join(day.isoformat() for day in one.closed_days)
    return one.time_zone, works, one.cut_off, one.holidays_of, closed, f"{_start(entry):%Y-%m-%d %H:%M}Z"


def _with_records(ask: Callable[[Any], Awaitable[T]]) -> T:
    from activities.allocation.warehouses import WarehouseRecords
    from activities.shared.database import Database

    async def asked() -> T:
        async with Database(database_url(Settings()), size=1, name="orderloom-warehouses") as database:
            return await ask(WarehouseRecords(database))

    return asyncio.run(asked())
