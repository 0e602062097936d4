"""Whatever comes in, either an order comes out or every fault is named."""

from __future__ import annotations

import time
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
from tests.rules.broken_orders import BROKEN
from tests.rules.order_bodies import faults_of, good_body, read


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


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("quantity", "See DN-12 (ID#:7)", '"See DN-12 (ID#:7)" is no whole number'),
        ("quantity", "3", '"3" is no whole number'),
        ("unit_price_minor", 12.5, "12.5 is no whole number"),
        ("freight_minor", None, "null is no whole number"),
        ("freight_minor", True, "true is no whole number"),
        ("freight_minor", [], "a list or an object is no whole number"),
        ("quantity", "x" * 90 + "\x00", f'"{"x" * 59}…" is no whole number'),
        ("quantity", "a\x1bb", '"a\ufffdb" is no whole number'),
    ],
)
def test_what_stands_where_a_number_should_is_named_with_its_fix(field: str, value: Any, detail: str) -> None:
    body = good_body()
    body["lines"][0][field] = value
    with pytest.raises(Refused) as refused:
        read(body)
    (problem,) = refused.value.problems
    assert (problem.pointer, problem.code, problem.detail) == (f"/lines/0/{field}", "wrong_type", detail)
    assert ("in minor units" in problem.fix) == field.endswith("_minor")
