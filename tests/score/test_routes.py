"""The scorecard of pick routes: thousands of tours against the exact solver, and a scorecard that can fail."""

from __future__ import annotations

import random
import time

import pytest

from models.preparation.picking.tour import shortest_tour
from starter.score import routes
from starter.score.route_exact import shortest_mm
from starter.score.timing import Took, percentile, timed, times
from tests.house.commands import run


@pytest.mark.slow
def test_thousands_of_tours_are_as_short_as_the_exact_solvers() -> None:
    for nth, (block, picks) in enumerate(routes.small_lists(random.Random(11), 3_000)):
        tour = shortest_tour(block, picks)
        assert tour.length_mm == shortest_mm(block, picks), nth
        assert routes.sound(block, picks, tour), nth


def test_the_scorecard_counts_what_the_exact_solver_agrees_to() -> None:
    card = routes.run(seed=5, small=60, large=8, batches=1)
    assert (card.checked, card.agreed, card.unsound, card.measured, card.passed) == (60, 60, 0, 8, True)
    assert [(one.name, one.shorter) for one in card.rules] == [
        ("largest gap", 0),
        ("S-shape", 0),
        ("return", 0),
    ]
    assert all(one.longer_by >= 0 for one in card.rules)
    assert (card.batching.unsound, card.batching.checked) == (0, 1)
    assert card.batching.batched_m < card.batching.separate_m
    again = routes.run(seed=5, small=60, large=8, batches=1)
    assert again.model_dump(exclude={"times"}) == card.model_dump(exclude={"times"})


def test_a_solver_that_says_something_else_and_an_unsound_tour_fail_the_scorecard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(routes, "shortest_mm", lambda *given: shortest_mm(*given) - 1)
        card = routes.run(seed=5, small=4, large=1, batches=1)
        assert (card.agreed, card.passed) == (0, False)
    with monkeypatch.context() as patch:
        patch.setattr(routes, "sound", lambda *_: False)
        card = routes.run(seed=5, small=4, large=1, batches=1)
        assert (card.unsound, card.batching.unsound, card.passed) == (5, 2, False)
    monkeypatch.setattr(routes, "walked_mm", lambda *_: 1)
    card = routes.run(seed=5, small=4, large=2, batches=1)
    assert ([one.shorter for one in card.rules], card.passed) == ([2, 2, 2], False)


def test_the_command_ends_with_0_and_one_json_object() -> None:
    ended = run(
        "score", "routes", "--seed", "3", "--checked", "20", "--measured", "3", "--batches", "1", "--json"
    )
    card = routes.Scorecard.model_validate_json(ended.stdout)
    assert (ended.returncode, card.seed, card.agreed, card.passed) == (0, 3, 20, True)
    shown = run("score", "routes", "--checked", "5", "--measured", "2", "--batches", "1")
    assert shown.returncode == 0
    assert "5 of 5 small pick lists: the exact solver's length" in shown.stdout
    assert run("score", "routes", "--checked", "0").returncode == 2


def test_percentiles_are_values_that_were_measured() -> None:
    assert [percentile([4, 1, 3, 2], part) for part in (50, 75, 95, 99)] == [2, 3, 4, 4]
    assert percentile([7], 50) == 7


def test_each_clock_is_held_against_the_target_by_itself() -> None:
    quick, slow = Took(1.0, 2.0), Took(9.0, 10.0)
    found = times([quick] * 95 + [slow] * 5, target_p95_ms=1.0)
    assert (found.p50_ms, found.p95_ms, found.p99_ms, found.in_time) == (1.0, 1.0, 9.0, True)
    assert (found.wall_p50_ms, found.wall_p95_ms, found.wall_p99_ms) == (2.0, 2.0, 10.0)
    assert found.wall_in_time is False
    missed = times([quick] * 94 + [slow] * 6, target_p95_ms=2.0)
    assert (missed.in_time, missed.wall_in_time) == (False, False)
    assert times([quick], target_p95_ms=2.0).wall_in_time is True


def test_waiting_is_on_the_wall_clock_and_not_in_processor_time() -> None:
    found, took = timed(lambda: sum(range(200_000)))
    waited, idle = timed(lambda: time.sleep(0.2))
    assert (found, waited) == (19_999_900_000, None)
    assert took.processor_ms > 0
    assert idle.processor_ms < 150 < idle.wall_ms
