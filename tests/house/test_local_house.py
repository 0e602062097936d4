"""The house as a class: what is killed comes back, or stays down when it was told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from starter.settings import Settings
from tests.house.commands import hand_in, left_behind, order_of, wait_for, work_bench
from workers.up.house import LocalHouse
from workers.up.options import HouseOptions

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHouse]:
    for name in ("DATABASE_URL", "TEMPORAL_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    options = HouseOptions(
        home=tmp_path / "house", ui=False, courier=False, policy={"deadlines": {"return_window_s": 1}}
    )
    with LocalHouse(options, Settings()) as house:
        yield house
    assert left_behind(house.home) == []


def test_an_order_goes_on_although_every_part_was_killed_once(house: LocalHouse) -> None:
    assert house.endpoints is not None
    door = house.endpoints.door
    number = hand_in(door, house.endpoints.database_url)

    house.kill_postgres()
    assert house.pids()["postgres"] is None
    house.restart_postgres()
    house.kill_temporal()
    house.restart_temporal()
    house.kill_worker()
    house.kill_child("door")
    house.kill_child("relays")
    wait_for("three parts were started again", lambda: len(house.restarts()) == 3)
    wait_for("the order waits for the bench", lambda: order_of(door, number).get("waiting_for") == "bench")
    assert work_bench(door, number)["said"] == "label to print"
    assert house.restarts() == {"worker-1": 1, "door": 1, "relays": 1}

    house.kill_worker(stay_down=True)
    assert house.pids()["worker-1"] is None
    house.restart_worker()
    assert house.failure == ""
    assert order_of(door, number)["waiting_for"] == "handover"
