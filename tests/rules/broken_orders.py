"""Orders with one fault each: how a good body is broken, and what must be said about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.intake.body import MAX_AMOUNT_MINOR

Break = Callable[[dict[str, Any]], Any]


def put(*path: Any) -> Break:
    """Sets the last of `path` at the place that the others lead to."""
    *way, name, value = path

    def apply(body: dict[str, Any]) -> None:
        target: Any = body
        for step in way:
            target = target[step]
        target[name] = value

    return apply


def drop(*path: Any) -> Break:
    *way, name = path

    def apply(body: dict[str, Any]) -> None:
        target: Any = body
        for step in way:
            target = target[step]
        del target[name]

    return apply


BROKEN: dict[str, tuple[Break, list[tuple[str, str]]]] = {
    "a missing field": (drop("currency"), [("/currency", "missing")]),
    "a missing part": (drop("customer"), [("/customer", "missing")]),
    "a missing field inside": (drop("customer", "name"), [("/customer/name", "missing")]),
    "an unknown field": (put("lines", 0, "colour", "red"), [("/lines/0/colour", "unknown_field")]),
    "a pointer to escape": (put("a/b~c", 1), [("/a~1b~0c", "unknown_field")]),
    "a part of the wrong type": (put("ship_to", "Berlin"), [("/ship_to", "wrong_type")]),
    "a number as text": (put("lines", 0, "quantity", "2"), [("/lines/0/quantity", "wrong_type")]),
    "bool as int": (put("lines", 0, "quantity", True), [("/lines/0/quantity", "wrong_type")]),
    "float money": (put("total_minor", 61.9), [("/total_minor", "wrong_type")]),
    "a whole float as money": (put("total_minor", 6190.0), [("/total_minor", "wrong_type")]),
    "a negative quantity": (put("lines", 0, "quantity", -2), [("/lines/0/quantity", "out_of_range")]),
    "no pieces": (put("lines", 0, "quantity", 0), [("/lines/0/quantity", "out_of_range")]),
    "too many pieces": (put("lines", 0, "quantity", 10_001), [("/lines/0/quantity", "out_of_range")]),
    "a negative price": (
        put("lines", 1, "unit_price_minor", -1),
        [("/lines/1/unit_price_minor", "out_of_range")],
    ),
    "a huge number": (put("total_minor", 10**30), [("/total_minor", "out_of_range")]),
    "one unit too much": (put("total_minor", MAX_AMOUNT_MINOR + 1), [("/total_minor", "out_of_range")]),
    "an unknown SKU": (put("lines", 1, "sku", "GHOST"), [("/lines/1/sku", "sku_unknown")]),
    "a merchant that contradicts the catalogue": (
        put("lines", 1, "merchant_id", "m-kiln"),
        [("/lines/1/merchant_id", "merchant_mismatch")],
    ),
    "a total that does not match": (put("total_minor", 6189), [("/total_minor", "total_mismatch")]),
    "no lines": (put("lines", []), [("/lines", "too_few_lines")]),
    "a line that is none": (put("lines", 0, None), [("/lines/0", "wrong_type")]),
    "lines that are none": (put("lines", {"0": {}}), [("/lines", "wrong_type")]),
    "an unknown currency": (put("currency", "XBT"), [("/currency", "currency_unknown")]),
    "a currency in lower case": (put("currency", "eur"), [("/currency", "bad_format")]),
    "a wrong exponent": (put("exponent", 0), [("/exponent", "exponent_mismatch")]),
    "a date in the future": (put("placed_at", "2026-03-03T00:00:00Z"), [("/placed_at", "placed_in_future")]),
    "a date at the edge of time": (
        put("placed_at", "0001-01-01T00:00:00+14:00"),
        [("/placed_at", "placed_too_long_ago")],
    ),
    "a time without zone": (put("placed_at", "2026-03-01T09:30:00"), [("/placed_at", "time_zone_missing")]),
    "no time": (put("placed_at", "yesterday"), [("/placed_at", "bad_time")]),
    "a time as a number": (put("placed_at", 1772355600), [("/placed_at", "wrong_type")]),
    "a time as digits": (put("placed_at", "1772355600"), [("/placed_at", "bad_time")]),
    "a NUL byte": (put("source_id", "S-\x001"), [("/source_id", "control_character")]),
    "a control character": (put("customer", "name", "Ada\x1b[2J"), [("/customer/name", "control_character")]),
    "text turned round": (put("ship_to", "city", "Ber\u202elin"), [("/ship_to/city", "control_character")]),
    "a lone surrogate": (put("ship_to", "city", "Ber\ud800lin"), [("/ship_to/city", "bad_format")]),
    "a blank": (put("customer", "name", "   "), [("/customer/name", "blank")]),
    "a text without end": (put("ship_to", "line1", "x" * 201), [("/ship_to/line1", "too_long")]),
    "a bad e-mail": (put("customer", "email", "ada(at)customer"), [("/customer/email", "email_invalid")]),
    "a bad phone": (put("customer", "phone", "none"), [("/customer/phone", "phone_invalid")]),
    "a country that is none": (put("ship_to", "country", "XX"), [("/ship_to/country", "country_unknown")]),
    "a country by name": (put("ship_to", "country", "Germany"), [("/ship_to/country", "bad_format")]),
    "an impossible postcode": (
        put("ship_to", "postcode", "ABC"),
        [("/ship_to/postcode", "postcode_invalid")],
    ),
    "no postcode where one is needed": (
        drop("ship_to", "postcode"),
        [("/ship_to/postcode", "postcode_required")],
    ),
    "an address without region where one is needed": (
        put("ship_to", {"line1": "1 Main St", "city": "Reno", "postcode": "89501", "country": "US"}),
        [("/ship_to/region", "region_required")],
    ),
    "a region of another country": (
        put("ship_to", {"line1": "1", "city": "X", "region": "Bayern", "postcode": "89501", "country": "US"}),
        [("/ship_to/region", "region_unknown")],
    ),
    "an order number in lower case": (put("order_number", "br-1"), [("/order_number", "bad_format")]),
    "an unknown service": (put("service", "teleport"), [("/service", "unknown_value")]),
}
