"""Reads files of credit accounts, CSV or JSON lines, and tells every fault by row, field and code. Pure."""

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.order.credit_body import AccountBody, HistoryBody
from models.review.credit_account import MONTHS
from models.shared.messages import Message

NEEDED = ("customer_id", "currency", "limit_minor")
_BY_MONTH = ("status", "billed", "paid")
COLUMNS = (*NEEDED, "limit", *(f"{name}_{month}" for name in _BY_MONTH for month in range(1, MONTHS + 1)))
_SEND = "write {} as docs/reference/credit.md says"
_CODES = {
    "missing": ("missing", "is missing"),
    "extra_forbidden": ("unknown_field", "is not part of an account"),
    "too_long": ("out_of_range", f"holds more than {MONTHS} months"),
    "string_too_short": ("blank", "is empty"),
    "string_too_long": ("too_long", "is too long"),
    "string_pattern_mismatch": ("bad_format", "has the wrong form"),
    "control_character": ("control_character", "holds a control character"),
    "currency_unknown": ("currency_unknown", "is not an ISO 4217 currency"),
}
_RANGES = {
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
}
_Loc = tuple[int | str, ...]


class AccountFault(Message):
    """What is wrong: `row` as a spreadsheet or an editor counts, 0 for the whole file; `field` a column or a path."""

    row: int
    field: str
    code: str
    detail: str
    fix: str = ""


def read_accounts(data: bytes, as_csv: bool) -> tuple[list[AccountBody], list[AccountFault]]:
    """The accounts of a file, and every fault; accounts with a fault are left out."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return [], [
            AccountFault(row=row, field="", code="not_utf8", detail="is not UTF-8", fix="save it as UTF-8")
        ]
    return _Reader().read(text, as_csv)


def read_history(data: bytes) -> tuple[HistoryBody | None, list[AccountFault]]:
    """Six months from a JSON document, or every fault."""
    try:
        return HistoryBody.model_validate_json(data, strict=True), []
    except ValidationError as error:
        return None, [_fault(0, one, _path) for one in error.errors(include_url=False)]


class _Reader:
    """Keeps accounts, faults, and in which row a customer came first."""

    def __init__(self) -> None:
        self.accounts: list[AccountBody] = []
        self.faults: list[AccountFault] = []
        self._first: dict[str, int] = {}

    def read(self, text: str, as_csv: bool) -> tuple[list[AccountBody], list[AccountFault]]:
        if as_csv:
            self._from_csv(text)
        else:
            self._from_json(text)
        if not self.accounts and not self.faults:
            self._tell(0, "", "missing", "holds no account", "write one account a row")
        return self.accounts, self.faults

    def _from_json(self, text: str) -> None:
        for row, line in enumerate(text.split("\n"), 1):
            if line.strip():
                self._take(row, line, _path)

    def _from_csv(self, text: str) -> None:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        names: list[str] = []
        row = 0
        try:
            for row, cells in enumerate(reader, 1):
                if row == 1:
                    names = [cell.strip() for cell in cells]
                    if not self._header_is_good(names):
                        return
                elif len(cells) != len(names) and any(map(str.strip, cells)):
                    said = f"has {len(cells)} cells, the header {len(names)}"
                    self._tell(row, "", "bad_csv", said, "write one cell for each column")
                elif any(map(str.strip, cells)):
                    self._take(row, orjson.dumps(_raw(dict(zip(names, cells, strict=True)))), _column)
        except csv.Error as error:
            self._tell(row + 1, "", "bad_csv", f"is no CSV: {error}", "write it as RFC 4180 says")

    def _header_is_good(self, names: Sequence[str]) -> bool:
        told = (
            ("missing_column", "is missing", [name for name in NEEDED if name not in names]),
            (
                "unknown_column",
                "is not a column of accounts",
                [name for name in names if name not in COLUMNS],
            ),
            ("repeated_column", "stands twice", sorted({name for name in names if names.count(name) > 1})),
        )
        for code, detail, wrong in told:
            for name in wrong:
                self._tell(
                    1, name, code, detail, f"the columns are {', '.join(NEEDED)} and those of the history"
                )
        return not any(wrong for _, _, wrong in told)

    def _take(self, row: int, document: str | bytes, named: Callable[[_Loc], str]) -> None:
        try:
            account = AccountBody.model_validate_json(document, strict=True)
        except ValidationError as error:
            self.faults += [_fault(row, one, named) for one in error.errors(include_url=False)]
            return
        above = self._first.setdefault(account.customer_id, row)
        if above != row:
            said = f"row {above} is this customer's account already"
            self._tell(row, "customer_id", "repeated_customer", said, "write one row a customer")
        else:
            self.accounts.append(account)

    def _tell(self, row: int, field: str, code: str, detail: str, fix: str) -> None:
        self.faults.append(AccountFault(row=row, field=field, code=code, detail=detail, fix=fix))


def _raw(cells: dict[str, str]) -> dict[str, Any]:
    """A row as a document; an empty cell is left out, what is no number stays a text and is told later."""
    filled = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    raw: dict[str, Any] = {name: filled[name] for name in NEEDED if name in filled}
    if "limit_minor" in raw:
        raw["limit_minor"] = _number(raw["limit_minor"], int)
    history: dict[str, Any] = {
        name: [_number(cell, float) for cell in _months(filled, name)] for name in _BY_MONTH
    }
    if "limit" in filled:
        history["limit"] = _number(filled["limit"], float)
    return raw | {"history": history}


def _months(filled: dict[str, str], name: str) -> Iterator[str | None]:
    return (filled.get(f"{name}_{month}") for month in range(1, MONTHS + 1))


def _number(cell: str | None, kind: type[int] | type[float]) -> Any:
    if cell is None:
        return None
    try:
        number = kind(cell)
    except ValueError:
        return cell
    # Beyond 64 bits JSON has no whole number that all read alike.
    return number if math.isfinite(number) and abs(number) < 2**63 else cell


def _fault(row: int, fault: ErrorDetails, named: Callable[[_Loc], str]) -> AccountFault:
    kind, field = fault["type"], named(fault["loc"])
    if kind == "json_invalid":
        fix = "write one JSON object a line"
        return AccountFault(row=row, field="", code="not_json", detail=fault["msg"], fix=fix)
    fix = _SEND.format(field or "the row")
    if kind in _RANGES:
        detail = _RANGES[kind].format(**fault["ctx"])
        return AccountFault(row=row, field=field, code="out_of_range", detail=detail, fix=fix)
    code, detail = _CODES.get(kind, ("wrong_type", fault["msg"][:1].lower() + fault["msg"][1:]))
    return AccountFault(row=row, field=field, code=code, detail=detail, fix=fix)


def _path(loc: _Loc) -> str:
    return ".".join(map(str, loc))


def _column(loc: _Loc) -> str:
    """The column that a place in the document came from."""
    if len(loc) == 3 and isinstance(loc[2], int):
        return f"{loc[1]}_{loc[2] + 1}"
    return str(loc[-1]) if loc else ""
