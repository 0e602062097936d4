"""The address scorecard, on a folder of our own and on the public data where it is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.intake.checks import AddressFinding, AddressVerdict
from models.order.messages import Address
from starter.score.address_files import ScoreError, read_address_files
from starter.score.addresses import measure
from starter.score.labelled_addresses import agreeing_country, country_code
from starter.score.typed_numbers import judge_typed
from tests.rules import score_files
from tests.rules.order_bodies import ADDRESSES
from workers.main import build

DATA = score_files.DATA


def run(*words: str) -> Result:
    return CliRunner().invoke(build("score"), ["score", "addresses", *words])


def test_conflicts_verdicts_and_words_are_counted(tmp_path: Path) -> None:
    ended = run("--data", str(score_files.data(tmp_path)), "--seller-conflicts", "1", "--json")
    found = json.loads(ended.stdout)
    assert (ended.exit_code, found["differences"]) == (0, [])
    assert found["olist"]["sellers"] == {
        "rows": 3, "conflicts": 1, "expected": 1, "verdicts": {"valid": 2, "ambiguous": 1}, "crashed": [],
    }  # fmt: skip
    assert (found["olist"]["customers"]["rows"], found["olist"]["customers"]["conflicts"]) == (1, 0)
    assert found["cases"]["country"] == {"named": 2, "inferred": 1, "unknown": 1}
    assert found["cases"]["verdicts"] == {"corrected": 2, "valid": 1, "invalid": 1}
    assert found["cases"]["countries"] == {
        "DE": {"valid": 1}, "US": {"corrected": 2}, "unknown": {"invalid": 1},
    }  # fmt: skip
    assert found["cases"]["corrections"] == [["region", "nevada", "NV"], ["region", "nv", "NV"]]
    weight = found["typed"]["Weight (Kilograms)"]
    assert (weight["numbers"], weight["words"], weight["unclear"]) == (2, 1, [])
    assert weight["codes"] == {
        "quantity": {"wrong_type": 1}, "unit_price_minor": {"wrong_type": 1}, "freight_minor": {"wrong_type": 1},
        "weight_g": {"unknown_field": 1},
    }  # fmt: skip
    assert found["typed"]["Freight Cost (USD)"]["examples"] == ["see note …", "on the other note"]


def test_another_number_of_conflicts_is_a_difference(tmp_path: Path) -> None:
    ended = run("--data", str(score_files.data(tmp_path)))
    assert ended.exit_code == 1
    assert "DIFFERENT olist sellers: 1 conflicts, 35 expected" in ended.stdout


def test_every_missing_file_and_column_is_named(tmp_path: Path) -> None:
    folder = score_files.data(tmp_path)
    (folder / "address" / "libpostal_parser_cases.jsonl.zst").unlink()
    score_files.table(folder / "scms" / "dev.parquet", {"Weight (Kilograms)": ["1"]})
    score_files.table(folder / "olist" / "customers.parquet", {"customer_city": ["x"]})
    ended = run("--data", str(folder), "--json")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "has no libpostal_parser_cases.jsonl.zst" in ended.stderr
    assert "dev.parquet lacks Freight Cost (USD)" in ended.stderr
    assert "customers.parquet lacks customer_zip_code_prefix, customer_state" in ended.stderr


@pytest.mark.parametrize(
    "name", ["olist/customers.parquet", "scms/dev.parquet", "address/libpostal_parser_cases.jsonl.zst"]
)
def test_a_file_that_is_none_is_wrong_use(tmp_path: Path, name: str) -> None:
    folder = score_files.data(tmp_path)
    (folder / name).write_bytes(b"no such thing")
    assert run("--data", str(folder)).exit_code == 2


def test_a_case_without_parts_is_named_by_its_line(tmp_path: Path) -> None:
    folder = score_files.data(tmp_path)
    (folder / "address" / "libpostal_parser_cases.jsonl.zst").unlink()
    (folder / "address" / "libpostal_parser_cases.jsonl").write_text('{"input": "a"}\n')
    with pytest.raises(ScoreError, match=r"line 1 is no labelled address: KeyError 'components'"):
        read_address_files(folder)


def test_a_folder_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    assert run("--data", str(tmp_path / "nowhere")).exit_code == 2


def test_prefixes_kept_as_numbers_get_their_noughts_back(tmp_path: Path) -> None:
    folder = score_files.data(tmp_path)
    score_files.places(folder / "olist" / "customers.parquet", "customer", [(1310, "sao paulo", "SP")])
    (place,) = read_address_files(folder).customers
    assert place.postcode_prefix == "01310"


def test_a_check_that_breaks_is_a_difference_and_does_not_end_the_run(tmp_path: Path) -> None:
    def breaking(address: Address) -> AddressFinding:
        raise RuntimeError(address.country)

    score = measure(read_address_files(score_files.data(tmp_path)), breaking, 0, 0)
    assert (len(score.sellers.crashed), len(score.cases.crashed)) == (3, 4)
    assert len([one for one in score.differences() if "crashed" in one]) == 4 + 3 * 4


def test_a_check_that_loses_what_was_written_is_a_difference(tmp_path: Path) -> None:
    def losing(address: Address) -> AddressFinding:
        verdict = AddressVerdict.CORRECTED
        return AddressFinding(verdict=verdict, address=address)

    score = measure(read_address_files(score_files.data(tmp_path)), losing, 0, 0)
    assert (
        "correction without its original: Beliebige Straße 1, 10119 Berlin, Deutschland"
        in score.differences()
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Deutschland", "DE"), ("osterreich", "AT"), ("Oesterreich", "AT"), ("日本", "JP"), ("uk", "GB"), ("U.S.A.", "US"),
        ("fr", "FR"), ("Atlantis", ""), ("", ""), ("xx", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_code_and_by_its_name_in_any_language(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("region", "postcode", "code"),
    [("ca", "94789", "US"), ("", "N1 2XQ", "GB"), ("", "10115", ""), ("", "", ""), ("nowhere", "", "")],
)
def test_a_country_is_inferred_only_when_one_alone_fits(region: str, postcode: str, code: str) -> None:
    address = Address(line1="1", city="x", region=region, postcode=postcode, country="")
    assert agreeing_country(address, ADDRESSES.check, ("CA", "DE", "FR", "GB", "US")) == code


@pytest.mark.parametrize(
    "word", ["See note", "", " ", "1e400", "NaN", "12 kg", "\x00", "x" * 5_000, "１２", "٣"]
)
def test_any_text_in_a_numeric_field_is_answered_with_field_value_and_fix(word: str) -> None:
    column = judge_typed({"any": [f"{word} note"]}, ADDRESSES.check)["any"]
    assert (column.words, column.unclear) == (1, [])


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the public data is not at {DATA}")
def test_the_public_data_gives_the_promised_figures() -> None:
    ended = run("--data", str(DATA), "--json")
    found = json.loads(ended.stdout)
    assert (ended.exit_code, found["differences"]) == (0, [])
    assert {name: (part["rows"], part["conflicts"]) for name, part in found["olist"].items()} == {
        "sellers": (3_095, 35), "customers": (6_504, 0),
    }  # fmt: skip
    assert (found["cases"]["cases"], found["cases"]["crashed"]) == (146, [])
