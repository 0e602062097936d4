"""Warehouses and their calendars, for people who run them. A change counts for the next order that is sourced."""

from typing import Any

from psycopg.types.json import Jsonb
from pydantic import ValidationError

from activities.allocation.calendars import calendar_faults
from activities.allocation.candidates import calendar_of
from activities.shared.database import Cursor, Database, Row
from models.allocation.calendars import WarehouseCalendar, WarehouseEntry
from models.shared.errors import NotFound, Problem, Refused

_LIST = "SELECT code, name, country, calendar FROM warehouse ORDER BY code"
_LOCK = "SELECT code, name, country, calendar FROM warehouse WHERE code = %s FOR UPDATE"
_SET = "UPDATE warehouse SET calendar = %s WHERE code = %s"


class WarehouseRecords:
    """Reads warehouses and sets their calendars. Every method raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self) -> list[WarehouseEntry]:
        """Every warehouse, by its code."""
        async with self._database.reading() as cursor:
            await cursor.execute(_LIST)
            return [_entry(row) for row in await cursor.fetchall()]

    async def set_calendar(self, code: str, changes: dict[str, Any]) -> WarehouseEntry:
        """Change the named fields of a warehouse's calendar; what was never set is as a calendar ships.

        Raises `NotFound`, and `Refused` with every fault; then nothing changed.
        """
        async with self._database.transaction() as cursor:
            entry = await self._locked(cursor, code)
            calendar = _changed(entry.calendar or WarehouseCalendar(), changes)
            await cursor.execute(_SET, (Jsonb(calendar.model_dump(mode="json")), code))
            return entry.model_copy(update={"calendar": calendar})

    async def drop_calendar(self, code: str) -> WarehouseEntry:
        """Let a warehouse count in days of 24 hours again. Raises `NotFound`."""
        async with self._database.transaction() as cursor:
            entry = await self._locked(cursor, code)
            await cursor.execute(_SET, (None, code))
            return entry.model_copy(update={"calendar": None})

    async def _locked(self, cursor: Cursor, code: str) -> WarehouseEntry:
        await cursor.execute(_LOCK, (code,))
        row = await cursor.fetchone()
        if row is None:
            raise NotFound(f"there is no warehouse {code}")
        return _entry(row)


def _changed(calendar: WarehouseCalendar, changes: dict[str, Any]) -> WarehouseCalendar:
    before, problems = calendar.model_dump(), []
    try:
        after = WarehouseCalendar.model_validate(before | changes)
    except ValidationError as error:
        unread = {str(fault["loc"][0]) for fault in error.errors()}
        problems = [
            Problem(
                pointer="".join(f"/{step}" for step in fault["loc"]), code="bad_calendar", detail=fault["msg"],
                fix="send days such as 2026-12-24, 366 at most" if fault["loc"][0] == "closed_days" else "",
            )
            for fault in error.errors()
        ]  # fmt: skip
        read = {name: value for name, value in changes.items() if name not in unread}
        after = WarehouseCalendar.model_validate(before | read)
    problems += calendar_faults(after)
    if problems:
        raise Refused(problems)
    days = tuple(sorted(set(after.closed_days)))
    return after.model_copy(update={"closed_days": days, "weekdays": tuple(sorted(after.weekdays))})


def _entry(row: Row) -> WarehouseEntry:
    return WarehouseEntry(
        code=row["code"], name=row["name"], country=row["country"], calendar=calendar_of(row["calendar"])
    )
