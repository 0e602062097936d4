"""Counting in working time. Pure: opening hours and days off are given as values."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo

# A calendar without a working day within a year is a mistake, not a long weekend.
_LONGEST = 366


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
