"""Calendars of warehouses: set by people, checked before they are written, and counted by the next order that is sourced."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from activities.allocation.seeding import StockSeeding, WarehouseSeed
from activities.allocation.warehouses import WarehouseRecords
from activities.shared.database import Database
from models.allocation.calendars import WarehouseCalendar
from models.shared.errors import NotFound, Refused
from tests.stores.test_reservations import BERLIN, asked, shop
from workers.main import build

pytestmark = pytest.mark.engine

FRIDAY = datetime(2026, 3, 6, 17, tzinfo=UTC)
WEEK = (0, 1, 2, 3, 4)
PARIS = WarehouseSeed(code="PAR", name="Paris", country="DE", latitude=52.5, longitude=13.4)


async def test_a_calendar_counts_for_the_next_order_and_without_one_nothing_changes(
    database: Database,
) -> None:
    async with shop(database, 4, A=9) as stock:
        records = WarehouseRecords(database)

        async def promised(order: int) -> datetime | None:
            return (await stock.reserve(asked(f"DE-{order}", {"A": 1}, now=FRIDAY))).promised_by

        assert await promised(0) == datetime(2026, 3, 9, 17, tzinfo=UTC)
        await records.set_calendar(
            "BER", {"time_zone": "Europe/Berlin", "weekdays": WEEK, "cut_off": "14:00"}
        )
        # Monday's beginning in Berlin, a working day of handling, two days of transit.
        assert await promised(1) == datetime(2026, 3, 11, 23, tzinfo=UTC)
        await records.set_calendar("BER", {"closed_days": (date(2026, 3, 9),)})
        assert await promised(2) == datetime(2026, 3, 12, 23, tzinfo=UTC)
        await records.drop_calendar("BER")
        assert await promised(3) == datetime(2026, 3, 9, 17, tzinfo=UTC)


async def test_at_the_same_distance_the_warehouse_that_works_sends(database: Database) -> None:
    async with shop(database, 2, A=5) as stock:
        await StockSeeding(database).put_warehouses([PARIS])
        async with database.transaction() as cursor:
            await cursor.execute(b"INSERT INTO stock_level VALUES ('A', 'PAR', 5, 0);")
            await cursor.execute(
                "INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)"
                " VALUES ('A', 'PAR', 'received', 5, 0, '', 'seed')"
            )
        first = await stock.reserve(asked("DE-0", {"A": 1}, now=FRIDAY))
        await WarehouseRecords(database).set_calendar("BER", {"weekdays": WEEK})
        second = await stock.reserve(asked("DE-1", {"A": 1}, now=FRIDAY.replace(day=7)))
        assert [one.parts[0].warehouse for one in (first, second)] == ["BER", "PAR"]


async def test_what_is_not_named_stays_and_every_fault_is_told_and_nothing_written(
    database: Database,
) -> None:
    records = WarehouseRecords(database)
    await StockSeeding(database).put_warehouses([BERLIN])
    await records.set_calendar("BER", {"time_zone": "Asia/Tokyo", "holidays_of": "JP"})
    after = await records.set_calendar("BER", {"cut_off": "12:30", "weekdays": (4, 0)})
    expected = WarehouseCalendar(time_zone="Asia/Tokyo", holidays_of="JP", cut_off="12:30", weekdays=(0, 4))
    assert after.calendar == expected
    bad = {
        "time_zone": "Asia/Osaka",
        "weekdays": (-1,),
        "cut_off": "noon",
        "holidays_of": "JPN-1",
        "closed_days": ["2026-02-30", "2026-12-24"],
    }
    with pytest.raises(Refused) as refused:
        await records.set_calendar("BER", bad)
    assert sorted((one.pointer, one.code) for one in refused.value.problems) == [
        ("/closed_days/0", "bad_calendar"),
        ("/cut_off", "bad_cut_off"),
        ("/holidays_of", "holidays_unknown"),
        ("/time_zone", "time_zone_unknown"),
        ("/weekdays", "bad_weekdays"),
    ]
    assert [one for one in refused.value.problems if not one.fix] == []
    assert [entry.calendar for entry in await records.entries()] == [expected]
    with pytest.raises(NotFound):
        await records.set_calendar("XXX", {"cut_off": "12:00"})


async def test_two_that_change_a_calendar_at_once_lose_nothing(database: Database) -> None:
    await StockSeeding(database).put_warehouses([BERLIN])
    records = WarehouseRecords(database)
    await asyncio.gather(
        *(
            records.set_calendar("BER", change)
            for change in ({"cut_off": "12:00"}, {"holidays_of": "DE"}, {"weekdays": WEEK})
        )
    )
    (entry,) = await records.entries()
    assert entry.calendar == WarehouseCalendar(cut_off="12:00", holidays_of="DE", weekdays=WEEK)


async def test_seeding_sets_a_calendar_and_one_without_keeps_what_people_set(database: Database) -> None:
    seeding, records = StockSeeding(database), WarehouseRecords(database)
    calendar = WarehouseCalendar(time_zone="Europe/Berlin", closed_days=(date(2026, 12, 24),))
    assert [
        await seeding.put_warehouses([BERLIN.model_copy(update={"calendar": calendar})]) for _ in range(2)
    ] == [1, 0]
    assert await seeding.put_warehouses([BERLIN]) == 0
    assert (await records.entries())[0].calendar == calendar
    broken = calendar.model_copy(update={"time_zone": "Nowhere"})
    with pytest.raises(Refused) as refused:
        await seeding.put_warehouses([PARIS, BERLIN.model_copy(update={"calendar": broken})])
    assert [one.pointer for one in refused.value.problems] == ["/BER/calendar/time_zone"]
    assert [entry.code for entry in await records.entries()] == ["BER"]


async def test_the_command_sets_lists_and_refuses(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await StockSeeding(database).put_warehouses([BERLIN, PARIS])
    async with database.reading() as cursor:
        await cursor.execute(
            "SELECT inet_server_port() AS port, current_database() AS name, current_user AS who"
        )
        here = await cursor.fetchone() or {}
    url = f"postgresql://{here['who']}@127.0.0.1:{here['port']}/{here['name']}"
    monkeypatch.setenv("DATABASE_URL", url)

    async def run(*words: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, build("warehouses"), ["warehouses", *words])

    words = (
        "--time-zone",
        "Europe/Berlin",
        "--weekdays",
        "mon,tue,Wed",
        "--cut-off",
        "14:00",
        "--closed",
        "2026-12-24",
    )
    told = await run("set", "BER", *words, "--holidays-of", "DE-BY", "--json")
    assert told.exit_code == 0, told.output
    calendar = json.loads(told.stdout)["calendar"]
    assert calendar == {
        "time_zone": "Europe/Berlin", "weekdays": [0, 1, 2], "cut_off": "14:00", "holidays_of": "DE-BY",
        "closed_days": ["2026-12-24"],
    }  # fmt: skip
    listed = json.loads((await run("list", "--json")).stdout)["warehouses"]
    assert [(one["code"], one["calendar"]) for one in listed] == [("BER", calendar), ("PAR", None)]
    assert "DE-BY" in (await run("list")).stdout
    refused = await run("set", "BER", "--time-zone", "Berlin", "--weekdays", "mon,someday", "--json")
    assert isinstance(refused.exception, Refused)
    assert [one.code for one in refused.exception.problems] == ["time_zone_unknown", "bad_weekdays"]
    assert (await run("set", "BER")).exit_code == 2
    assert isinstance((await run("set", "XXX", "--cut-off", "14:00")).exception, NotFound)
    assert (
        json.loads((await run("set", "BER", "--none-closed", "--json")).stdout)["calendar"]["closed_days"]
        == []
    )
    assert json.loads((await run("set", "BER", "--no-calendar", "--json")).stdout)["calendar"] is None
