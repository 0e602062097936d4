"""Reads credit accounts and whether they defaulted: the columns of the UCI set of card clients, as parquet or csv."""

import csv
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.review.credit_account import MONTHS, CreditAccount
from models.shared.errors import Problem
from starter.score.faults import Unfit, fault, lacks_extra

ID, LIMIT, DEFAULT = "ID", "LIMIT_BAL", "Default"
STATUS = ("PAY_0", *(f"PAY_{month}" for month in range(2, MONTHS + 1)))
BILLED = tuple(f"BILL_AMT{month}" for month in range(1, MONTHS + 1))
PAID = tuple(f"PAY_AMT{month}" for month in range(1, MONTHS + 1))
COLUMNS = (ID, LIMIT, *STATUS, *BILLED, *PAID, DEFAULT)
# Other names under which the same set goes about.
ALSO = {
    "PAY_0": ("PAY_1",),
    "Default": ("default payment next month", "default.payment.next.month", "default_payment_next_month"),
}
Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Case:
    """One account, and whether it defaulted in the month after (1) or not (0)."""

    case_id: int
    account: CreditAccount
    defaulted: int


def read_cases(place: Path) -> list[Case]:
    """Every account, ordered by id. Raises `Unfit` with every fault. An empty cell is an unknown value."""
    path = find(place)
    columns = _named(path, _parquet(path) if path.suffix == ".parquet" else _csv(path))
    rows = len(columns[ID])
    if not rows:
        raise Unfit([fault(str(path), "empty", "has no rows", "give a file with one account a row")])
    first = 2 if path.suffix == ".csv" else 1
    problems: list[Problem] = []
    for name in COLUMNS:
        columns[name], wrong = _numbers(name, columns[name])
        problems += [_told(path, name, found, first) for found in wrong]
    if repeated := _repeated(columns[ID]):
        problems.append(_told(path, ID, ("stands in the file before", repeated), first))
    if problems:
        raise Unfit(problems)
    cases = [_case({name: columns[name][at] for name in COLUMNS}) for at in range(rows)]
    return sorted(cases, key=lambda one: one.case_id)


def find(place: Path) -> Path:
    """The file: itself, or `dev.parquet` or the only data file in the folder or in its folder `credit`."""
    if place.is_file():
        if place.suffix in (".parquet", ".csv"):
            return place
        raise Unfit(
            [fault(str(place), "kind_unknown", "is neither .parquet nor .csv", "convert or rename it")]
        )
    for folder in (place / "credit", place):
        for name in ("dev.parquet", "dev.csv"):
            if (folder / name).is_file():
                return folder / name
        there = sorted(one for kind in ("*.parquet", "*.csv") for one in folder.glob(kind))
        if len(there) == 1:
            return there[0]
        if there:
            names = ", ".join(one.name for one in there)
            raise Unfit(
                [fault(str(folder), "ambiguous", f"holds {names}", "name the file itself with --data")]
            )
    detail = "holds no credit/dev.parquet" if place.is_dir() else "is not there"
    raise Unfit([fault(str(place), "not_found", detail, "name the file or its folder with --data")])


def digest(cases: Sequence[Case]) -> str:
    """A fingerprint of the accounts, whatever file they came in."""
    told = hashlib.sha256()
    for one in cases:
        account = one.account
        held = (one.case_id, account.limit, account.status, account.billed, account.paid, one.defaulted)
        told.update(repr(held).encode())
    return told.hexdigest()[:16]


def _parquet(path: Path) -> Columns:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise lacks_extra("data", "pyarrow", error) from error
    try:
        found: Columns = pyarrow.parquet.read_table(path).to_pydict()
    except (OSError, pyarrow.ArrowException) as error:
        raise _unreadable(path, error) from error
    return found


def _csv(path: Path) -> Columns:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            names = [name.strip() for name in next(reader, [])]
            lines = [line for line in reader if line]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error
    return {name: [line[at] if at < len(line) else None for line in lines] for at, name in enumerate(names)}


def _unreadable(path: Path, error: Exception) -> Unfit:
    detail = f"cannot be read: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
    return Unfit([fault(str(path), "unreadable", detail, "give a whole parquet or UTF-8 csv file")])


def _named(path: Path, columns: Columns) -> Columns:
    """The columns that are read, by their names here."""
    there = {name.casefold(): values for name, values in columns.items()}
    if not there:
        raise Unfit(
            [fault(str(path), "empty", "is empty", "give a file with a header and one account a row")]
        )
    found: Columns = {}
    for name in COLUMNS:
        for known in (name, *ALSO.get(name, ())):
            if known.casefold() in there:
                found[name] = there[known.casefold()]
                break
    lacking = [name for name in COLUMNS if name not in found]
    if lacking:
        fix = "add the column (an empty cell is an unknown value)"
        raise Unfit(
            [fault(f"{path}, column {name}", "column_missing", "is missing", fix) for name in lacking]
        )
    return found


def _numbers(name: str, cells: Sequence[Any]) -> tuple[list[Any], list[tuple[str, list[int]]]]:
    """The cells as numbers, and what is wrong: a sentence with the rows it is said of."""
    numbers: list[Any] = []
    wrong: dict[str, list[int]] = {}
    shown: dict[str, str] = {}
    for row, cell in enumerate(cells):
        number = _number(cell)
        says = "is not a number" if number is None else _objection(name, number)
        if says:
            wrong.setdefault(says, []).append(row)
            shown.setdefault(says, repr(cell))
        numbers.append(None if number is None or math.isnan(number) else number)
    return numbers, [(f"{shown[says]} {says}", rows) for says, rows in wrong.items()]


def _number(cell: Any) -> float | None:
    """NaN for an empty cell, None for what is no number."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return math.nan
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def _objection(name: str, number: float) -> str:
    if math.isnan(number):
        return "is empty, and has to be known" if name in (ID, DEFAULT) else ""
    if math.isinf(number):
        return "is not a number"
    if name == DEFAULT and number not in (0, 1):
        return "is neither 0 nor 1"
    if name == LIMIT and number <= 0:
        return "is not above zero"
    if (name == ID or name in STATUS) and not number.is_integer():
        return "is not a whole number"
    return "is not between -2 and 9" if name in STATUS and not -2 <= number <= 9 else ""


def _repeated(ids: Sequence[Any]) -> list[int]:
    seen: set[float] = set()
    rows = []
    for row, one in enumerate(ids):
        if one in seen:
            rows.append(row)
        if one is not None:
            seen.add(one)
    return rows


def _told(path: Path, name: str, found: tuple[str, list[int]], first: int) -> Problem:
    says, rows = found
    more = f" (and {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""
    fix = "give each account once" if says.startswith("stands") else "mend the cell or leave it empty"
    if name in (ID, DEFAULT) and fix.startswith("mend"):
        fix = "mend the cell"
    return fault(f"{path}, column {name}, row {rows[0] + first}", "cell_wrong", says + more, fix)


def _case(row: dict[str, Any]) -> Case:
    account = CreditAccount(
        limit=row[LIMIT],
        status=tuple(row[name] for name in STATUS),
        billed=tuple(row[name] for name in BILLED),
        paid=tuple(row[name] for name in PAID),
    )
    return Case(int(row[ID]), account, int(row[DEFAULT]))
