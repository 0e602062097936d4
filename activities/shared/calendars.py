"""Business calendars: whose holidays, which zone. Read in steps, never in workflow code: calendar data changes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

import holidays

from models.order.policy import BusinessHours
from models.shared.business_time import add_working_time
from models.shared.errors import Problem


@lru_cache(maxsize=64)
def days_off(of: str) -> holidays.HolidayBase:
    """The public holidays of a country or of a subdivision (`DE`, `DE-BY`)."""
    country, _, part = of.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)


def working_time_from(start: datetime, hours: float, calendar: BusinessHours) -> datetime:
    """The moment (UTC) when so many working hours have passed since `start` (UTC)."""

    def works_on(day: date) -> bool:
        return day.weekday() in calendar.weekdays and not (
            calendar.holidays_of and day in days_off(calendar.holidays_of)
        )

    return add_working_time(
        start.astimezone(UTC),
        timedelta(hours=hours),
        ZoneInfo(calendar.time_zone),
        time.fromisoformat(calendar.opens),
        time.fromisoformat(calendar.closes),
        works_on,
    )


def clock_time(text: str) -> time | None:
    """A local time of day, `14:00` or `14:00:30`; None when it is none."""
    if len(text) not in (5, 8) or text[2] != ":":
        return None
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None else None


def zone_faults(name: str, at: str) -> Iterator[Problem]:
    """What is wrong with a time zone's name."""
    if name not in _zones():
        yield Problem(
            pointer=at, code="time_zone_unknown", detail=f"{name!r} is no time zone of IANA's",
            fix="send a name such as Europe/Berlin or UTC",
        )  # fmt: skip


def weekday_faults(weekdays: Sequence[object], at: str) -> Iterator[Problem]:
    """What is wrong with a week's working days."""
    sound = all(type(day) is int and 0 <= day <= 6 for day in weekdays)
    if not sound or not weekdays or len(set(weekdays)) != len(weekdays):
        yield Problem(
            pointer=at, code="bad_weekdays", detail="are not one or more different days from 0 to 6",
            fix="send the days of the week with work, each once: 0 is Monday, 6 Sunday; mon to sun in commands",
        )  # fmt: skip


def holiday_faults(of: str, at: str) -> Iterator[Problem]:
    """What is wrong with whose holidays are kept; empty: nobody's."""
    country, dash, part = of.partition("-")
    parts = _supported().get(country)
    if not of or (parts is not None and (part in parts if dash else True)):
        return
    known = f"known parts of {country}: {', '.join(sorted(parts)) or 'none'}" if parts is not None else ""
    yield Problem(
        pointer=at, code="holidays_unknown", detail=f"no public holidays are known of {of!r}",
        fix=known or "send a country of ISO 3166 such as DE, with a subdivision as in DE-BY, or nothing",
    )  # fmt: skip


def hours_faults(hours: BusinessHours, at: str) -> Iterator[Problem]:
    """Everything that is wrong with working hours; `at` is where they stand (a JSON pointer)."""
    yield from zone_faults(hours.time_zone, f"{at}/time_zone")
    yield from weekday_faults(hours.weekdays, f"{at}/weekdays")
    yield from holiday_faults(hours.holidays_of, f"{at}/holidays_of")
    opens, closes = clock_time(hours.opens), clock_time(hours.closes)
    for name, told, found in (("opens", hours.opens, opens), ("closes", hours.closes, closes)):
        if found is None:
            yield Problem(
                pointer=f"{at}/{name}", code="bad_clock_time", detail=f"{told!r} is no time of day",
                fix="send a local time such as 09:00",
            )  # fmt: skip
    if opens is not None and closes is not None and not opens < closes:
        yield Problem(
            pointer=f"{at}/closes", code="closes_too_early", detail=f"a day that opens at {hours.opens} cannot close at {hours.closes}",
            fix="close after opening, on the same day",
        )  # fmt: skip


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _supported() -> dict[str, list[str]]:
    """Countries whose holidays are known, with the subdivisions that have holidays of their own."""
    return dict(holidays.list_supported_countries())
