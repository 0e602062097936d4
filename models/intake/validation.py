"""Is this an order? Reads a storefront's body and tells every fault at once. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.intake.body import MAX_LINES, OrderBody, shown
from models.intake.checks import (
    AddressCheck,
    Books,
    CatalogueEntry,
    ContactCheck,
    address_of,
    business_problems,
    text_of,
)
from models.order.messages import Customer, Order, OrderLine, Service
from models.order.paying import Payment, StoredTender
from models.shared.errors import Problem, Refused
from models.shared.ids import fingerprint, order_number_for

# Beyond this a list of faults helps nobody.
MAX_PROBLEMS = 1_000

_CODES = {
    "missing": ("missing", "is missing", "send it"),
    "extra_forbidden": ("unknown_field", "is not a field of an order", "leave it out"),
    "string_too_short": ("blank", "is empty", "send a value, or leave an optional field out"),
    "string_too_long": ("too_long", "is too long", "shorten it"),
    "string_pattern_mismatch": ("bad_format", "has the wrong form", "see the pattern in the API description"),
    "string_unicode": ("bad_format", "is not valid Unicode", "send UTF-8"),
    "too_long": ("too_many_lines", f"holds more than {MAX_LINES} lines", "split the order"),
    "too_short": ("too_few_lines", "holds no line", "send at least one line"),
    "literal_error": ("unknown_value", "is none of the allowed values", "see the API description"),
    "enum": ("unknown_value", "is none of the allowed values", "see the API description"),
    "timezone_aware": ("time_zone_missing", "has no time zone", "add Z or an offset"),
    "control_character": ("control_character", "holds a control character", "send printable text"),
    "bad_time": ("bad_time", "is not a time in ISO 8601", "send a text such as 2026-01-31T09:00:00Z"),
    "wrong_type": ("wrong_type", "is not a text in ISO 8601", "send a text such as 2026-01-31T09:00:00Z"),
}
_AMOUNT_FIX = (
    "the amount in minor units as a JSON number, such as 1250 for EUR 12.50, and words in no number's field"
)
_NUMBER_FIX = "a JSON number without quotes, such as 3, and words in no number's field"
Location = tuple[int | str, ...]
# Where a fault makes the sum unknown.
_AMOUNT = re.compile(r"^(/total_minor|/lines(/\d+(/(quantity|unit_price_minor|freight_minor))?)?)$")
_RANGES = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}


def read_order(
    raw: Any,
    *,
    catalogue: Mapping[str, CatalogueEntry],
    address: AddressCheck,
    contact: ContactCheck,
    now: datetime,
) -> Order:
    """The order that a decoded JSON body holds. Raises `Refused` with all faults.

    `catalogue` holds at least the SKUs that `skus_in` names, as far as they exist; `now` is aware.
    """
    # Each book is asked once, also when the order is good.
    books = Books(catalogue, cache(address), cache(contact), now)
    if not isinstance(raw, dict):
        raise Refused(
            [Problem(pointer="", code="wrong_type", detail="is not a JSON object", fix="send one order")]
        )
    body: OrderBody | None = None
    problems: list[Problem] = []
    known: dict[str, Any] = raw
    crowded = _crowded(raw)
    try:
        if crowded:
            # Ten thousand lines are one fault; the rest of the body is still read.
            known = {name: value for name, value in raw.items() if name != "lines"}
            problems.append(_CROWDED)
        body = OrderBody.model_validate(known)
    except ValidationError as error:
        faults = [f for f in error.errors(include_url=False) if not (crowded and f["loc"] == ("lines",))]
        problems += [schema_problem(fault) for fault in faults]
        known = _without(known, [fault["loc"] for fault in faults])
    unread = {problem.pointer for problem in problems}
    whole = not any(_AMOUNT.match(at) for at in unread)
    problems += [p for p in business_problems(known, whole, books) if p.pointer not in unread]
    if problems or body is None:
        raise Refused(_bounded(problems))
    return _order(body, raw, books)


def skus_in(raw: Any) -> frozenset[str]:
    """The SKUs that a raw body names, to look them up before it is read; at most `MAX_LINES`."""
    lines = raw.get("lines") if isinstance(raw, dict) else None
    if not isinstance(lines, list) or len(lines) > MAX_LINES:
        return frozenset()
    named = (text_of(line, "sku") for line in lines if isinstance(line, dict))
    return frozenset(sku for sku in named if 0 < len(sku) <= 64 and sku.isprintable())


_CROWDED = Problem(
    pointer="/lines",
    code="too_many_lines",
    detail=f"holds more than {MAX_LINES} lines",
    fix="split the order",
)


def _crowded(raw: dict[str, Any]) -> bool:
    lines = raw.get("lines")
    return isinstance(lines, list) and len(lines) > MAX_LINES


def pointer(location: Iterable[int | str]) -> str:
    """The JSON pointer (RFC 6901) of a place in a body."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


