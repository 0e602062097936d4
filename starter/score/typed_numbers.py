"""Words that people typed where a number belongs, put into an order's numeric fields. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from models.intake.body import shown
from models.intake.checks import AddressCheck, CatalogueEntry, ContactFinding
from models.intake.validation import read_order
from models.order.messages import Address, Order
from models.shared.errors import Problem, Refused

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?")
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
_SKU = "SKU-1"
_CATALOGUE = {_SKU: CatalogueEntry(sku=_SKU, merchant_id="m-1")}
_HOME = Address(line1="Torstraße 1", city="Berlin", postcode="10119", country="DE")
LINE_FIELDS = ("quantity", "unit_price_minor", "freight_minor")
# No field of an order: weight is the catalogue's. Who sends it is told so.
UNKNOWN_FIELD = "weight_g"


@dataclass
class Column:
    """What one column holds: numbers, words, and how the words were answered by field and code."""

    numbers: int = 0
    words: int = 0
    examples: list[str] = field(default_factory=list)
    codes: dict[str, Counter[str]] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)


def judge_typed(typed: Mapping[str, Iterable[str]], check: AddressCheck) -> dict[str, Column]:
    """Every text that is no number, in each numeric field of an order's line."""
    return {name: _column(values, check) for name, values in typed.items()}


def body_with(address: Address, **line: Any) -> dict[str, Any]:
    """An order without a fault to this address; `line` changes its line."""
    ship_to = {name: value for name, value in address.model_dump().items() if value}
    whole = {"sku": _SKU, "quantity": 1, "unit_price_minor": 1000, "freight_minor": 0} | line
    return {
        "channel": "score", "source_id": "S-1", "placed_at": NOW.isoformat(), "currency": "EUR",
        "customer": {"customer_id": "c-1", "name": "Ada Weber", "email": "ada@customer.example"},
        "ship_to": ship_to, "lines": [whole], "total_minor": 1000,
        "payment": {"method": "card", "token": "tok_ok", "amount_minor": 1000},
    }  # fmt: skip


def read(body: dict[str, Any], check: AddressCheck) -> Order:
    """The order as the door reads it. Raises `Refused`."""
    return read_order(body, catalogue=_CATALOGUE, address=check, contact=_contact, now=NOW)


def _contact(email: str, phone: str, country: str) -> ContactFinding:
    del country
    return ContactFinding(email=email, phone=phone)


def _column(values: Iterable[str], check: AddressCheck) -> Column:
    column = Column(codes={name: Counter() for name in (*LINE_FIELDS, UNKNOWN_FIELD)})
    words: Counter[str] = Counter()
    for value in values:
        if _NUMBER.fullmatch(value.strip()):
            column.numbers += 1
        else:
            words[value] += 1
    column.words = words.total()
    column.examples = _kinds(words)
    for value, count in words.items():
        for name in column.codes:
            code = _answer(name, value, check)
            column.codes[name][code] += count
            if code in ("crashed", "unclear", "taken"):
                column.unclear.append(f"{name}: {shown(value)}: {code}")
    return column


def _answer(name: str, value: str, check: AddressCheck) -> str:
    """The code of the one problem; `taken`, `crashed` or `unclear` when it is not as it should be."""
    try:
        read(body_with(_HOME, **{name: value}), check)
    except Refused as refused:
        (problem, *others) = refused.problems
        return problem.code if not others and _clear(problem, name, value) else "unclear"
    except Exception:  # the measure is whether anything breaks
        return "crashed"
    return "taken"


def _clear(problem: Problem, name: str, value: str) -> bool:
    """Whether it names the field, the value that stands in it (a field that is none has no value) and the fix."""
    named = problem.pointer == f"/lines/0/{name}" and bool(problem.fix)
    return named and (name == UNKNOWN_FIELD or shown(value) in problem.detail)


def _kinds(words: Counter[str]) -> list[str]:
    """The words with their numbers taken out, the most frequent first."""
    kinds: Counter[str] = Counter()
    for value, count in words.items():
        kinds[re.sub(r"\d+", "…", shown(value))] += count
    return [kind for kind, _ in kinds.most_common(10)]
