"""A worker dies with steps done in a workflow task that nobody finished, and before the next one the order changes its course."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.rules.order_bodies import good_body
from workers.up.house import LocalHouse
from workers.up.options import HouseOptions

pytestmark = [pytest.mark.engine, pytest.mark.fault, pytest.mark.slow]

SEED = """
INSERT INTO warehouse VALUES ('BER', 'Berlin', 'DE', 52.5, 13.4);
INSERT INTO product (sku, title, merchant_id, category, weight_g, special_goods, list_currency)
    VALUES ('MUG-1', 'Mug', 'm-kiln', '', 350, false, '');
INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)
    VALUES ('MUG-1', 'BER', 'received', 9, 0, '', 'seed');
INSERT INTO stock_level VALUES ('MUG-1', 'BER', 9, 0)"""

# One line that no rule stops.
BODY = (
    good_body()
    | {"lines": good_body()["lines"][:1], "total_minor": 3290}
    | {"payment": {"method": "card", "token": "tok_ok", "amount_minor": 3290}}
)


@pytest.fixture
def crash_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "crashes"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def house(tmp_path: Path, crash_folder: Path) -> Iterator[LocalHouse]:
    plan = {"ORDERLOOM_CRASH_PLAN": f"{crash_folder}:open_parcels:after"}
    home = tmp_path / "home"
    with LocalHouse(HouseOptions(home=home, ui=False, courier=False, environment=plan)) as house:
        with psycopg.connect(house.settings.database_url) as connection:
            connection.execute(SEED)
        yield house


def test_a_cancel_after_a_lost_task_releases_what_that_task_reserved(
    house: LocalHouse, crash_folder: Path
) -> None:
    assert house.endpoints is not None
    with httpx.Client(base_url=house.endpoints.door, timeout=30, trust_env=False) as door:
        taken = door.post("/orders", json=BODY)
        assert taken.status_code == 201, taken.text
        number = taken.json()["order_number"]
        until(lambda: bool(list(crash_folder.iterdir())))
        # The order's next workflow task starts when the lost one times out: the cancel is there before.
        patient(lambda: door.post(f"/orders/{number}/cancel", json={"by": "ana", "request_id": "c-1"}))
        until(lambda: bool(door.get(f"/orders/{number}").json()["order"]["outcome"]))
        facts = [fact["what"] for fact in door.get(f"/orders/{number}").json()["facts"]]
        assert "stock_reserved" in facts  # by the lost task
        assert door.get("/bench/tasks").json() == []
        assert [
            (level["on_hand"], level["reserved"]) for level in door.get("/stock/MUG-1").json()["levels"]
        ] == [(9, 0)]
    with psycopg.connect(house.settings.database_url) as connection:
        query = "SELECT o.outcome, p.state FROM sales_order o JOIN parcel p USING (order_number)"
        assert connection.execute(query).fetchall() == [("cancelled", "cancelled")]


def until(there: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def patient(call: Callable[[], httpx.Response]) -> None:
    """The door gives an order ten seconds to answer, and this one needs longer."""
    until(lambda: call().status_code == 200)
