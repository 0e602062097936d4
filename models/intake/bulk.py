"""Many orders in one file: reads CSV and JSON lines into order bodies and tells every fault by its row. Pure.

What a body itself may hold is checked where it is handed in; `Record.told` gives those faults their row and column.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import orjson

from models.intake.body import MAX_LINES
from models.intake.checks import text_of
from models.intake.records import Record, RowFault, fault_at
from models.intake.sheet import (
    COLUMNS,
    MAX_LINE_BYTES,
    Column,
    Row,
    Sheet,
    lines_of,
    read_cell,
    readable,
    too_large,
)
from models.intake.validation import pointer
from models.shared.errors import Problem

__all__ = ["Format", "Record", "RowFault", "read_records"]
_PARTS = tuple(dict.fromkeys(one.path[0] for one in COLUMNS.values() if len(one.path) > 1))


class Format(StrEnum):
    """How a file holds orders."""

    CSV = "csv"
    JSONL = "jsonl"


def read_records(chunks: Iterable[bytes], form: Format, channel: str = "") -> Iterator[Record]:
    """The orders of a file, in its order and as they come. Raises `Refused` with every fault of a CSV header.

    `channel` is where orders come from that do not say so. What was read is kept as one digest for each source id.
    """
    lines = lines_of(chunks)
    return _compared(_from_csv(lines, channel) if form is Format.CSV else _from_json(lines, channel))


def _from_json(lines: Iterable[bytes], channel: str) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not text.strip():
            continue
        raw, problem = _json_of(text)
        if raw is not None and channel:
            raw.setdefault("channel", channel)
        faults = (fault_at(number, number, "", problem),) if problem else ()
        yield Record(row=number, line=number, raw=raw, faults=faults)


def _json_of(text: bytes) -> tuple[dict[str, Any] | None, Problem | None]:
    if len(text) > MAX_LINE_BYTES:
        return None, too_large("the line")
    try:
        text.decode("utf-8")
        raw = orjson.loads(text)
    except UnicodeDecodeError as error:
        said = f"byte {error.start + 1} is not UTF-8"
        return None, Problem(pointer="", code="not_utf8", detail=said, fix="save the file as UTF-8")
    except orjson.JSONDecodeError as error:
        fix = "write one order as one JSON object in one line"
        return None, Problem(pointer="", code="not_json", detail=f"is not JSON: {error}", fix=fix)
    if not isinstance(raw, dict):
        return None, Problem(
            pointer="", code="wrong_type", detail="is not a JSON object", fix="write one order a line"
        )
    return raw, None


@dataclass
class _Group:
    """The rows of one order, while they are read."""

    first: Row
    key: tuple[str, str]
    raw: dict[str, Any]
    cells: dict[str, str]
    faults: list[RowFault] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    rows: int = 0
    readable: bool = True

    def record(self) -> Record:
        raw = self.raw if self.readable else None
        faults, places = tuple(self.faults), tuple(self.places)
        return Record(self.first.row, self.first.line, raw, faults, places, rows=self.rows)

    def tell(self, row: Row, at: Sequence[str | int], column: str, code: str, detail: str, fix: str) -> None:
        problem = Problem(pointer=pointer(at), code=code, detail=detail, fix=fix)
        self.faults.append(fault_at(row.row, row.line, self.key[1], problem, column))


def _from_csv(lines: Iterable[bytes], channel: str) -> Iterator[Record]:
    sheet = Sheet(lines, frozenset({"channel"} if channel else ()))
    group: _Group | None = None
    stray: Row | None = None  # a row that may be anybody's, just above
    for row in sheet.rows():
        cells = dict(zip(sheet.names, row.cells, strict=False))
        said, source_id = (cells.get(name, "").strip() for name in ("channel", "source_id"))
        key = (said or channel, readable(source_id))
        if group and not said and key[1] == group.key[1]:
            key = group.key  # left empty below the first row
        if row.unreadable and not key[1]:
            key, stray = group.key if group else key, row
        elif group and (key != group.key or not key[1]):
            yield group.record()
            group = None
        if group is None:
            group = _Group(row, key, {part: {} for part in _PARTS} | {"lines": []}, cells)
            if channel:
                group.raw["channel"] = channel
        if stray and stray is not row:
            if group.first is row:
                said = f"row {stray.row} cannot be read and may belong to this order"
                group.tell(row, (), "", "beside_unreadable", said, "mend that row")
            stray = None
        _add(group, row, cells)
    if group:
        yield group.record()


def _add(group: _Group, row: Row, cells: dict[str, str]) -> None:
    """One more row for an order."""
    group.rows += 1
    if row.unreadable:
        group.readable = False
        group.faults.append(fault_at(row.row, row.line, group.key[1], row.unreadable))
        return
    if len(group.places) > MAX_LINES:
        return  # one more than allowed is kept, so that it is told
    nth = len(group.places)
    group.places.append((row.row, row.line))
    line: dict[str, Any] = {}
    group.raw["lines"].append(line)
    for name, cell in cells.items():
        column = COLUMNS[name]
        if not column.of_line and group.first is not row:
            if cell.strip() and cell.strip() != group.cells[name].strip():
                said = f"differs from row {group.first.row} of the same order"
                fix = "write the same in every row of an order, or leave it empty below the first"
                group.tell(row, column.path, name, "differs_in_order", said, fix)
        elif cell.strip():
            at: Sequence[str | int] = ("lines", nth, *column.path) if column.of_line else column.path
            _put(group, row, column, cell, line if column.of_line else group.raw, at)


def _put(
    group: _Group, row: Row, column: Column, cell: str, into: dict[str, Any], at: Sequence[str | int]
) -> None:
    value, wrong = read_cell(column, cell)
    if wrong:
        group.tell(row, at, column.name, *wrong)
    for part in column.path[:-1]:
        into = into[part]
    into[column.path[-1]] = value


def _compared(records: Iterable[Record]) -> Iterator[Record]:
    """The same records; a source id that came before is the same order again, or a fault."""
    seen: dict[bytes, tuple[bytes, int]] = {}
    for record in records:
        raw = record.raw
        if raw is None:
            yield record
            continue
        digest = _digest(raw)
        source = text_of(raw, "channel"), record.source_id
        if not source[1]:
            yield replace(record, digest=digest)
            continue
        first, above = seen.setdefault(_digest(source), (digest, record.row))
        if above == record.row:
            yield replace(record, digest=digest)
        elif first == digest:
            yield replace(record, digest=digest, same_as=above)
        else:
            said = f"row {above} holds another order with this source id"
            problem = Problem(
                pointer="/source_id", code="repeated_source", detail=said,
                fix="bring the rows of an order together, or give it a source id of its own",
            )  # fmt: skip
            column = "source_id" if record.places else ""
            fault = fault_at(record.row, record.line, record.source_id, problem, column)
            yield replace(record, digest=digest, faults=(*record.faults, fault))


def _digest(value: Any) -> bytes:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).digest()[:16]
