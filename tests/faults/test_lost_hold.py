"""A worker dies with stock reserved in a workflow task that nobody finished, and before the next one a line is put on hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.faults.test_lost_task import SEED, patient, until
from tests.rules.order_bodies import good_body
from workers.up.house import LocalHouse
from workers.up.options import HouseOptions

pytestmark = [pytest.mark.engine, pytest.mark.fault, pytest.mark.slow]

_LINE = good_body()["lines"][0]
# Two lines of the same goods, which lie in one warehouse.
BODY = good_body() | {
    "lines": [_LINE, _LINE | {"quantity": 1}],
    "total_minor": 3290 + 1790,
    "payment": {"method": "card", "token": "tok_ok", "amount_minor": 3290 + 1790},
}


@pytest.fixture
def crash_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "crashes"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def house(tmp_path: Path, crash_folder: Path) -> Iterator[LocalHouse]:
    plan = {"ORDERLOOM_CRASH_PLAN": f"{crash_folder}:reserve_stock:after"}
    home = tmp_path / "home"
    with LocalHouse(HouseOptions(home=home, ui=False, courier=False, environment=plan)) as house:
        with psycopg.connect(house.settings.database_url) as connection:
            connection.execute(SEED)
        yield house


def test_a_hold_after_a_lost_task_holds_what_that_task_reserved_and_nothing_is_reserved_twice(
    house: LocalHouse, crash_folder: Path
) -> None:
    assert house.endpoints is not None
    with httpx.Client(base_url=house.endpoints.door, timeout=30, trust_env=False) as door:
        taken = door.post("/orders", json=BODY)
        assert taken.status_code == 201, taken.text
        number = taken.json()["order_number"]
        until(lambda: bool(list(crash_folder.iterdir())))
        # The order's next workflow task starts when the lost one times out: the hold is there before.
        held = {"by": "ana", "request_id": "h-1", "lines": [2]}
        patient(lambda: door.post(f"/orders/{number}/hold", json=held))
        until(lambda: door.get(f"/orders/{number}").json()["order"]["waiting_for"] == "release")
        (task,) = door.get("/bench/tasks").json()
        assert [line["line_no"] for line in task["lines"]] == [1, 2]  # reserved together before the hold came
        work = {"by": "bo", "steps": ["pick", "check", "pack", "label"]}
        refused = door.post(f"/bench/parcels/{number}-P1/steps", json=work)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_now")
        assert levels(door) == (9, 3)
        assert door.post(f"/orders/{number}/release", json={"by": "ana", "lines": [2]}).status_code == 200
        until(lambda: door.get(f"/orders/{number}").json()["order"]["waiting_for"] == "bench")
        assert door.post(f"/bench/parcels/{number}-P1/steps", json=work).json()["done"] is True
        assert levels(door) == (9, 3)
    with psycopg.connect(house.settings.database_url) as connection:
        query = (
            "SELECT line_no, sum(quantity)::int FROM reservation WHERE state = 'open' GROUP BY 1 ORDER BY 1"
        )
        assert connection.execute(query).fetchall() == [(1, 2), (2, 1)]


def levels(door: httpx.Client) -> tuple[int, int]:
    """On hand and reserved of the one SKU."""
    (level,) = door.get("/stock/MUG-1").json()["levels"]
    return level["on_hand"], level["reserved"]
