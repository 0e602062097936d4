"""Trains the credit model: boosted trees on the first part by id, their calibration on the part after it."""

import hashlib
from collections.abc import Sequence
from typing import Any

from models.review.credit import LEAF, Calibration, CreditModel, Origin, Tree
from models.review.credit_account import FEATURES, features_of
from starter.score.credit_data import Case, digest
from starter.score.faults import lacks_extra
from starter.score.figures import auc

# Chosen by forward validation inside the first 80 % by id: each part after the one before, never the held-out part.
BOOSTING = {
    "max_iter": 200,
    "learning_rate": 0.04,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 100,
    "l2_regularization": 10.0,
}
NAMES = tuple(feature.name for feature in FEATURES)
# What the file itself says, before anything was made of it: the baseline picks the best of these.
AS_GIVEN = ("limit", *(f"status_{month}" for month in range(1, 7)), "billed_1", "paid_1", "paid_2")


def train(first: Sequence[Case], middle: Sequence[Case], everything: Sequence[Case]) -> CreditModel:
    """Fit on `first`, calibrate on `middle`; `everything` is only fingerprinted. Raises `Unfit` without scikit-learn."""
    model, _ = fit(first, middle, everything)
    return model


def fit(
    first: Sequence[Case], middle: Sequence[Case], everything: Sequence[Case]
) -> tuple[CreditModel, tuple[Any, Any]]:
    """The model, and the library's own estimators that it was taken from: trees, calibration."""
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise lacks_extra("learning", "scikit-learn", error) from error
    trees = HistGradientBoostingClassifier(**BOOSTING, early_stopping=False, random_state=0)
    line = LogisticRegression(C=1e6)
    with threadpool_limits(1):  # the same trees whatever the machine, and no waiting for a busy core
        trees.fit(matrix(first), truth(first))
        log_odds = trees.decision_function(matrix(middle))
        line.fit([[float(one)] for one in log_odds], truth(middle))
    best, raises = _best(first)
    model = CreditModel(
        version="unnamed",
        features=FEATURES,
        start=float(trees._baseline_prediction.ravel()[0]),
        trees=tuple(_tree(predictor.nodes) for (predictor,) in trees._predictors),
        calibration=Calibration(slope=float(line.coef_[0][0]), intercept=float(line.intercept_[0])),
        origin=Origin(
            data=digest(everything),
            rows=len(first) + len(middle),
            base_rate=sum(truth(first)) / len(first),
            best_feature=best,
            best_feature_raises=raises,
        ),
    )
    named = hashlib.sha256(model.model_dump_json().encode()).hexdigest()[:12]
    return model.model_copy(update={"version": f"credit-{named}"}), (trees, line)


def matrix(cases: Sequence[Case]) -> list[list[float]]:
    """Features in the model's order; NaN where unknown."""
    found = (features_of(one.account) for one in cases)
    return [[float("nan") if row[name] is None else float(row[name] or 0) for name in NAMES] for row in found]


def truth(cases: Sequence[Case]) -> list[int]:
    """Who defaulted."""
    return [one.defaulted for one in cases]


def _tree(nodes: Any) -> Tree:
    """One of the library's trees. Its inner values are made anew: the mean of the leaves below, by weight."""
    leaf = [bool(one) for one in nodes["is_leaf"]]
    value = [float(one) for one in nodes["value"]]
    weight = [float(one) for one in nodes["count"]]
    left, right = ([int(one) for one in nodes[side]] for side in ("left", "right"))
    for at in reversed(range(len(leaf))):
        if not leaf[at]:
            below = (left[at], right[at])
            value[at] = sum(value[child] * weight[child] for child in below) / sum(
                weight[child] for child in below
            )
    return Tree(
        feature=tuple(
            LEAF if ends else int(one) for ends, one in zip(leaf, nodes["feature_idx"], strict=True)
        ),
        threshold=tuple(
            0.0 if ends else float(one) for ends, one in zip(leaf, nodes["num_threshold"], strict=True)
        ),
        left=tuple(left),
        right=tuple(right),
        value=tuple(value),
        weight=tuple(weight),
    )


def _best(cases: Sequence[Case]) -> tuple[str, bool]:
    """Which given feature alone orders best, and whether more of it is worse; unknown values count as the middle."""
    yes, rows = truth(cases), [features_of(one.account) for one in cases]
    found = {name: auc(yes, alone(name, rows)) for name in AS_GIVEN}
    best = max(AS_GIVEN, key=lambda name: abs(found[name] - 0.5))
    return best, found[best] > 0.5


def alone(name: str, rows: Sequence[dict[str, float | None]]) -> list[float]:
    """One feature as a forecast."""
    known = sorted(value for row in rows if (value := row[name]) is not None)
    middle = known[len(known) // 2] if known else 0.0
    return [middle if (value := row[name]) is None else value for row in rows]
