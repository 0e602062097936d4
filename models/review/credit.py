"""The credit score: a fitted model as plain values, and what it says of a customer. Pure; needs no library.

The model is a sum of small regression trees in log odds, then a calibration (Platt: a line through the log odds). It is
trained elsewhere (`starter/score`) and travels as JSON.
"""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from models.shared.messages import Message

TOP_REASONS = 4
LEAF = -1


class Finite(Message):
    """A value that holds neither infinity nor NaN: JSON has no word for them."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class CreditBand(StrEnum):
    """How risky, in a word; the model says from which probability on."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


class Unit(StrEnum):
    """How a feature's value reads."""

    NUMBER = "number"
    SHARE = "share"
    MONTHS = "months"


class Feature(Finite):
    """One thing that the model looks at; `says` is its name for people."""

    name: str
    says: str
    unit: Unit = Unit.NUMBER


class Tree(Finite):
    """Nodes as columns; node 0 is the root. `feature` is -1 at a leaf. Left is `value <= threshold`.

    `value`: log odds of a leaf, and at an inner node the mean of the leaves below by `weight`, the customers it was
    trained on that came by.
    """

    feature: tuple[int, ...] = Field(min_length=1)
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]
    weight: tuple[float, ...]

    @model_validator(mode="after")
    def _is_a_tree(self) -> Self:
        nodes = len(self.feature)
        if {len(one) for one in (self.threshold, self.left, self.right, self.value, self.weight)} != {nodes}:
            raise ValueError("the columns of a tree have different lengths")
        for at, feature in enumerate(self.feature):
            below = (self.left[at], self.right[at])
            if feature != LEAF and not all(at < child < nodes for child in below):
                raise ValueError(f"node {at} has children {below}: they come after it, before {nodes}")
        if min(self.weight) <= 0:
            raise ValueError("a node has no weight")
        return self


class Calibration(Finite):
    """Log odds as they should be: `slope` times the trees' sum plus `intercept`. Never turns an order round."""

    slope: float = Field(default=1.0, gt=0)
    intercept: float = 0.0


class Bands(Finite):
    """From which probability of default on a band begins; below `medium` is low."""

    medium: float = 0.10
    high: float = 0.25
    very_high: float = 0.50


class Origin(Finite):
    """What a model was made from: enough to see whether it is measured on its own training data."""

    data: str = ""
    rows: int = 0
    base_rate: float = 0.0
    best_feature: str = ""
    best_feature_raises: bool = True


class CreditModel(Finite):
    """Everything that a score needs. `start` is the log odds before any tree."""

    version: str
    features: tuple[Feature, ...] = Field(min_length=1)
    start: float
    trees: tuple[Tree, ...]
    calibration: Calibration = Field(default_factory=Calibration)
    bands: Bands = Field(default_factory=Bands)
    origin: Origin = Field(default_factory=Origin)

    @model_validator(mode="after")
    def _knows_its_features(self) -> Self:
        for nth, tree in enumerate(self.trees):
            wrong = {one for one in tree.feature if not LEAF <= one < len(self.features)}
            if wrong:
                raise ValueError(
                    f"tree {nth} asks for features {sorted(wrong)}: there are {len(self.features)}"
                )
        return self


class Reason(Message):
    """Why: `contribution` is in log odds, above zero it raises the risk."""

    feature: str
    words: str
    contribution: float


class CreditScore(Message):
    """What the model says. `reasons` are those with the most weight, first the strongest; `missing` was averaged over."""

    probability: float
    band: CreditBand
    model_version: str
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()


def score(model: CreditModel, features: Mapping[str, float | None]) -> CreditScore:
    """Probability of default with its reasons.

    A feature that is absent, None or NaN is averaged over: both branches count, by the customers that took them. With
    nothing known the score is that of the average customer, and no reason is given.
    """
    values = [_known(features.get(feature.name)) for feature in model.features]
    raw, effects = _sum(model, values)
    probability = sigmoid(model.calibration.slope * raw + model.calibration.intercept)
    strongest = sorted(range(len(values)), key=lambda at: (-abs(effects[at]), at))[:TOP_REASONS]
    return CreditScore(
        probability=probability,
        band=band(probability, model.bands),
        model_version=model.version,
        reasons=tuple(
            Reason(
                feature=model.features[at].name,
                words=_words(model.features[at], values[at], effects[at] > 0),
                contribution=model.calibration.slope * effects[at],
            )
            for at in strongest
            if effects[at] and values[at] is not None
        ),
        missing=tuple(
            feature.name for feature, value in zip(model.features, values, strict=True) if value is None
        ),
    )


def band(probability: float, bands: Bands) -> CreditBand:
    """The word for a probability."""
    if probability >= bands.very_high:
        return CreditBand.VERY_HIGH
    if probability >= bands.high:
        return CreditBand.HIGH
    return CreditBand.MEDIUM if probability >= bands.medium else CreditBand.LOW


def sigmoid(log_odds: float) -> float:
    """Log odds as a probability, without overflow at either end."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _sum(model: CreditModel, values: Sequence[float | None]) -> tuple[float, list[float]]:
    """The trees' sum, and what each feature added to it: the steps from node to node on the way down."""
    total, effects = model.start, [0.0] * len(values)
    for tree in model.trees:
        total += tree.value[0]
        feature, value = tree.feature, tree.value
        ways = [(0, 1.0)]
        while ways:
            at, share = ways.pop()
            asked = feature[at]
            if asked == LEAF:
                continue
            known = values[asked]
            for child, part in _branches(tree, at, known):
                step = share * part * (value[child] - value[at])
                effects[asked] += step
                total += step
                ways.append((child, share * part))
    return total, effects


def _branches(tree: Tree, at: int, known: float | None) -> tuple[tuple[int, float], ...]:
    left, right = tree.left[at], tree.right[at]
    if known is not None:
        return ((left if known <= tree.threshold[at] else right, 1.0),)
    both = tree.weight[left] + tree.weight[right]
    return (left, tree.weight[left] / both), (right, tree.weight[right] / both)


def _words(feature: Feature, value: float | None, raises: bool) -> str:
    shown = {
        Unit.SHARE: lambda number: f"{number * 100:.0f} %",
        Unit.MONTHS: lambda number: f"{number:.0f} {'month' if number == 1 else 'months'}",
        Unit.NUMBER: lambda number: f"{number:,.0f}",
    }[feature.unit](value or 0.0)
    return f"{feature.says}: {shown}, {'raises' if raises else 'lowers'} the risk"
