"""The credit score on models made by hand: exact values, unknown features, calibration, reasons."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.review.credit import (
    Bands,
    Calibration,
    CreditBand,
    CreditModel,
    CreditScore,
    Feature,
    Reason,
    Tree,
    Unit,
    band,
    score,
    sigmoid,
)
from models.review.credit_account import FEATURES, UNKNOWN, CreditAccount, features_of

DELAY = Feature(name="delay", says="furthest behind", unit=Unit.MONTHS)
USED = Feature(name="used", says="part of the limit in use", unit=Unit.SHARE)
# Up to one month behind: -1, but 0 when more than half of the limit is in use; else 2.
TREE = Tree(
    feature=(0, 1, -1, -1, -1),
    threshold=(1.0, 0.5, 0.0, 0.0, 0.0),
    left=(1, 3, 0, 0, 0),
    right=(2, 4, 0, 0, 0),
    value=(0.0, -0.5, 2.0, -1.0, 0.0),
    weight=(50.0, 40.0, 10.0, 20.0, 20.0),
)
MODEL = CreditModel(version="hand-1", features=(DELAY, USED), start=-1.0, trees=(TREE,))
ACCOUNT = CreditAccount(
    limit=1_000.0,
    status=(2.0, 0.0, -1.0, 0.0, 1.0, 0.0),
    billed=(500.0, 400.0, 0.0, 200.0, 100.0, -50.0),
    paid=(100.0, 50.0, 100.0, 0.0, 30.0, 70.0),
)


@pytest.mark.parametrize(
    ("features", "log_odds", "missing"),
    [
        ({"delay": 1.0, "used": 0.5}, -2.0, ()),
        ({"delay": 1.0, "used": 0.51}, -1.0, ()),
        ({"delay": 1.01, "used": 0.0}, 1.0, ()),
        ({"delay": 3.0}, 1.0, ("used",)),
        ({"delay": 0.0, "used": None}, -1.5, ("used",)),
        ({"delay": math.nan, "used": 0.2}, -1 + 0.2 * 2 - 0.8, ("delay",)),
        ({}, -1.0, ("delay", "used")),
        ({"delay": 0.0, "used": 0.0, "shoe_size": 44.0}, -2.0, ()),
    ],
)
def test_a_score_is_the_sum_of_the_leaves_and_what_is_unknown_is_averaged_over(
    features: dict[str, float | None], log_odds: float, missing: tuple[str, ...]
) -> None:
    found = score(MODEL, features)
    assert found.probability == pytest.approx(sigmoid(log_odds), abs=1e-15)
    assert found.missing == missing


def test_a_score_tells_its_reasons_strongest_first() -> None:
    calibrated = MODEL.model_copy(update={"calibration": Calibration(slope=2.0, intercept=0.5)})
    assert score(calibrated, {"delay": 1.0, "used": 0.75}) == CreditScore(
        probability=sigmoid(-1.5),
        band=CreditBand.MEDIUM,
        model_version="hand-1",
        reasons=(
            Reason(feature="delay", words="furthest behind: 1 month, lowers the risk", contribution=-1.0),
            Reason(
                feature="used",
                words="part of the limit in use: 75 %, raises the risk",
                contribution=1.0,
            ),
        ),
    )


def test_nothing_known_gives_no_reason() -> None:
    assert score(MODEL, {}).reasons == ()


@given(st.floats(0.01, 20), st.floats(-10, 10), st.floats(-5, 5), st.floats(-5, 5))
def test_calibration_keeps_the_order(slope: float, intercept: float, one: float, other: float) -> None:
    line = Calibration(slope=slope, intercept=intercept)
    lower, upper = (
        score(MODEL.model_copy(update={"calibration": line, "start": start}), {}).probability
        for start in sorted((one, other))
    )
    assert 0 <= lower <= upper <= 1


@pytest.mark.parametrize("slope", [0.0, -1.0, math.inf, math.nan])
def test_a_calibration_that_turns_the_order_round_is_refused(slope: float) -> None:
    with pytest.raises(ValidationError, match="slope"):
        Calibration(slope=slope)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": (0.0,)}, "different lengths"),
        ({"left": (0, 3, 0, 0, 0)}, r"node 0 has children \(0, 2\)"),
        ({"right": (2, 5, 0, 0, 0)}, r"node 1 has children \(3, 5\)"),
        ({"weight": (40.0, 30.0, 0.0, 20.0, 10.0)}, "no weight"),
        ({"threshold": (math.inf, 0.5, 0.0, 0.0, 0.0)}, "finite number"),
    ],
)
def test_a_tree_that_is_none_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Tree.model_validate({**TREE.model_dump(), **change})


def test_a_tree_that_asks_for_an_unknown_feature_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"tree 0 asks for features \[1\]: there are 1"):
        CreditModel(version="x", features=(DELAY,), start=0.0, trees=(TREE,))


def test_a_model_travels_as_json() -> None:
    assert CreditModel.model_validate_json(MODEL.model_dump_json()) == MODEL


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.0999, "low"),
        (0.1, "medium"),
        (0.25, "high"),
        (0.4999, "high"),
        (0.5, "very_high"),
        (1.0, "very_high"),
    ],
)
def test_a_band_begins_at_its_threshold(probability: float, word: str) -> None:
    assert band(probability, Bands()) == CreditBand(word)


@pytest.mark.parametrize("log_odds", [-800.0, 800.0])
def test_log_odds_of_any_size_are_a_probability(log_odds: float) -> None:
    assert sigmoid(log_odds) == (0.0 if log_odds < 0 else 1.0)


def test_the_features_of_an_account() -> None:
    assert features_of(ACCOUNT) == {
        "limit": 1_000.0,
        "status_1": 2.0, "status_2": 0.0, "status_3": -1.0, "status_4": 0.0, "status_5": 1.0, "status_6": 0.0,
        "billed_1": 500.0, "paid_1": 100.0, "paid_2": 50.0,
        "worst_delay": 2.0, "months_behind": 2.0, "delay_sum": 3.0,
        "used_1": 0.5, "used_mean": pytest.approx(1_150 / 6_000), "used_most": 0.5, "used_change": 0.55,
        "repaid_1": 0.25, "repaid_2": 1.0, "repaid_mean": 0.4,
        "paid_1_of_limit": 0.1, "paid_of_limit": 0.35, "paid_least": 0.0, "paid_mean": pytest.approx(350 / 6),
        "months_unpaid": 1.0,
    }  # fmt: skip


def test_every_feature_is_made_and_of_an_empty_account_none_is_known() -> None:
    assert features_of(CreditAccount()) == {feature.name: None for feature in FEATURES}


def test_what_is_known_of_some_months_is_used() -> None:
    found = features_of(CreditAccount(status=(1.0, None, 0.0, None, None, None), paid=UNKNOWN))
    assert (found["worst_delay"], found["months_behind"], found["status_2"]) == (1.0, 1.0, None)
