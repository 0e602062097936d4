"""The scorecard of pick routes: thousands of tours against the exact solver, and a scorecard that can fail."""

from __future__ import annotations

import random

import pytest

from models.preparation.picking.tour import shortest_tour
from starter.score import routes
from starter.score.route_exact import shortest_mm
from starter.score.timing import percentile, timed, times
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
    found = times([1.0] * 95 + [9.0] * 5, target_p95_ms=1.0)
    assert (found.p50_ms, found.p95_ms, found.p99_ms, found.in_time) == (1.0, 1.0, 9.0, True)
    assert times([1.0] * 94 + [9.0] * 6, target_p95_ms=1.0).in_time is False


def test_of_several_runs_the_fastest_counts_and_all_are_made() -> None:
    made: list[int] = []

    def work() -> int:
        made.append(1)
        return len(made)

    found, took = timed(work, runs=3)
    assert (found, len(made)) == (3, 3)
    assert took >= 0
