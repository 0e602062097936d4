"""Orders go in through the door once each, whatever is broken, busy, stopped or killed."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
import pytest

from models.shared.errors import Conflict, Refused
from models.shared.ids import order_number_for
from starter.bulk.door import BulkDoor, retry_after_s
from starter.bulk.files import open_source
from starter.bulk.importing import OnError
from starter.bulk.journal import Journal, journal_of
from tests.bulk.made import House, Killed, body, jsonl, killed_after, places
from tests.rules.order_bodies import read


def house_of(folder: Path, *bodies: object, name: str = "orders.jsonl") -> House:
    file = folder / name
    file.write_bytes(jsonl(*bodies))
    return House(file)


def numbers(*source_ids: str) -> list[str]:
    return sorted(order_number_for("DE", "web", one) for one in source_ids)


SOURCES = tuple(f"S-{nth}" for nth in range(40))
MANY = [body(one) for one in SOURCES]


def busy(times: int, **headers: str) -> httpx.Response:
    return httpx.Response(503, headers=headers, json={"code": "unavailable", "times": times})


async def test_broken_orders_are_told_and_the_rest_goes_in(tmp_path: Path) -> None:
    house = house_of(
        tmp_path, body("S-1"), body("S-2", total_minor=1, currency="XXQ"), b"{", body("S-3"), body("S-1")
    )
    report = tmp_path / "faults.jsonl"
    outcome = await house.run(report=report)
    assert (outcome.ended, outcome.counts.new, outcome.counts.broken) == ("done", 2, 2)
    assert (outcome.counts.orders, outcome.counts.repeated, outcome.counts.there) == (5, 1, 0)
    assert places(outcome.faults) == [
        (2, "/currency", "", "currency_unknown"), (2, "/total_minor", "", "total_mismatch"), (3, "", "", "not_json"),
    ]  # fmt: skip
    assert sorted(house.taken) == numbers("S-1", "S-3")
    written = [orjson.loads(line) for line in report.read_bytes().splitlines()]
    assert written == [one.model_dump() for one in outcome.faults]


async def test_with_stop_nothing_goes_in_when_one_order_is_broken(tmp_path: Path) -> None:
    house = house_of(tmp_path, *MANY, body("S-bad", total_minor=1))
    outcome = await house.run(OnError.STOP)
    assert (outcome.ended, outcome.counts.broken, outcome.counts.checked) == ("refused", 1, 40)
    assert (house.taken, "/orders" in house.asked) == ([], False)
    house.file.write_bytes(jsonl(*MANY))
    outcome = await house.run(OnError.STOP)
    assert (outcome.ended, outcome.counts.new, outcome.counts.checked) == ("done", 40, 0)
    assert sorted(house.taken) == numbers(*SOURCES)


async def test_with_stop_an_order_that_another_body_stands_for_stops_everything(tmp_path: Path) -> None:
    house = house_of(tmp_path, body("S-1"))
    await house.run()
    house.file.write_bytes(jsonl(body("S-2"), body("S-1", locale="de")))
    outcome = await house.run(OnError.STOP)
    assert (outcome.ended, places(outcome.faults)) == ("refused", [(2, "/source_id", "", "key_reused")])
    assert house.taken == numbers("S-1")


async def test_a_second_run_changes_nothing_with_or_without_its_journal(tmp_path: Path) -> None:
    house = house_of(tmp_path, *MANY)
    assert (await house.run()).counts.new == 40
    again = await house.run()
    assert (again.counts.new, again.counts.there, again.notes) == (0, 40, [])
    assert len(house.taken) == 40
    journal_of(house.file).unlink()
    without = await house.run()
    assert (without.counts.new, without.counts.there) == (0, 40)
    assert set(Counter(house.taken).values()) == {2}  # said twice, which changes nothing
    assert len(house.door.desk.orders) == 40


@pytest.mark.parametrize("takes", [0, 1, 17, 39])
async def test_a_run_that_is_killed_and_begun_again_loses_and_doubles_nothing(
    tmp_path: Path, takes: int
) -> None:
    house = house_of(tmp_path, *MANY)
    with killed_after(takes, house), pytest.raises(BaseExceptionGroup) as killed:
        await house.run()
    assert killed.value.subgroup(Killed) is not None
    with journal_of(house.file).open("ab") as journal:
        journal.write(b'{"done": "0123')  # the end of a line that was cut
    before = len(house.taken)
    outcome = await house.run()
    assert sorted(house.door.desk.orders) == numbers(*SOURCES)
    assert outcome.counts.new + outcome.counts.there == 40
    assert outcome.counts.there == before  # what the first run handed in, answered or not
    third = await house.run()
    assert (third.counts.new, third.counts.there) == (0, 40)


async def test_a_mended_file_keeps_what_is_done(tmp_path: Path) -> None:
    house = house_of(tmp_path, body("S-1"), body("S-2", total_minor=1))
    await house.run()
    house.file.write_bytes(jsonl(body("S-0"), body("S-1"), body("S-2")))
    outcome = await house.run()
    assert (outcome.counts.new, outcome.counts.there, outcome.counts.broken) == (2, 1, 0)
    assert outcome.notes == ["the file changed since its last import; 1 orders are known from then"]
    assert sorted(house.taken) == numbers("S-0", "S-1", "S-2")


async def test_a_journal_of_another_house_is_set_aside(tmp_path: Path) -> None:
    house = house_of(tmp_path, *MANY)
    await house.run()
    empty = House(house.file)
    outcome = await empty.run()
    assert (outcome.counts.new, outcome.counts.there) == (40, 0)
    assert outcome.notes == ["the door does not know what the journal says is in: the journal was set aside"]
    assert sorted(empty.taken) == numbers(*SOURCES)


async def test_a_door_that_is_busy_is_asked_again_when_it_says(tmp_path: Path) -> None:
    house, seen = house_of(tmp_path, *MANY), Counter[bytes]()

    def before(request: httpx.Request) -> httpx.Response | None:
        seen[request.url.raw_path + request.content] += 1
        times = seen[request.url.raw_path + request.content]
        return busy(times, **{"Retry-After": "0"}) if times < 4 else None

    house.before = before
    outcome = await house.run()
    assert (outcome.ended, outcome.counts.new, outcome.counts.repeats) == ("done", 40, 40 * 2 * 3)
    assert sorted(house.taken) == numbers(*SOURCES)


async def test_an_answer_that_is_lost_is_asked_for_again(tmp_path: Path) -> None:
    house, lost = house_of(tmp_path, body("S-1")), list[httpx.Request]()

    def before(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/orders" and not lost:
            lost.append(request)
            order = read(body("S-1"))
            house.door.desk.orders[order.order_number] = order.fingerprint  # it was taken, and nobody heard
            raise httpx.ReadTimeout("no answer")
        return None

    house.before = before
    outcome = await house.run()
    assert (outcome.counts.new, outcome.counts.repeats) == (1, 1)


async def test_a_door_that_stays_away_ends_the_run_and_the_next_goes_on(tmp_path: Path) -> None:
    house = house_of(tmp_path, *MANY)
    house.before = lambda _: busy(1, **{"Retry-After": "0"}) if len(house.taken) >= 20 else None
    outcome = await house.run(patience_s=0.05)
    assert (outcome.ended, outcome.why) == ("away", "the door at http://door.example is away: 503")
    assert outcome.counts.new == len(house.taken)
    house.before = lambda _: None
    second = await house.run()
    assert (second.counts.new + second.counts.there, second.ended) == (40, "done")
    assert sorted(house.taken) == numbers(*SOURCES)


async def test_a_stopped_run_ends_with_its_counts_and_the_next_goes_on(tmp_path: Path) -> None:
    house, doors = house_of(tmp_path, *MANY), list[BulkDoor]()
    house.before = lambda _: doors[0].stop() if len(house.taken) == 15 else None
    outcome = await house.run(began=doors.append)
    assert outcome.ended == "stopped"
    assert outcome.counts.new == len(house.taken)
    assert len(house.taken) < 40
    house.before = lambda _: None
    second = await house.run()
    assert (second.ended, second.counts.there) == ("done", outcome.counts.new)
    assert sorted(house.taken) == numbers(*SOURCES)


async def test_a_stopped_run_does_not_wait_for_a_busy_door(tmp_path: Path) -> None:
    house, doors = house_of(tmp_path, *MANY), list[BulkDoor]()

    def before(_: httpx.Request) -> httpx.Response:
        if len(house.asked) == 8:
            doors[0].stop()
        return busy(1, **{"Retry-After": "60"})

    house.before = before
    began = time.monotonic()
    outcome = await house.run(began=doors.append, patience_s=60)
    assert time.monotonic() - began < 20
    assert (outcome.ended, outcome.counts.new, house.taken) == ("stopped", 0, [])


async def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path) -> None:
    house = house_of(tmp_path, *MANY)
    source = open_source(house.file, None)
    house.file.write_bytes(jsonl(*MANY, body("S-more")))
    with pytest.raises(Refused, match="the file changed while it was read"):
        list(source.records())


async def test_two_runs_over_one_file_do_not_meet(tmp_path: Path) -> None:
    house = house_of(tmp_path, body("S-1"))
    source = open_source(house.file, None)
    with Journal(source, "", datetime.now(UTC)), pytest.raises(Conflict, match="another import"):
        await house.run()
    assert house.asked == []


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("3", 3.0), ("", None), ("soon", None), ("Sun, 01 Mar 2026 12:00:05 GMT", 5.0), ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0)],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(told: str, seconds: float | None) -> None:
    answer = httpx.Response(503, headers={"Retry-After": told})
    assert retry_after_s(answer, lambda: datetime(2026, 3, 1, 12, tzinfo=UTC)) == seconds
