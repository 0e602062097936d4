"""Reads what the address scorecard is measured on: Olist's addresses, labelled addresses, deliveries typed by hand."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starter.olist.files import find
from starter.parquet import MISSING_EXTRA, ParquetError, Row, read_rows

CASES = "libpostal_parser_cases"
POSTCODE_DIGITS = 5


class ScoreError(Exception):
    """The files cannot be read; the message says what is missing, all of it."""


@dataclass(frozen=True)
class Place:
    """One row of Olist: the first five digits of a postcode, and the state it should lie in."""

    postcode_prefix: str
    city: str
    state: str


@dataclass(frozen=True)
class Labelled:
    """An address as it was written, and its parts as somebody labelled them: (label, value), in their order."""

    written: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AddressFiles:
    """Everything that was read. `typed`: column → what people typed into it."""

    sellers: tuple[Place, ...]
    customers: tuple[Place, ...]
    cases: tuple[Labelled, ...]
    typed: dict[str, tuple[str, ...]]


TYPED_COLUMNS = ("Weight (Kilograms)", "Freight Cost (USD)")


def read_address_files(data: Path) -> AddressFiles:
    """Everything below the folder. Raises `ScoreError` with all that is missing."""
    try:
        import pyarrow  # noqa: F401
        import zstandard  # noqa: F401
    except ImportError as error:
        raise ScoreError(MISSING_EXTRA) from error
    if not data.is_dir():
        raise ScoreError(f"{data} is no folder")
    faults: list[str] = []

    def part(read: Callable[[], Any], nothing: Any) -> Any:
        try:
            return read()
        except ScoreError as error:
            faults.append(str(error))
            return nothing

    found = AddressFiles(
        sellers=part(lambda: _places(data, "sellers", "seller"), ()),
        customers=part(lambda: _places(data, "customers", "customer"), ()),
        cases=part(lambda: _cases(data / "address"), ()),
        typed=part(lambda: _typed(data / "scms"), {}),
    )
    if faults:
        raise ScoreError("; ".join(faults))
    return found


def _table(path: Path, columns: Sequence[str]) -> list[Row]:
    try:
        return read_rows(path, columns)
    except ParquetError as error:
        raise ScoreError(str(error)) from None


def _places(data: Path, table: str, kind: str) -> tuple[Place, ...]:
    folder = data / "olist"
    path = find(folder, table)
    if path is None:
        raise ScoreError(f"{folder} has no {table}.parquet")
    prefix, city, state = (f"{kind}_{what}" for what in ("zip_code_prefix", "city", "state"))
    rows = _table(path, (prefix, city, state))
    for column in (prefix, state):
        if absent := sum(row[column] is None for row in rows):
            raise ScoreError(f"{path}: {absent} rows have no {column}")
    # Some copies of the set hold the prefix as a number, without its leading noughts.
    return tuple(
        Place(str(row[prefix]).strip().zfill(POSTCODE_DIGITS), str(row[city] or ""), str(row[state]).strip())
        for row in rows
    )


def _cases(folder: Path) -> tuple[Labelled, ...]:
    paths = [folder / f"{CASES}.jsonl.zst", folder / f"{CASES}.jsonl", *sorted(folder.glob("*.jsonl.zst"))]
    path = next((one for one in paths if one.is_file()), None)
    if path is None:
        raise ScoreError(f"{folder} has no {CASES}.jsonl.zst")
    return tuple(
        _case(f"{path} line {number}", line)
        for number, line in enumerate(_text(path).splitlines(), 1)
        if line.strip()
    )


def _text(path: Path) -> str:
    import zstandard

    try:
        raw = path.read_bytes()
        if path.suffix == ".zst":
            raw = zstandard.ZstdDecompressor().stream_reader(raw).read()
        return raw.decode("utf-8")
    except (OSError, UnicodeDecodeError, zstandard.ZstdError) as error:
        raise ScoreError(f"{path} cannot be read: {error}") from None


def _case(at: str, line: str) -> Labelled:
    try:
        read = json.loads(line)
        parts = tuple((str(one["label"]), str(one["value"])) for one in read["components"])
        return Labelled(str(read["input"]), parts)
    except (ValueError, KeyError, TypeError) as error:
        raise ScoreError(f"{at} is no labelled address: {type(error).__name__} {error}") from None


def _typed(folder: Path) -> dict[str, tuple[str, ...]]:
    paths = [folder / "dev.parquet", *sorted(folder.glob("*.parquet"))]
    path = next((one for one in paths if one.is_file()), None)
    if path is None:
        raise ScoreError(f"{folder} has no dev.parquet")
    rows = _table(path, TYPED_COLUMNS)
    return {
        column: tuple(str(row[column]) for row in rows if row[column] is not None) for column in TYPED_COLUMNS
    }
