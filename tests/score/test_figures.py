"""Figures of forecasts: worked by hand, and against scikit-learn where it is installed."""

from __future__ import annotations

import math
import random

import pytest

from starter.score import figures
from starter.score.figures import Bin

TRUTH = [0, 0, 1, 1]
FORECAST = [0.1, 0.4, 0.35, 0.8]


def test_figures_worked_by_hand() -> None:
    assert figures.auc(TRUTH, FORECAST) == 0.75
    assert figures.average_precision(TRUTH, FORECAST) == pytest.approx(0.5 + 0.5 * 2 / 3)
    assert figures.brier(TRUTH, FORECAST) == pytest.approx((0.01 + 0.16 + 0.4225 + 0.04) / 4)
    assert figures.log_loss([1, 0], [0.5, 0.5]) == pytest.approx(math.log(2))


def test_a_forecast_that_says_nothing() -> None:
    flat = [0.5] * 4
    assert (figures.auc(TRUTH, flat), figures.average_precision(TRUTH, flat)) == (0.5, 0.5)


def test_a_wrong_certainty_is_not_infinitely_wrong() -> None:
    assert figures.log_loss([1], [0.0]) == pytest.approx(-math.log(1e-15))


def test_calibration_bins_hold_a_tenth_each() -> None:
    forecast = [nth / 32 for nth in range(20)]
    bins = figures.calibration([0] * 10 + [1] * 10, forecast)
    assert [one.n for one in bins] == [2] * 10
    assert bins[0] == Bin(predicted=0.5 / 32, observed=0.0, n=2)
    assert bins[9] == Bin(predicted=18.5 / 32, observed=1.0, n=2)
    assert figures.calibration_error(bins) == pytest.approx((4.5 / 32 + 1 - 14.5 / 32) / 2)


def test_few_rows_give_few_bins() -> None:
    assert [one.n for one in figures.calibration([0, 1, 1], [0.1, 0.2, 0.3])] == [1, 1, 1]


def test_the_figures_are_scikit_learns_with_ties_too() -> None:
    theirs = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed (extra `learning`)")
    chance = random.Random(3)
    truth = [chance.randrange(2) for _ in range(500)]
    forecast = [round(chance.random() * 0.5 + 0.3 * yes, 2) for yes in truth]
    assert figures.auc(truth, forecast) == pytest.approx(theirs.roc_auc_score(truth, forecast))
    expected = theirs.average_precision_score(truth, forecast)
    assert figures.average_precision(truth, forecast) == pytest.approx(expected)
    assert figures.brier(truth, forecast) == pytest.approx(theirs.brier_score_loss(truth, forecast))
    assert figures.log_loss(truth, forecast) == pytest.approx(theirs.log_loss(truth, forecast))
