"""A credit model and accounts made by hand, whose scores one can compute in one's head."""

from __future__ import annotations

import math

from models.order.credit import CreditStanding, scored
from models.review.credit import CreditModel, CreditScore, Tree, sigmoid
from models.review.credit_account import FEATURES, CreditAccount

NAMES = [feature.name for feature in FEATURES]
# Not behind: probability 0.05. Behind: 0.30, and 0.90 from three months on.
_LOW, _HIGH, _HIGHEST = (math.log(p / (1 - p)) for p in (0.05, 0.30, 0.90))
MODEL = CreditModel(
    version="hand-1",
    features=FEATURES,
    start=0.0,
    trees=(
        Tree(
            feature=(NAMES.index("worst_delay"), -1, NAMES.index("worst_delay"), -1, -1),
            threshold=(0.5, 0.0, 2.5, 0.0, 0.0),
            left=(1, 0, 3, 0, 0),
            right=(2, 0, 4, 0, 0),
            value=(-2.5, _LOW, -0.5, _HIGH, _HIGHEST),
            weight=(100.0, 80.0, 20.0, 15.0, 5.0),
        ),
    ),
)
BEHIND = {"low": 0.0, "high": 1.0, "highest": 3.0}


def history(risk: str = "low") -> CreditAccount:
    """Six months of somebody whom the model gives a low (0.05), high (0.30) or highest (0.90) risk."""
    delay = BEHIND[risk]
    return CreditAccount(
        status=(delay, 0.0, 0.0, 0.0, 0.0, 0.0),
        billed=(100.0, 100.0, 100.0, 100.0, 100.0, 100.0),
        paid=(100.0, 100.0, 100.0, 100.0, 100.0, 100.0),
    )


def score_of(risk: str) -> CreditScore:
    """What the model says of it."""
    score, _ = scored(MODEL, history(risk), 50_000, "EUR")
    assert score is not None
    return score


def standing(
    order_minor: int, exposure_minor: int = 0, limit_minor: int = 50_000, risk: str = "", **changes: str
) -> CreditStanding:
    """An order in EUR against an account in EUR; with a `risk`, scored."""
    score, features = scored(MODEL, history(risk), limit_minor, "EUR") if risk else (None, {})
    values = {"currency": "EUR", "order_currency": "EUR"} | changes
    return CreditStanding(
        limit_minor=limit_minor, exposure_minor=exposure_minor, order_minor=order_minor, score=score, features=features, **values,
    )  # fmt: skip


assert math.isclose(sigmoid(_LOW), 0.05)
