"""What a warehouse's calendar means: when an order starts there, and when its goods are ready for the carrier."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from activities.shared.calendars import clock_time, days_off, holiday_faults, weekday_faults, zone_faults
from models.allocation.calendars import WarehouseCalendar
from models.shared.business_time import after_working_days, start_of_work
from models.shared.errors import Problem, Refused


def works_on(calendar: WarehouseCalendar) -> Callable[[date], bool]:
    """Which local days are working days."""
    weekdays, closed = frozenset(calendar.weekdays), frozenset(calendar.closed_days)

    def works(day: date) -> bool:
        if day.weekday() not in weekdays or day in closed:
            return False
        return not (calendar.holidays_of and day in days_off(calendar.holidays_of))

    return works


def starts_at(now: datetime, calendar: WarehouseCalendar | None) -> datetime:
    """The moment (UTC) when work on an order of `now` (aware) starts; without a calendar at once."""
    if calendar is None:
        return now.astimezone(UTC)
    return start_of_work(now, ZoneInfo(calendar.time_zone), clock_time(calendar.cut_off), works_on(calendar))


def ready_at(now: datetime, handling_days: int, calendar: WarehouseCalendar | None) -> datetime:
    """The moment (UTC) when the goods of an order of `now` (aware) are handed to the carrier.

    Handling counts working days of the warehouse; without a calendar, days of 24 hours.
    """
    start = starts_at(now, calendar)
    if calendar is None:
        return start + timedelta(days=handling_days)
    return after_working_days(start, handling_days, ZoneInfo(calendar.time_zone), works_on(calendar))


def calendar_faults(calendar: WarehouseCalendar, at: str = "") -> Iterator[Problem]:
    """Everything that is wrong with a warehouse's calendar; `at` is where it stands (a JSON pointer)."""
    yield from zone_faults(calendar.time_zone, f"{at}/time_zone")
    yield from weekday_faults(calendar.weekdays, f"{at}/weekdays")
    yield from holiday_faults(calendar.holidays_of, f"{at}/holidays_of")
    if calendar.cut_off and clock_time(calendar.cut_off) in (None, time.min):
        yield Problem(
            pointer=f"{at}/cut_off", code="bad_cut_off",
            detail=f"{calendar.cut_off!r} is no time of day after midnight",
            fix="send a local time such as 14:00 or 14:00:30, or nothing",
        )  # fmt: skip


def expect_sound(calendars: Iterable[tuple[str, WarehouseCalendar | None]]) -> None:
    """Raise `Refused` with every fault of the calendars, each given with its place."""
    problems = [
        fault for at, calendar in calendars if calendar is not None for fault in calendar_faults(calendar, at)
    ]
    if problems:
        raise Refused(problems)
