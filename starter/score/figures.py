"""Figures of a forecast of yes or no: `truth` holds 0 and 1, `forecast` a probability or anything that orders."""

import math
from collections.abc import Sequence
from itertools import groupby, pairwise

from models.shared.messages import Message

BINS = 10


class Bin(Message):
    """Forecasts beside each other in size: their mean, how often it came true, and how many they are."""

    predicted: float
    observed: float
    n: int


def auc(truth: Sequence[int], forecast: Sequence[float]) -> float:
    """The chance that a yes is ranked above a no (Mann-Whitney; a tie counts half)."""
    ranks, seen = 0.0, 0
    for _, tied in groupby(sorted(zip(forecast, truth, strict=True)), key=lambda pair: pair[0]):
        group = [yes for _, yes in tied]
        ranks += sum(group) * (seen + (len(group) + 1) / 2)
        seen += len(group)
    yes = sum(truth)
    return (ranks - yes * (yes + 1) / 2) / (yes * (len(truth) - yes))


def average_precision(truth: Sequence[int], forecast: Sequence[float]) -> float:
    """Precision at each threshold, weighted by the recall it adds; what is tied shares a threshold."""
    found, taken, total = 0, 0, 0.0
    ranked = sorted(zip(forecast, truth, strict=True), reverse=True)
    for _, tied in groupby(ranked, key=lambda pair: pair[0]):
        group = [yes for _, yes in tied]
        found, taken = found + sum(group), taken + len(group)
        total += sum(group) * found / taken
    return total / found


def brier(truth: Sequence[int], forecast: Sequence[float]) -> float:
    """Mean squared distance of probability and truth."""
    return sum((p - y) ** 2 for p, y in zip(forecast, truth, strict=True)) / len(truth)


def log_loss(truth: Sequence[int], forecast: Sequence[float]) -> float:
    """Mean surprise in nats; a probability is cut at 1e-15 from either end."""
    cut = [min(max(p, 1e-15), 1 - 1e-15) for p in forecast]
    return -sum(math.log(p if y else 1 - p) for p, y in zip(cut, truth, strict=True)) / len(truth)


def calibration(truth: Sequence[int], forecast: Sequence[float]) -> tuple[Bin, ...]:
    """Ten bins of equal size, by forecast; fewer when there are fewer than ten rows."""
    ranked, rows = sorted(zip(forecast, truth, strict=True)), len(truth)
    cuts = [rows * nth // BINS for nth in range(BINS + 1)]
    groups = [ranked[begin:end] for begin, end in pairwise(cuts) if begin < end]
    return tuple(
        Bin(
            predicted=sum(p for p, _ in one) / len(one),
            observed=sum(y for _, y in one) / len(one),
            n=len(one),
        )
        for one in groups
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of predicted and observed over the rows (expected calibration error)."""
    return sum(abs(one.predicted - one.observed) * one.n for one in bins) / sum(one.n for one in bins)
