"""`orderloom up`, as a process of its own: starts, loses nothing, leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.house.commands import Up, hand_in, left_behind, order_of, run, wait_for, work_bench

KILLED = 130
pytestmark = [pytest.mark.engine, pytest.mark.slow]


def waits_for(up: Up, number: str) -> str:
    return str(order_of(up.door, number).get("waiting_for"))


def test_an_order_goes_on_after_the_house_was_stopped_and_its_worker_killed(tmp_path: Path) -> None:
    home = tmp_path / "house"
    with Up(home, "--no-courier", "--no-ui") as up:
        assert json.loads((home / "endpoints.json").read_text("utf-8"))["door"] == up.door
        assert sorted(up.family()) == ["door", "postgres", "relays", "simulators", "temporal", "worker"]
        number = hand_in(up.door, up.addresses["database_url"])
        wait_for("the order waits for the bench", lambda: waits_for(up, number) == "bench")
        examined = json.loads(run("doctor", "--home", str(home), "--json").stdout)
        assert [(one["name"], one["seen"]) for one in examined["checks"] if one["health"] != "fine"] == []
        second = run("up", "--home", str(home))
        assert (second.returncode, "is in use by process" in second.stderr) == (3, True)
        assert up.interrupt() == 0
    assert (left_behind(home), (home / "endpoints.json").exists()) == ([], False)

    with Up(home, "--no-courier", "--no-ui") as again:
        assert again.door == up.door
        worker = again.family()["worker"]
        os.kill(worker, signal.SIGKILL)
        assert work_bench(again.door, number)["said"] == "label to print"
        assert waits_for(again, number) == "handover"
        assert again.family()["worker"] != worker
        assert again.interrupt(times=2) in (0, KILLED)
    wait_for("nothing is left behind", lambda: left_behind(home) == [])


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",), ("up", "--workers", "0"), ("up", "--fault-rate", "2"), ("demo", "--orders", "none"),
        ("policy", "activate", "no-such-file.json"),
    ],
)  # fmt: skip
def test_wrong_use_ends_with_2_and_says_why(words: tuple[str, ...]) -> None:
    ended = run(*words, DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert words[-1] in ended.stderr or words[-2] in ended.stderr


def test_a_database_that_is_away_ends_with_3_and_leaves_nothing_behind(tmp_path: Path) -> None:
    home = tmp_path / "house"
    ended = run("up", "--home", str(home), DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "PostgreSQL" in ended.stderr
    assert left_behind(home) == []


def test_a_database_that_is_away_ends_every_command_that_needs_it_with_3(tmp_path: Path) -> None:
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing", "TEMPORAL_ADDRESS": "127.0.0.1:9"}
    assert run("migrate", **away).returncode == 3
    assert run("doctor", "--home", str(tmp_path), **away).returncode == 3
