"""The credit scorecard: the scorer says what the library says, the parts are by id, the targets are met."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from models.review.credit import CreditModel, score
from models.review.credit_account import features_of
from starter.score import credit, credit_training
from starter.score.credit_data import Case, read_cases
from starter.score.faults import Unfit
from tests.house.commands import run
from tests.rules.test_credit_score import MODEL
from tests.score.made_up import DATA, WHY_SKIPPED, row, rows, write

NO_LEARNING = "scikit-learn is not installed (extra `learning`)"


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    return write(tmp_path / "accounts.csv", rows(1_500))


def library(trees: object, line: object, cases: list[Case]) -> list[float]:
    """The library's own calibrated probabilities."""
    log_odds = trees.decision_function(credit_training.matrix(cases))  # type: ignore[attr-defined]
    found = line.predict_proba([[float(one)] for one in log_odds])  # type: ignore[attr-defined]
    return [float(no_yes[1]) for no_yes in found]


def test_the_scorer_says_what_the_library_says(accounts: Path) -> None:
    pytest.importorskip("sklearn", reason=NO_LEARNING)
    cases = read_cases(accounts)
    first, middle, last = credit.parts(cases)
    model, (trees, line) = credit_training.fit(first, middle, cases)
    again = CreditModel.model_validate_json(model.model_dump_json())
    ours = [score(again, features_of(one.account)).probability for one in last]
    assert ours == pytest.approx(library(trees, line, list(last)), abs=1e-12)


def test_the_reasons_add_up_to_the_score(accounts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn", reason=NO_LEARNING)
    monkeypatch.setattr("models.review.credit.TOP_REASONS", 99)
    cases = read_cases(accounts)
    model = credit_training.train(*credit.parts(cases)[:2], cases)
    average = score(model, {}).probability
    for one in cases[-20:]:
        found = score(model, features_of(one.account))
        effects = sum(reason.contribution for reason in found.reasons)
        logit = [math.log(p / (1 - p)) for p in (average, found.probability)]
        assert logit[0] + effects == pytest.approx(logit[1], abs=1e-9)


def test_training_twice_gives_the_same_model_and_it_is_measured_on_its_own_held_out_part(
    accounts: Path, tmp_path: Path
) -> None:
    pytest.importorskip("sklearn", reason=NO_LEARNING)
    card = credit.run(accounts, None, tmp_path / "one.json")
    credit.run(accounts, None, tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    measured = credit.run(accounts, tmp_path / "one.json", None)
    assert measured.split.how == "the model was made from this data: only its held-out part, by id"
    assert measured.model_copy(update={"split": card.split}) == card


def test_the_parts_are_by_id_whatever_the_order_of_the_file(tmp_path: Path) -> None:
    cases = read_cases(write(tmp_path / "a.csv", [row(number) for number in range(10, 0, -1)]))
    assert [[one.case_id for one in part] for part in credit.parts(cases)] == [
        [1, 2, 3, 4, 5, 6],
        [7, 8],
        [9, 10],
    ]


def test_a_model_is_measured_on_all_of_a_file_that_it_has_not_seen(accounts: Path, tmp_path: Path) -> None:
    foreign = MODEL.model_dump_json().replace('"delay"', '"worst_delay"').replace('"used"', '"used_1"')
    (tmp_path / "m.json").write_text(foreign, "utf-8")
    card = credit.run(accounts, tmp_path / "m.json", None)
    assert (card.split.measured.rows, card.split.trained, card.model_version) == (1_500, None, "hand-1")
    assert sum(one.n for one in card.calibration) == 1_500


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("{", "Invalid JSON"),
        ('{"version": "1", "start": 0, "trees": []}', "features: Field required"),
        (MODEL.model_dump_json(), "asks for delay, used, which no account gives"),
    ],
)
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, held: str, said: str) -> None:
    (tmp_path / "m.json").write_text(held, "utf-8")
    with pytest.raises(Unfit, match=said):
        credit.load(tmp_path / "m.json")


def test_too_few_accounts_and_accounts_of_one_kind_are_refused(tmp_path: Path) -> None:
    few = write(tmp_path / "few.csv", rows(999))
    with pytest.raises(Unfit, match="has 999 accounts, 1,000 are needed"):
        credit.run(few, None, None)
    same = write(tmp_path / "same.csv", [row(number, Default=0) for number in range(1_000)])
    with pytest.raises(Unfit, match="column Default is the same in every row"):
        credit.run(same, None, None)


def test_without_the_extra_the_command_says_which_to_install(
    accounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn.ensemble", None)
    with pytest.raises(Unfit, match=r"scikit-learn: is not installed .*pip install 'orderloom\[learning\]'"):
        credit.run(accounts, None, None)


def test_wrong_use_ends_with_2_and_says_nothing_on_stdout(tmp_path: Path) -> None:
    ended = run("score", "credit", "--data", str(tmp_path / "no"), "--json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "is not there (name the file or its folder with --data)" in ended.stderr


def test_figures_that_fall_short_end_with_1_and_one_json_object(accounts: Path, tmp_path: Path) -> None:
    foreign = MODEL.model_dump_json().replace('"delay"', '"worst_delay"').replace('"used"', '"used_1"')
    (tmp_path / "m.json").write_text(foreign, "utf-8")
    ended = run("score", "credit", "--data", str(accounts), "--model", str(tmp_path / "m.json"), "--json")
    card = credit.Scorecard.model_validate_json(ended.stdout)
    assert (ended.returncode, card.passed, card.model_version) == (1, False, "hand-1")


@pytest.mark.slow
def test_the_credit_score_meets_its_targets_on_accounts_it_was_not_trained_on(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason=NO_LEARNING)
    pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra `data`)")
    if not DATA.is_file():
        pytest.skip(WHY_SKIPPED)
    card = credit.run(DATA, None, tmp_path / "m.json")
    assert card.passed
    assert card.auc > 0.779
    assert card.average_precision > 0.556
    assert card.calibration_error < 0.02
    base, alone = card.baselines
    assert (base.name, alone.name) == ("base rate", "status_1 alone")
    assert card.auc > alone.auc > base.auc == 0.5
    assert (card.brier < (base.brier or 0), card.log_loss < (base.log_loss or 0)) == (True, True)
    trained, calibrated, measured = card.split.trained, card.split.calibrated, card.split.measured
    assert trained is not None
    assert calibrated is not None
    assert trained.last_id < calibrated.first_id <= calibrated.last_id < measured.first_id
