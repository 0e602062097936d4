"""What dies is started again; what dies at once three times in a row is given up."""

from __future__ import annotations

import time

import pytest

from workers.up import supervisor as supervising
from workers.up.parts import Part
from workers.up.supervisor import Supervisor


class Fragile:
    """A part that runs until it is told to die; `lives` is how many starts it survives."""

    def __init__(self, lives: int) -> None:
        self.name = "fragile"
        self.wanted = True
        self.lives = lives
        self.starts = 0
        self.alive = True

    @property
    def exit_code(self) -> int | None:
        return None if self.alive else 1

    def running(self) -> bool:
        return self.alive

    def start(self) -> None:
        self.starts += 1
        self.alive = self.starts <= self.lives

    def stop(self) -> None:
        self.alive = False

    def kill(self) -> None:
        self.alive = False

    def last_words(self) -> str:
        return "out of memory"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "_POLL_S", 0.005)
    monkeypatch.setattr(supervising, "_PAUSE_S", 0.001)
    monkeypatch.setattr(supervising, "_EXCUSED_PAUSE_S", 0.001)


def watch(part: Fragile, excused: bool = False, seconds: float = 0.3) -> list[str]:
    given_up: list[str] = []

    def forgives(_: Part) -> bool:
        return excused

    supervisor = Supervisor([part], forgives, given_up.append)
    supervisor.start()
    part.alive = False
    deadline = time.monotonic() + seconds
    while not given_up and time.monotonic() < deadline:
        time.sleep(0.005)
    supervisor.stop()
    return given_up


def test_a_part_that_died_is_started_again() -> None:
    part = Fragile(lives=1)
    assert (watch(part), part.starts, part.alive) == ([], 1, True)


def test_a_part_that_dies_at_once_three_times_is_given_up_with_its_last_words() -> None:
    part = Fragile(lives=0)
    (why,) = watch(part)
    assert part.starts == supervising.MOST_QUICK_DEATHS - 1
    assert why == (
        "fragile died 3 times right after its start (exit code 1). Its log ends with:\nout of memory"
    )


def test_a_death_that_is_excused_counts_for_nothing() -> None:
    part = Fragile(lives=0)
    assert watch(part, excused=True) == []
    assert part.starts > supervising.MOST_QUICK_DEATHS


def test_a_part_that_is_down_on_purpose_stays_down() -> None:
    part = Fragile(lives=1)
    part.wanted = False
    assert (watch(part, seconds=0.05), part.starts) == ([], 0)