def schema_problem(fault: ErrorDetails) -> Problem:
    """One of pydantic's faults in our stable codes."""
    kind, at = fault["type"], pointer(fault["loc"])
    if kind.startswith("datetime_"):
        kind = "bad_time"
    if kind in _RANGES:
        words, name = _RANGES[kind]
        bound = fault["ctx"][name]
        return Problem(
            pointer=at, code="out_of_range", detail=f"must be {words} {bound}", fix="send a value in range"
        )
    if kind in _CODES:
        code, detail, fix = _CODES[kind]
        return Problem(pointer=at, code=code, detail=detail, fix=fix)
    if kind.startswith("int_"):
        amount = at.endswith("_minor")
        return Problem(
            pointer=at, code="wrong_type", detail=f"{_value(fault.get('input'))} is no whole number",
            fix=f"send {_AMOUNT_FIX if amount else _NUMBER_FIX}",
        )  # fmt: skip
    return Problem(
        pointer=at,
        code="wrong_type",
        detail=_lowered(fault["msg"]),
        fix="send the JSON type that the API names",
    )


def _value(given: Any) -> str:
    """What stands where a number should: quoted when it is a text, so that "12" and 12 differ."""
    if isinstance(given, str):
        return f'"{shown(given)}"'
    if given is None or isinstance(given, bool):
        return {None: "null", True: "true", False: "false"}[given]
    return shown(repr(given)) if isinstance(given, int | float) else "a list or an object"


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def _bounded(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= MAX_PROBLEMS:
        return problems
    left = len(problems) - MAX_PROBLEMS
    more = Problem(
        pointer="", code="more_problems", detail=f"{left} more are not listed", fix="mend these first"
    )
    return [*problems[:MAX_PROBLEMS], more]


def _without(value: Any, locations: list[Location]) -> Any:
    """A copy of a part of the body without the leaves at these places; a line that is none becomes None."""
    inside: dict[int | str, list[Location]] = {}
    for first, *rest in locations:
        inside.setdefault(first, []).append(tuple(rest))
    if isinstance(value, dict):
        kept = {name: part for name, part in value.items() if () not in inside.get(name, ())}
        return {name: _without(part, inside[name]) if name in inside else part for name, part in kept.items()}
    return [
        (None if () in inside[index] else _without(part, inside[index])) if index in inside else part
        for index, part in enumerate(value)
    ]


def _order(body: OrderBody, raw: dict[str, Any], books: Books) -> Order:
    given = address_of(body.ship_to.model_dump())
    found = books.address(given)
    reached = books.contact(body.customer.email, body.customer.phone or "", body.ship_to.country)
    number = body.order_number or order_number_for(body.ship_to.country, body.channel, body.source_id)
    return Order(
        order_number=number,
        channel=body.channel,
        source_id=body.source_id,
        placed_at=body.placed_at.astimezone(UTC),
        currency=body.currency,
        customer=Customer(
            customer_id=body.customer.customer_id,
            name=body.customer.name,
            email=reached.email,
            phone=reached.phone,
        ),
        ship_to=found.address,
        lines=_order_lines(body, books.catalogue),
        total_minor=body.total_minor,
        payment=Payment(**body.payment.model_dump()),
        tenders=tuple(StoredTender(**tender.model_dump()) for tender in body.tenders),
        service=Service(body.service),
        group_buy=body.group_buy or "",
        locale=body.locale,
        fingerprint=fingerprint(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS).decode()),
        address_verdict=found.verdict.value,
        original_address=given if found.address != given else None,
    )


def _order_lines(body: OrderBody, catalogue: Mapping[str, CatalogueEntry]) -> tuple[OrderLine, ...]:
    lines = []
    for line_no, line in enumerate(body.lines, start=1):
        entry = catalogue[line.sku]
        lines.append(
            OrderLine(
                line_no=line_no,
                sku=line.sku,
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                merchant_id=entry.merchant_id,
                title=line.title or entry.title,
                freight_minor=line.freight_minor,
                weight_g=entry.weight_g,
                special_goods=entry.special_goods,
                list_price_minor=entry.list_price_minor if entry.list_currency == body.currency else None,
            )
        )
    return tuple(lines)
