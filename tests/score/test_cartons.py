"""Cartons against two exact solvers that share no code with them, and the scorecard that says so."""

from __future__ import annotations

import random

import pytest

from models.preparation.packing.effort import Effort
from models.preparation.packing.fit import Verdict, fit
from models.preparation.packing.turning import Size, volume
from starter.score import cartons
from starter.score.carton_cases import CELL_MM, in_cells
from starter.score.carton_exact import cheapest_minor, fills
from tests.house.commands import run
from tests.rules.test_packing_search import made


def in_millimetres(seed: int) -> tuple[list[tuple[Size, bool]], Size]:
    """Three to five pieces of 45 to 95 % of a box, no two sizes alike."""
    chance = random.Random(seed)
    while True:
        box = (chance.randint(100, 400), chance.randint(80, 300), chance.randint(50, 250))
        pieces = []
        for _ in range(chance.randint(3, 5)):
            sides = [round(chance.uniform(0.25, 0.85) * one) for one in box]
            chance.shuffle(sides)
            pieces.append(((sides[0], sides[1], sides[2]), chance.random() < 0.2))
        if 0.45 <= sum(volume(size) for size, _ in pieces) / volume(box) <= 0.95:
            return pieces, box


@pytest.mark.slow
def test_pieces_in_millimetres_fit_when_a_mixed_integer_program_says_so() -> None:
    pytest.importorskip("scipy.optimize", reason="scipy is not installed (extra `learning`)")
    from tests.score.milp import fits

    cases = [in_millimetres(seed) for seed in range(250)]
    ours = [fit(pieces, box, Effort(20_000)).verdict for pieces, box in cases]
    theirs = [Verdict.FITS if fits(pieces, box) else Verdict.CANNOT for pieces, box in cases]
    assert ours == theirs
    assert 50 < ours.count(Verdict.FITS) < 200


@pytest.mark.slow
def test_thousands_of_pieces_in_cells_fit_when_they_do_cell_by_cell() -> None:
    wrong, still_open = [], 0
    for seed in range(1_000, 4_000):
        pieces, box = made(seed)
        verdict = fit(pieces, box, Effort(2_000)).verdict
        if verdict is Verdict.OPEN:
            still_open += 1
        elif (verdict is Verdict.FITS) != fills(pieces, box):
            wrong.append(seed)
    assert wrong == []
    assert still_open <= 30


@pytest.mark.slow
def test_hundreds_of_orders_cost_what_the_exact_solver_says() -> None:
    for seed in range(100, 500):
        items, catalogue = in_cells(random.Random(seed))
        found = cartons.look(items, catalogue, 20_000)
        assert (found.sound, found.plan.proved) == (True, True), seed
        assert found.plan.cost_minor == cheapest_minor(items, catalogue, CELL_MM), seed
        assert found.plan.cost_minor <= found.thumb_minor, seed


def test_the_exact_solver_fills_by_hand() -> None:
    plates = [((1, 2, 2), False)] * 6
    assert fills(plates, (3, 3, 3))
    assert fills([*plates, *[((1, 1, 1), False)] * 3], (3, 3, 3))
    assert not fills([*plates, ((1, 1, 2), False)], (3, 3, 3))
    assert not fills([((2, 2, 2), False)] * 2, (3, 3, 3))
    assert not fills([((1, 1, 3), True)], (3, 3, 2))
    assert fills([((1, 1, 3), False)], (3, 3, 2))


def test_the_scorecard_counts_what_the_exact_solver_agrees_to() -> None:
    card = cartons.run(seed=7, checked=12, measured=6, steps=20_000)
    assert (card.checked, card.agreed, card.wrong, card.passed) == (12, 12, 0, True)
    assert [(one.name, one.orders, one.unsound, one.dearer) for one in card.families] == [
        ("in cells", 12, 0, 0),
        ("ordinary", 6, 0, 0),
        ("tight", 6, 0, 0),
    ]
    assert card.orders == 24
    assert card.proved == sum(one.proved for one in card.families)
    assert card.times.p50_ms <= card.times.p95_ms <= card.times.p99_ms
    again = cartons.run(seed=7, checked=12, measured=6, steps=20_000)
    assert [one.model_dump(exclude={"times"}) for one in again.families] == [
        one.model_dump(exclude={"times"}) for one in card.families
    ]


def test_few_steps_leave_orders_unproved_and_call_none_wrongly_proved() -> None:
    card = cartons.run(seed=7, checked=12, measured=6, steps=4)
    assert (card.wrong, card.passed) == (0, False)
    assert card.agreed < 12
    assert card.proved < card.orders
    assert [(one.unsound, one.dearer) for one in card.families] == [(0, 0)] * 3


def test_a_solver_that_says_something_else_fails_the_scorecard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cartons, "cheapest_minor", lambda *given: cheapest_minor(*given) - 1)
    card = cartons.run(seed=7, checked=3, measured=1, steps=20_000)
    assert (card.agreed, card.wrong, card.passed) == (0, 3, False)


def test_a_plan_that_is_unsound_or_dearer_than_the_rule_of_thumb_fails_the_scorecard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(cartons, "faults", lambda *_: ["planted"])
        card = cartons.run(seed=7, checked=2, measured=1, steps=20_000)
        assert ([one.unsound for one in card.families], card.passed) == ([2, 1, 1], False)
    monkeypatch.setattr(cartons, "first_fit_minor", lambda *_: 1)
    card = cartons.run(seed=7, checked=2, measured=1, steps=20_000)
    assert ([one.dearer for one in card.families], card.passed) == ([2, 1, 1], False)


def test_the_command_ends_with_0_and_one_json_object_and_with_1_when_it_falls_short() -> None:
    words = ("score", "cartons", "--seed", "7", "--checked", "12", "--measured", "1", "--json")
    ended = run(*words)
    card = cartons.Scorecard.model_validate_json(ended.stdout)
    assert (ended.returncode, card.seed, card.checked, card.agreed, card.passed) == (0, 7, 12, 12, True)
    short = run(*words, "--steps", "4")
    assert short.returncode == 1
    assert cartons.Scorecard.model_validate_json(short.stdout).passed is False
    assert run("score", "cartons", "--measured", "0").returncode == 2
