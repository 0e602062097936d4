"""Business calendars: whose holidays, which zone. Read in steps, never in workflow code: calendar data changes."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from models.order.policy import BusinessHours
from models.shared.business_time import add_working_time


@lru_cache(maxsize=64)
def _days_off(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def working_time_from(start: datetime, hours: float, calendar: BusinessHours) -> datetime:
    """The moment (UTC) when so many working hours have passed since `start` (UTC)."""

    def works_on(day: date) -> bool:
        return day.weekday() in calendar.weekdays and not (
            calendar.holidays_of and day in _days_off(calendar.holidays_of)
        )

    return add_working_time(
        start.astimezone(UTC),
        timedelta(hours=hours),
        ZoneInfo(calendar.time_zone),
        time.fromisoformat(calendar.opens),
        time.fromisoformat(calendar.closes),
        works_on,
    )
