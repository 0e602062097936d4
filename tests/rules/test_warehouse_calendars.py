"""When an order starts at a warehouse and when its goods are ready: cut-offs, holidays, clocks that jump, dates that are missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.allocation.calendars import calendar_faults, ready_at, starts_at, works_on
from models.allocation.calendars import WarehouseCalendar

WORKWEEK = (0, 1, 2, 3, 4)


def of(zone: str, holidays: str = "", cut_off: str = "14:00", **more: object) -> WarehouseCalendar:
    return WarehouseCalendar.model_validate(
        {"time_zone": zone, "holidays_of": holidays, "cut_off": cut_off, "weekdays": WORKWEEK} | more
    )


BERLIN, BAVARIA = of("Europe/Berlin", "DE"), of("Europe/Berlin", "DE-BY")
PAULO, OSAKA = of("America/Sao_Paulo", "BR-SP"), of("Asia/Tokyo", "JP")
CHICAGO, LINE_ISLANDS = of("America/Chicago", "US"), of("Pacific/Kiritimati")

# Local times: when it comes, when work starts, when it is ready after one working day. A start at 00:00 is a day's beginning.
GOLDEN = [
    ("an ordinary morning", BERLIN, "2026-03-03T10:00", "2026-03-03T10:00", "2026-03-04T10:00"),
    ("the last second before the cut-off", BERLIN, "2026-03-03T13:59:59", "2026-03-03T13:59:59", "2026-03-04T13:59:59"),
    ("the cut-off itself is too late", BERLIN, "2026-03-03T14:00:00", "2026-03-04T00:00", "2026-03-05T00:00"),
    ("Friday evening", BERLIN, "2026-03-06T18:00", "2026-03-09T00:00", "2026-03-10T00:00"),
    ("Saturday morning", BERLIN, "2026-03-07T09:00", "2026-03-09T00:00", "2026-03-10T00:00"),
    ("before Easter", BERLIN, "2026-04-02T15:00", "2026-04-07T00:00", "2026-04-08T00:00"),
    ("handling over Easter", BERLIN, "2026-04-02T10:00", "2026-04-02T10:00", "2026-04-07T10:00"),
    ("Corpus Christi is none in all of Germany", BERLIN, "2026-06-04T10:00", "2026-06-04T10:00", "2026-06-05T10:00"),
    ("but in Bavaria", BAVARIA, "2026-06-04T10:00", "2026-06-05T00:00", "2026-06-08T00:00"),
    ("the clock goes forward on Sunday", BERLIN, "2026-03-27T10:00", "2026-03-27T10:00", "2026-03-30T10:00"),
    ("the clock goes back on Sunday", BERLIN, "2026-10-23T10:00", "2026-10-23T10:00", "2026-10-26T10:00"),
    ("year's end", BERLIN, "2026-12-31T16:00", "2027-01-04T00:00", "2027-01-05T00:00"),
    ("Christmas", BERLIN, "2026-12-24T15:00", "2026-12-28T00:00", "2026-12-29T00:00"),
    ("Tiradentes", PAULO, "2026-04-20T14:00", "2026-04-22T00:00", "2026-04-23T00:00"),
    ("the revolution of 1932", PAULO, "2026-07-08T15:30", "2026-07-10T00:00", "2026-07-13T00:00"),
    ("Golden Week", OSAKA, "2026-05-01T14:00", "2026-05-07T00:00", "2026-05-08T00:00"),
    ("Thanksgiving", CHICAGO, "2026-11-25T20:00", "2026-11-27T00:00", "2026-11-30T00:00"),
    ("the Fourth of July, observed on Friday", CHICAGO, "2026-07-02T14:00:00", "2026-07-06T00:00", "2026-07-07T00:00"),
    ("Monday there, Sunday in UTC", LINE_ISLANDS, "2026-03-02T09:00", "2026-03-02T09:00", "2026-03-03T09:00"),
    ("Saturday there, Friday in UTC", LINE_ISLANDS, "2026-03-07T09:00", "2026-03-09T00:00", "2026-03-10T00:00"),
]  # fmt: skip


def local(text: str, calendar: WarehouseCalendar, fold: int = 0) -> datetime:
    zone = ZoneInfo(calendar.time_zone)
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(("case", "calendar", "came", "starts", "ready"), GOLDEN, ids=[c[0] for c in GOLDEN])
def test_when_work_starts_and_when_goods_are_ready(
    case: str, calendar: WarehouseCalendar, came: str, starts: str, ready: str
) -> None:
    del case
    assert starts_at(local(came, calendar), calendar) == local(starts, calendar)
    assert ready_at(local(came, calendar), 1, calendar) == local(ready, calendar)


def test_the_east_of_the_date_line_is_a_day_ahead_of_its_west() -> None:
    now = datetime(2026, 3, 6, 23, tzinfo=UTC)  # Saturday 13:00 on Kiritimati, Friday 12:00 on Midway
    assert starts_at(now, LINE_ISLANDS) == datetime(2026, 3, 8, 10, tzinfo=UTC)
    assert starts_at(now, of("Pacific/Midway")) == now


def test_a_date_that_a_zone_left_out_is_no_working_day() -> None:
    samoa = of("Pacific/Apia", weekdays=(0, 1, 2, 3, 4, 5, 6))
    came = local("2011-12-29T15:00", samoa)  # the 30th never was
    assert starts_at(came, samoa) == local("2011-12-31T00:00", samoa)
    assert ready_at(local("2011-12-29T10:00", samoa), 1, samoa) == local("2011-12-31T10:00", samoa)


def test_a_cut_off_that_the_clock_shows_twice_counts_the_first_time() -> None:
    sunday = of("Europe/Berlin", cut_off="02:30", weekdays=(0, 6))
    before = local("2026-10-25T02:29:59", sunday)
    again = local("2026-10-25T02:10:00", sunday, fold=1)
    assert before < again
    assert starts_at(before, sunday) == before
    assert starts_at(again, sunday) == local("2026-10-26T00:00", sunday)


def test_a_cut_off_that_the_clock_leaves_out_is_the_moment_when_it_jumps() -> None:
    sunday = of("Europe/Berlin", cut_off="02:30", weekdays=(0, 6))
    assert starts_at(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), sunday).hour == 0
    assert starts_at(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), sunday) == local("2026-03-30T00:00", sunday)


def test_a_day_whose_midnight_is_missing_begins_when_the_clock_jumps() -> None:
    cairo = of("Africa/Cairo", weekdays=(4,))
    assert starts_at(local("2026-04-23T12:00", cairo), cairo) == local("2026-04-24T01:00", cairo)


def test_closed_days_of_its_own_are_no_working_days() -> None:
    stocktaking = of("Europe/Berlin", closed_days=("2026-03-09", "2026-03-10"))
    assert starts_at(local("2026-03-06T18:00", stocktaking), stocktaking) == local(
        "2026-03-11T00:00", stocktaking
    )


def test_without_a_cut_off_a_day_takes_orders_until_midnight() -> None:
    open_late = of("Europe/Berlin", cut_off="")
    late = local("2026-03-06T23:59:59", open_late)
    assert starts_at(late, open_late) == late


def test_without_a_calendar_and_with_the_plainest_one_days_have_24_hours() -> None:
    now = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    for calendar in (None, WarehouseCalendar()):
        assert (starts_at(now, calendar), ready_at(now, 2, calendar)) == (now, now + timedelta(days=2))


def test_the_fullest_calendar_still_has_a_working_day() -> None:
    monday = date(2026, 1, 5)
    days = tuple(monday + timedelta(weeks=week) for week in range(366))
    rare = of("UTC", weekdays=(0,), closed_days=days)
    assert starts_at(datetime(2026, 1, 5, 9, tzinfo=UTC), rare) == datetime(2033, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone_unknown"),
        ({"time_zone": "Europe/berlin"}, "time_zone_unknown"),
        ({"weekdays": ()}, "bad_weekdays"),
        ({"weekdays": (0, 0)}, "bad_weekdays"),
        ({"weekdays": (7,)}, "bad_weekdays"),
        ({"holidays_of": "XX"}, "holidays_unknown"),
        ({"holidays_of": "DE-QQ"}, "holidays_unknown"),
        ({"holidays_of": "JP-13"}, "holidays_unknown"),
        ({"cut_off": "25:00"}, "bad_cut_off"),
        ({"cut_off": "2pm"}, "bad_cut_off"),
        ({"cut_off": "14:00+01:00"}, "bad_cut_off"),
        ({"cut_off": "00:00"}, "bad_cut_off"),
    ],
)
def test_a_fault_is_named_where_it_stands(changes: dict[str, object], code: str) -> None:
    found = list(calendar_faults(WarehouseCalendar().model_copy(update=changes)))
    assert [(one.pointer, one.code) for one in found] == [(f"/{next(iter(changes))}", code)]
    assert found[0].fix


def test_sound_calendars_have_no_faults() -> None:
    calendars = (BERLIN, BAVARIA, PAULO, OSAKA, CHICAGO, LINE_ISLANDS, WarehouseCalendar())
    assert [fault for one in calendars for fault in calendar_faults(one)] == []


ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Tokyo", "America/Chicago", "Pacific/Kiritimati", "Pacific/Apia",
         "Africa/Cairo", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana")  # fmt: skip
CALENDARS = st.builds(
    WarehouseCalendar,
    time_zone=st.sampled_from(ZONES),
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    cut_off=st.one_of(st.just(""), st.times(time(0, 1)).map(lambda at: at.strftime("%H:%M:%S"))),
    holidays_of=st.sampled_from(("", "DE", "BR", "JP", "US")),
    closed_days=st.lists(st.dates(date(2011, 12, 1), date(2027, 12, 31)), max_size=20).map(tuple),
)
BEGIN = datetime(2011, 12, 20, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=5_855)).map(lambda passed: BEGIN + passed)


@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(), timedelta(days=9)), st.integers(0, 5))
def test_a_later_order_never_starts_or_is_ready_on_an_earlier_day(
    calendar: WarehouseCalendar, now: datetime, later: timedelta, days: int
) -> None:
    zone = ZoneInfo(calendar.time_zone)
    assert starts_at(now, calendar) <= starts_at(now + later, calendar)
    ready = [ready_at(at, days, calendar).astimezone(zone).date() for at in (now, now + later)]
    assert ready[0] <= ready[1]


@given(CALENDARS, MOMENTS)
def test_work_starts_now_or_later_on_a_working_day_before_its_cut_off(
    calendar: WarehouseCalendar, now: datetime
) -> None:
    zone, starts = ZoneInfo(calendar.time_zone), starts_at(now, calendar)
    day = starts.astimezone(zone).date()
    assert starts >= now
    assert works_on(calendar)(day)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    if calendar.cut_off:
        ends = datetime.combine(day, time.fromisoformat(calendar.cut_off), zone)
    assert starts < ends.astimezone(UTC)


@given(CALENDARS, MOMENTS, st.integers(1, 5))
def test_goods_are_ready_on_a_working_day_with_as_many_working_days_between(
    calendar: WarehouseCalendar, now: datetime, days: int
) -> None:
    zone, works = ZoneInfo(calendar.time_zone), works_on(calendar)
    first = starts_at(now, calendar).astimezone(zone).date()
    last = ready_at(now, days, calendar).astimezone(zone).date()
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    left_out = date(2011, 12, 30) if calendar.time_zone == "Pacific/Apia" else None
    assert works(last)
    assert sum(works(day) and day != left_out for day in between) == days
