"""Reading credit accounts: what is wrong is named with its place and its fix, all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from starter.score.credit_data import COLUMNS, digest, read_cases
from starter.score.faults import Unfit
from tests.score.made_up import row, write


def refused(place: Path) -> list[str]:
    with pytest.raises(Unfit) as raised:
        read_cases(place)
    return str(raised.value).splitlines()


def test_accounts_come_by_id_and_an_empty_cell_is_unknown(tmp_path: Path) -> None:
    made = [row(7, LIMIT_BAL="", PAY_0=2), row(3, PAY_AMT6="")]
    first, second = read_cases(write(tmp_path / "a.csv", made))
    assert (first.case_id, first.defaulted, first.account.paid[5]) == (3, 1, None)
    assert (second.case_id, second.account.limit, second.account.status[0]) == (7, None, 2.0)


def test_parquet_and_csv_of_the_same_accounts_are_the_same(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra `data`)")
    parquet = pytest.importorskip("pyarrow.parquet")
    made = [row(1), row(2, PAY_0=None)]
    (tmp_path / "credit").mkdir()
    parquet.write_table(arrow.Table.from_pylist(made), tmp_path / "credit" / "dev.parquet")
    cases = read_cases(tmp_path)
    assert cases == read_cases(tmp_path / "credit")
    assert cases == read_cases(write(tmp_path / "a.csv", made))
    assert digest(cases) != digest(cases[:1])


def test_the_names_of_other_copies_of_the_set_are_understood(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(1), row(2)])
    text = path.read_text("utf-8").replace("PAY_0", "pay_1").replace("Default", "default payment next month")
    other = tmp_path / "other.csv"
    other.write_text(text, "utf-8")
    assert read_cases(other) == read_cases(path)


def test_every_wrong_cell_is_named_at_once(tmp_path: Path) -> None:
    made = [
        row(1, LIMIT_BAL="lots", PAY_2=1.5),
        row(2, LIMIT_BAL=0, BILL_AMT3="n/a"),
        row(2, PAY_6=12, Default="", PAY_AMT1="inf"),
        row(4, LIMIT_BAL="many", Default=2),
    ]
    path = write(tmp_path / "a.csv", made)
    mend = "mend the cell or leave it empty"
    assert refused(path) == [
        f"{path}, column LIMIT_BAL, row 2: 'lots' is not a number (and 1 more rows); {mend}",
        f"{path}, column LIMIT_BAL, row 3: '0' is not above zero; {mend}",
        f"{path}, column PAY_2, row 2: '1.5' is not a whole number; {mend}",
        f"{path}, column PAY_6, row 4: '12' is not between -2 and 9; {mend}",
        f"{path}, column BILL_AMT3, row 3: 'n/a' is not a number; {mend}",
        f"{path}, column PAY_AMT1, row 4: 'inf' is not a number; {mend}",
        f"{path}, column Default, row 4: '' is empty, and has to be known; mend the cell",
        f"{path}, column Default, row 5: '2' is neither 0 nor 1; mend the cell",
        f"{path}, column ID, row 4: stands in the file before; give each account once",
    ]


def test_every_missing_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(1)], tuple(set(COLUMNS) - {"PAY_3", "Default"}))
    fix = "add the column (an empty cell is an unknown value)"
    assert refused(path) == [
        f"{path}, column PAY_3: is missing; {fix}",
        f"{path}, column Default: is missing; {fix}",
    ]


@pytest.mark.parametrize(
    ("name", "held", "said"),
    [
        ("a.csv", b"", "is empty; give a file with a header and one account a row"),
        ("a.csv", ",".join(COLUMNS).encode(), "has no rows; give a file with one account a row"),
        ("a.csv", b"\xff\xfe\x00", "cannot be read: "),
        ("a.parquet", b"PAR1 and no more", "cannot be read: "),
        ("a.xls", b"", "is neither .parquet nor .csv; convert or rename it"),
    ],
)
def test_a_file_that_holds_no_accounts_is_refused(tmp_path: Path, name: str, held: bytes, said: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra `data`)")
    (tmp_path / name).write_bytes(held)
    (line,) = refused(tmp_path / name)
    assert line.startswith(f"{tmp_path / name}: {said}")


def test_a_place_without_a_file_is_refused(tmp_path: Path) -> None:
    fix = "name the file or its folder with --data"
    assert refused(tmp_path) == [f"{tmp_path}: holds no credit/dev.parquet; {fix}"]
    assert refused(tmp_path / "no") == [f"{tmp_path / 'no'}: is not there; {fix}"]


def test_a_folder_with_several_files_is_refused(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write(tmp_path / name, [row(1)])
    assert refused(tmp_path) == [f"{tmp_path}: holds a.csv, b.csv; name the file itself with --data"]
