"""The scorecard of the credit score: trained on the first accounts by id, measured on the last ones.

What is measured is the scorer that decides, `models.review.credit.score`, not the library that trained it.
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from models.review.credit import CreditModel, score
from models.review.credit_account import FEATURES, features_of
from models.shared.messages import Message
from starter.score.credit_data import Case, digest, read_cases
from starter.score.credit_training import alone, train, truth
from starter.score.faults import Unfit, fault
from starter.score.figures import (
    Bin,
    auc,
    average_precision,
    brier,
    calibration,
    calibration_error,
    log_loss,
)

TRAINED, CALIBRATED = 0.60, 0.80
FEWEST = 1_000
NAMES = {feature.name for feature in FEATURES}


class Targets(Message):
    """What the figures must exceed."""

    auc: float = 0.779
    average_precision: float = 0.556


class Baseline(Message):
    """A forecast that anybody could make; one feature alone is no probability."""

    name: str
    auc: float
    average_precision: float
    brier: float | None = None
    log_loss: float | None = None


class Part(Message):
    """Accounts that stand together when ordered by id."""

    rows: int
    first_id: int
    last_id: int
    base_rate: float


class Split(Message):
    """What was used for what; None where a finished model was measured."""

    how: str
    trained: Part | None = None
    calibrated: Part | None = None
    measured: Part


class Scorecard(Message):
    """The figures of the measured part."""

    auc: float
    average_precision: float
    brier: float
    log_loss: float
    base_rate: float
    calibration: tuple[Bin, ...]
    calibration_error: float
    baselines: tuple[Baseline, ...]
    split: Split
    model_version: str
    targets: Targets
    passed: bool


def run(data: Path, model_file: Path | None, save: Path | None) -> Scorecard:
    """Read, train unless there is a model, measure, save. Raises `Unfit`."""
    model = load(model_file) if model_file else None
    cases = read_cases(data)
    first, middle, last = parts(cases)
    if model is None:
        _expect_both(data, (first, middle, last), FEWEST)
        model = train(first, middle, cases)
        split = Split(
            how="by id: the first part trains, the middle calibrates, the last is measured",
            trained=_part(first),
            calibrated=_part(middle),
            measured=_part(last),
        )
    elif model.origin.data == digest(cases):
        _expect_both(data, (last,), 2)
        split = Split(
            how="the model was made from this data: only its held-out part, by id", measured=_part(last)
        )
    else:
        last = cases
        _expect_both(data, (last,), 2)
        split = Split(how="all accounts: this is not the data the model was made from", measured=_part(last))
    if save:
        _write(model, save)
    return measure(model, last, split)


def parts(cases: Sequence[Case]) -> tuple[Sequence[Case], Sequence[Case], Sequence[Case]]:
    """First, middle and last part of accounts that are ordered by id."""
    begin, end = round(len(cases) * TRAINED), round(len(cases) * CALIBRATED)
    return cases[:begin], cases[begin:end], cases[end:]


def measure(model: CreditModel, cases: Sequence[Case], split: Split) -> Scorecard:
    """The figures of a model beside the baselines."""
    rows, yes = [features_of(one.account) for one in cases], truth(cases)
    forecast = [score(model, row).probability for row in rows]
    bins, targets = calibration(yes, forecast), Targets()
    found = auc(yes, forecast), average_precision(yes, forecast)
    return Scorecard(
        auc=found[0],
        average_precision=found[1],
        brier=brier(yes, forecast),
        log_loss=log_loss(yes, forecast),
        base_rate=sum(yes) / len(yes),
        calibration=bins,
        calibration_error=calibration_error(bins),
        baselines=_baselines(model, rows, yes),
        split=split,
        model_version=model.version,
        targets=targets,
        passed=found[0] > targets.auc and found[1] > targets.average_precision,
    )


def load(path: Path) -> CreditModel:
    """A saved model. Raises `Unfit`."""
    fix = "give a file that --save wrote"
    try:
        model = CreditModel.model_validate_json(path.read_bytes())
    except OSError as error:
        raise Unfit([fault(str(path), "unreadable", f"cannot be read: {error.strerror}", fix)]) from error
    except ValidationError as error:
        places = [(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()]
        raise Unfit(
            [fault(f"{path}, {at}" if at else str(path), "no_model", says, fix) for at, says in places]
        ) from error
    if foreign := [feature.name for feature in model.features if feature.name not in NAMES]:
        detail = f"asks for {', '.join(foreign)}, which no account gives"
        raise Unfit([fault(str(path), "no_model", detail, "train it anew with --save")])
    return model


def _write(model: CreditModel, path: Path) -> None:
    try:
        path.write_text(model.model_dump_json() + "\n", encoding="utf-8")
    except OSError as error:
        detail = f"cannot be written: {error.strerror}"
        raise Unfit(
            [fault(str(path), "unwritable", detail, "name a file in a folder that is there")]
        ) from error


def _expect_both(data: Path, wanted: Sequence[Sequence[Case]], fewest: int) -> None:
    """A part without any default, or with nothing else, teaches and measures nothing."""
    rows = sum(len(part) for part in wanted)
    if rows < fewest:
        detail = f"has {rows:,} accounts, {fewest:,} are needed"
        raise Unfit(
            [fault(str(data), "too_few", detail, "give a longer file, or a trained one with --model")]
        )
    if any(len({one.defaulted for one in part}) < 2 for part in wanted):
        detail = "has a part in which column Default is the same in every row"
        raise Unfit([fault(str(data), "one_kind", detail, "give accounts that defaulted and others, by id")])


def _part(cases: Sequence[Case]) -> Part:
    rate = sum(truth(cases)) / len(cases) if cases else 0.0
    return Part(rows=len(cases), first_id=cases[0].case_id, last_id=cases[-1].case_id, base_rate=rate)


def _baselines(
    model: CreditModel, rows: Sequence[dict[str, float | None]], yes: Sequence[int]
) -> tuple[Baseline, ...]:
    """What the model's makers knew before there was a model: the base rate, and the best given feature."""
    origin = model.origin
    flat = [origin.base_rate] * len(yes)
    known = [
        Baseline(
            name="base rate",
            auc=auc(yes, flat),
            average_precision=average_precision(yes, flat),
            brier=brier(yes, flat),
            log_loss=log_loss(yes, flat),
        )
    ]
    if origin.best_feature in NAMES:
        sign = 1 if origin.best_feature_raises else -1
        order = [sign * value for value in alone(origin.best_feature, rows)]
        name = f"{origin.best_feature} alone"
        known.append(
            Baseline(name=name, auc=auc(yes, order), average_precision=average_precision(yes, order))
        )
    return tuple(known)
