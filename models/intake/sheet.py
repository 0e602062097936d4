"""Orders as a table: the columns of a CSV file, and its rows (RFC 4180) without what cannot be read. Pure."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from models.intake.body import Body, LineBody, OrderBody
from models.shared.errors import Problem, Refused

MAX_LINE_BYTES = 1_000_000
SEPARATORS = ",;"
_BOM = b"\xef\xbb\xbf"
_WHOLE = re.compile(r"[+-]?[0-9]+")
_MOST_DIGITS = 18
# What `surrogateescape` makes of a byte that is no UTF-8.
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class Column:
    """A column and the field of an order that it fills. `path` of a line's field leads from the line."""

    name: str
    path: tuple[str, ...]
    of_line: bool
    whole: bool
    needed: bool


# A list of its own has no place in a cell: JSON lines take it.
_NO_COLUMN = "tenders"


def _columns() -> Iterator[Column]:
    for name, field in OrderBody.model_fields.items():
        if name == _NO_COLUMN:
            continue
        kind = field.annotation
        inner = LineBody if name == "lines" else kind
        if not (isinstance(inner, type) and issubclass(inner, Body)):
            yield Column(name, (name,), False, _is_whole(kind), field.is_required())
            continue
        of_line = inner is LineBody
        for part, held in inner.model_fields.items():
            path = (part,) if of_line else (name, part)
            yield Column(".".join(path), path, of_line, _is_whole(held.annotation), held.is_required())


def _is_whole(kind: Any) -> bool:
    return kind is int or any(_is_whole(part) for part in get_args(kind))


COLUMNS = {column.name: column for column in _columns()}


@dataclass(frozen=True)
class Row:
    """A row below the header. `row` counts as a spreadsheet does (the header is 1), `line` as an editor does.

    With an `unreadable` the cells are a guess, good for nothing but telling whose row it is.
    """

    row: int
    line: int
    cells: Sequence[str]
    unreadable: Problem | None = None


class Sheet:
    """A table's header, and its rows as they come. Raises `Refused` with every fault of the header."""

    def __init__(self, lines: Iterable[bytes], filled: frozenset[str] = frozenset()) -> None:
        """`filled`: columns that may be missing, because somebody else knows their value."""
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self._row = self._line = 0
        self.separator = ","
        first = self._next_text()
        if first is not None:
            if first.startswith(_BOM.decode()):
                first = first.removeprefix(_BOM.decode())
            self.separator = max(SEPARATORS, key=lambda one: len(COLUMNS.keys() & set(_guess(first, one))))
            self._again.appendleft(first)
            self._line -= 1
        header = next(self._read(0), None)
        self.names = [cell.strip() for cell in header.cells] if header else []
        if problems := _header_problems(self.names, header.unreadable if header else None, filled):
            raise Refused(problems)

    def rows(self) -> Iterator[Row]:
        """Every row that holds something."""
        return (
            row for row in self._read(len(self.names)) if row.unreadable or any(map(str.strip, row.cells))
        )

    def _read(self, width: int) -> Iterator[Row]:
        while True:
            taken: list[str] = []
            begins, cells, why = self._line + 1, None, ""
            try:
                cells = next(csv.reader(self._texts(taken), delimiter=self.separator, strict=True))
            except StopIteration:
                return
            except csv.Error as error:
                why = str(error)
            self._row += 1
            if cells is not None and (not cells or not width or len(cells) == width):
                yield Row(self._row, begins, cells)
                continue
            # A quote that nobody closes must not swallow the rows below it: only its own line is lost.
            self._again.extendleft(reversed(taken[1:]))
            self._line = begins
            problem = _unreadable(taken[0], why or _miscounted(len(cells or ()), width))
            cells = _guess(taken[0], self.separator)
            # The last cell of too few is the one that went wrong.
            yield Row(self._row, begins, cells if len(cells) >= width else cells[:-1], problem)

    def _texts(self, taken: list[str]) -> Iterator[str]:
        held = 0
        while held <= MAX_LINE_BYTES and (text := self._next_text()) is not None:
            taken.append(text)
            held += len(text)
            yield text

    def _next_text(self) -> str | None:
        if self._again:
            text: str | None = self._again.popleft()
        else:
            raw = next(self._lines, None)
            text = None if raw is None else raw.decode("utf-8", "surrogateescape")
        self._line += text is not None
        return text


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Text lines of a stream with their ends; one that is too long is cut off just behind what is allowed."""
    held = b""
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        held = (held + first)[: MAX_LINE_BYTES + 1]
        for piece in others:
            yield held + b"\n"
            held = piece[: MAX_LINE_BYTES + 1]
    if held:
        yield held


def read_cell(column: Column, cell: str) -> tuple[Any, tuple[str, str, str] | None]:
    """The value of a cell that holds something; with code, detail and fix when it cannot be one."""
    if _NOT_UTF8.search(cell):
        return None, ("not_utf8", "is not UTF-8", "save the file as UTF-8")
    if not column.whole:
        return cell, None
    text = cell.strip()
    if not _WHOLE.fullmatch(text):
        said = f"{text[:40]!r} is no whole number"
        return text, ("wrong_type", said, "write digits alone; money is in minor units, without a point")
    if len(text) > _MOST_DIGITS:
        return text, ("out_of_range", f"has more than {_MOST_DIGITS} digits", "send a value in range")
    return int(text), None


def readable(text: str) -> str:
    """A text with a mark for every byte that is no UTF-8."""
    return _NOT_UTF8.sub("\ufffd", text)


def too_large(what: str) -> Problem:
    """A line or a row that is longer than a door takes."""
    return Problem(
        pointer="", code="too_large", detail=f"{what} holds more than {MAX_LINE_BYTES} bytes", fix="split it"
    )


def _unreadable(first: str, why: str) -> Problem:
    if len(first) > MAX_LINE_BYTES:
        return too_large("the row")
    fix = "put a cell that holds a separator, a quote or a new line into quotes, and double the quotes in it"
    return Problem(pointer="", code="bad_csv", detail=why, fix=fix)


def _miscounted(cells: int, width: int) -> str:
    return f"holds {cells} cells, the header {width}"


def _guess(text: str, separator: str) -> list[str]:
    """The cells of one text line, as well as they can be told."""
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=separator), [])]
    except csv.Error:
        return []


def _header_problems(names: list[str], unreadable: Problem | None, filled: frozenset[str]) -> list[Problem]:
    if unreadable:
        return [unreadable]
    found = []
    for name, column in COLUMNS.items():
        if column.needed and name not in names and name not in filled:
            found.append(("missing_column", f"there is no column {name}", "add it"))
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            found.append(("repeated_column", f"the column {name!r} stands there twice", "leave one out"))
        if name not in COLUMNS:
            fix = "leave it out; the columns are in the guide to imports"
            found.append(("unknown_column", f"an order has no column {name[:40]!r}", fix))
    return [Problem(pointer="/header", code=code, detail=detail, fix=fix) for code, detail, fix in found]
