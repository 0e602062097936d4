"""When a warehouse works. Values only: what they mean on a given day is looked up in steps, where calendar data is."""

from datetime import date

from pydantic import Field

from models.shared.messages import Message

# A calendar names so many days of its own at most, so that a working day always comes.
MOST_CLOSED_DAYS = 366


class WarehouseCalendar(Message):
    """The working days of a warehouse, and until when each takes orders. As it ships: every day, until midnight, UTC.

    `time_zone` is IANA's, `weekdays` count from 0 (Monday), `cut_off` is a local time (`14:00` or `14:00:30`; empty: none),
    `holidays_of` a country or its subdivision (ISO 3166: `DE`, `DE-BY`; empty: none), `closed_days` local dates.
    """

    time_zone: str = "UTC"
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    cut_off: str = ""
    holidays_of: str = ""
    closed_days: tuple[date, ...] = Field((), max_length=MOST_CLOSED_DAYS)


class WarehouseEntry(Message):
    """A warehouse and its calendar; None: it counts in days of 24 hours, and takes orders at any time."""

    code: str
    name: str
    country: str
    calendar: WarehouseCalendar | None = None
