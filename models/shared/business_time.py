"""Counting in working time. Pure: opening hours and days off are given as values."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

# A calendar without a working day within a year is a mistake, not a long weekend.
_LONGEST = 366
# Ten years: one weekday in the week outlasts as many days of its own as a calendar may name.
_LONGEST_CLOSED = 3_660


def add_working_time(
    start: datetime,
    amount: timedelta,
    zone: tzinfo,
    opens: time,
    closes: time,
    works_on: Callable[[date], bool],
) -> datetime:
    """The moment (UTC) when `amount` of working time has passed since `start` (UTC).

    Work is done from `opens` to `closes`, local times of `zone`, on the days for which `works_on` is true. Raises ValueError
    when a day closes before it opens, or when no working day comes within a year.
    """
    if not opens < closes:
        raise ValueError(f"a day that opens at {opens} cannot close at {closes}")
    left, day, idle = amount, start.astimezone(zone).date(), 0
    while idle < _LONGEST:
        if works_on(day):
            idle = 0
            begin = max(start, datetime.combine(day, opens, zone).astimezone(start.tzinfo))
            end = datetime.combine(day, closes, zone).astimezone(start.tzinfo)
            if begin + left <= end:
                return begin + left
            left -= max(timedelta(), end - begin)
        idle += 1
        day += timedelta(days=1)
    raise ValueError("no working day within a year")


def start_of_work(
    now: datetime, zone: tzinfo, cut_off: time | None, works_on: Callable[[date], bool]
) -> datetime:
    """The moment (UTC) when work on what came at `now` (aware) starts: now, or when the next working day begins.

    A local day takes work until the moment of `cut_off`, which is too late itself; None: until its end. Days are compared as
    moments, so an hour that a clock shows twice never lets a later order start earlier. Raises ValueError when no working day
    comes within ten years.
    """
    now = now.astimezone(UTC)
    day = now.astimezone(zone).date() - timedelta(days=1)  # a clock set back over midnight
    for _ in range(_LONGEST_CLOSED):
        ends = _moment(day, cut_off, zone) if cut_off else _moment(day + timedelta(days=1), time.min, zone)
        if now < ends and works_on(day) and _exists(day, zone):
            return max(now, _moment(day, time.min, zone))
        day += timedelta(days=1)
    raise ValueError("no working day within ten years")


def after_working_days(
    start: datetime, days: int, zone: tzinfo, works_on: Callable[[date], bool]
) -> datetime:
    """The moment (UTC) `days` working days after `start` (aware), at the same time by the local clock."""
    local = start.astimezone(zone)
    day, left, idle = local.date(), days, 0
    while left > 0:
        day, idle = day + timedelta(days=1), idle + 1
        if works_on(day) and _exists(day, zone):
            left, idle = left - 1, 0
        if idle > _LONGEST_CLOSED:
            raise ValueError("no working day within ten years")
    return _moment(day, local.time(), zone) if days > 0 else start.astimezone(UTC)


def _moment(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _exists(day: date, zone: tzinfo) -> bool:
    """Whether the zone has the day at all: Samoa left one out."""
    return _moment(day, time(12), zone).astimezone(zone).date() == day
