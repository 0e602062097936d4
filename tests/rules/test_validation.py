"""Whatever comes in, either an order comes out or every fault is named."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.intake.body import MAX_AMOUNT_MINOR, OrderBody
from models.intake.validation import MAX_PROBLEMS, skus_in
from models.order.messages import Address, Service
from models.shared.errors import Refused
from models.shared.ids import fingerprint, order_number_for
from tests.rules.order_bodies import faults_of, good_body, read

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


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_order_is_refused_with_its_fault(name: str) -> None:
    breaking, expected = BROKEN[name]
    body = good_body()
    breaking(body)
    assert faults_of(body) == expected


def test_every_fault_is_named_at_once_schema_and_business_alike() -> None:
    body = good_body()
    del body["customer"]["name"]
    body["customer"]["email"] = "nobody"
    body["ship_to"]["postcode"] = "1"
    body["ship_to"]["line1"] = 7
    body["currency"] = "XBT"
    body["placed_at"] = "2027-01-01T00:00:00Z"
    body["lines"][0] = {"sku": "GHOST", "quantity": "2", "unit_price_minor": 1500}
    body["lines"][1] |= {"merchant_id": "m-kiln", "gift": True}
    body["nonsense"] = {}
    assert faults_of(body) == [
        ("/currency", "currency_unknown"),
        ("/customer/email", "email_invalid"),
        ("/customer/name", "missing"),
        ("/lines/0/quantity", "wrong_type"),
        ("/lines/0/sku", "sku_unknown"),
        ("/lines/1/gift", "unknown_field"),
        ("/lines/1/merchant_id", "merchant_mismatch"),
        ("/nonsense", "unknown_field"),
        ("/placed_at", "placed_in_future"),
        ("/ship_to/line1", "wrong_type"),
        ("/ship_to/postcode", "postcode_invalid"),
    ]


def test_a_wrong_total_is_found_beside_a_fault_that_leaves_the_amounts_readable() -> None:
    body = good_body() | {"total_minor": 1}
    body["lines"][0]["colour"] = "red"
    assert faults_of(body) == [("/lines/0/colour", "unknown_field"), ("/total_minor", "total_mismatch")]


def test_ten_thousand_lines_are_one_fault_found_quickly_and_the_rest_is_still_read() -> None:
    body = good_body() | {"currency": "XBT", "lines": [{"sku": 1}] * 10_000}
    started = time.perf_counter()
    assert faults_of(body) == [("/currency", "currency_unknown"), ("/lines", "too_many_lines")]
    assert time.perf_counter() - started < 0.05
    assert skus_in(body) == frozenset()


def test_a_flood_of_faults_is_bounded_and_says_so() -> None:
    body = good_body() | {f"x{i}": i for i in range(20_000)}
    faults = faults_of(body)
    assert len(faults) == MAX_PROBLEMS + 1
    assert faults[0] == ("", "more_problems")


@pytest.mark.parametrize("raw", [None, [], "order", 7, True, 1.5])
def test_what_is_no_object_is_one_fault(raw: Any) -> None:
    assert faults_of(raw) == [("", "wrong_type")]


def test_a_good_order_is_read_with_what_the_catalogue_and_the_books_know() -> None:
    body = good_body()
    order = read(body)
    assert order.order_number == order_number_for("DE", "web", "S-1001")
    assert order.placed_at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert (order.customer.email, order.customer.phone) == ("ada@customer.example", "+49301234567")
    assert order.ship_to == Address(line1="Torstraße 1", city="Berlin", postcode="10119", country="DE")
    assert (order.address_verdict, order.original_address) == ("valid", None)
    assert [(x.line_no, x.sku, x.merchant_id, x.weight_g, x.special_goods) for x in order.lines] == [
        (1, "MUG-1", "m-kiln", 350, False),
        (2, "KNIFE-1", "m-forge", 200, True),
    ]
    assert (order.lines[0].title, order.lines[0].list_price_minor) == ("Mug", 1500)
    assert (order.service, order.locale, order.group_buy) == (Service.STANDARD, "en", "")
    assert order.fingerprint == fingerprint(orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode())


def test_a_corrected_address_keeps_the_original_beside_it() -> None:
    body = good_body()
    body["ship_to"]["postcode"] = "D-10119"
    order = read(body)
    assert (order.address_verdict, order.ship_to.postcode) == ("corrected", "10119")
    assert order.original_address == order.ship_to.model_copy(update={"postcode": "D-10119"})


def test_a_postcode_of_another_region_is_left_to_a_person() -> None:
    body = good_body()
    body["ship_to"] = {
        "line1": "1 Main St", "city": "Reno", "region": "NV", "postcode": "10001", "country": "US",
    }  # fmt: skip
    assert read(body).address_verdict == "ambiguous"


def test_the_same_body_in_another_key_order_has_the_same_fingerprint_and_another_value_another() -> None:
    body = good_body()
    turned = dict(reversed(body.items()))
    assert read(turned).fingerprint == read(body).fingerprint
    assert read(body | {"locale": "de"}).fingerprint != read(body).fingerprint


def test_a_payment_that_differs_is_no_fault_here_because_review_holds_it() -> None:
    body = good_body()
    body["payment"]["amount_minor"] = 6100
    assert read(body).payment.amount_minor == 6100


def test_the_same_sku_may_stand_on_two_lines() -> None:
    body = good_body()
    body["lines"] = [body["lines"][0], body["lines"][0]]
    body["total_minor"] = 6580
    assert [line.line_no for line in read(body).lines] == [1, 2]


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("KWD", 3), ("EUR", 2)])
def test_minor_units_follow_iso_4217(currency: str, digits: int) -> None:
    assert read(good_body() | {"currency": currency, "exponent": digits}).currency == currency


def test_a_list_price_in_another_currency_is_not_compared() -> None:
    assert read(good_body() | {"currency": "JPY", "exponent": 0}).lines[0].list_price_minor is None


def test_the_largest_order_still_fits_into_64_bits() -> None:
    assert 500 * (10_000 * MAX_AMOUNT_MINOR + MAX_AMOUNT_MINOR) < 2**63


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [*OrderBody.model_fields]


@settings(max_examples=150, deadline=None)
@given(raw=json_values, fields=st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=8))
def test_random_json_is_refused_and_never_breaks_anything(raw: Any, fields: dict[str, Any]) -> None:
    for body in (raw, fields, {"lines": [fields], "customer": fields, "ship_to": fields}):
        skus_in(body)
        with pytest.raises(Refused):
            read(body)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_good_order_with_one_random_leaf_is_read_or_refused(data: st.DataObject) -> None:
    body = good_body()
    part = data.draw(
        st.sampled_from([body, body["customer"], body["ship_to"], body["lines"][0], body["payment"]])
    )
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(json_values)
    assert [code for _, code in faults_of(body) if not code] == []
