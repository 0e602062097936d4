"""A storefront's order event as our body: every field, and amounts that add up to the last minor unit or are a fault."""

from __future__ import annotations

from typing import Any

import pytest

from models.intake.storefront import body_of, source_of, why_ignored
from models.intake.storefront_money import minor
from models.order.messages import Service
from tests.rules.order_bodies import faults_of, read
from tests.rules.shopify_events import event, item


def lines_of(**changed: Any) -> list[tuple[Any, ...]]:
    lines = body_of(event(**changed), "shop")["lines"]
    return [(one["quantity"], one["unit_price_minor"], one.get("freight_minor")) for one in lines]


def test_an_event_is_the_order_that_it_says() -> None:
    order = read(body_of(event(), "shop"))
    assert (order.channel, order.source_id, order.total_minor) == ("shop", "820982911946154508", 6190)
    assert order.placed_at.isoformat() == "2026-03-01T08:30:00+00:00"
    assert order.customer.model_dump() == {
        "customer_id": "115310627314723954",
        "name": "Ada Weber",
        "email": "ada@customer.example",
        "phone": "+49301234567",
    }
    assert (order.ship_to.line1, order.ship_to.line2, order.ship_to.city) == ("Torstraße 1", "Hof", "Berlin")
    assert (order.ship_to.postcode, order.ship_to.country) == ("10119", "DE")
    assert [(one.sku, one.quantity, one.unit_price_minor, one.freight_minor) for one in order.lines] == [
        ("MUG-1", 2, 1500, 147),
        ("KNIFE-1", 1, 2900, 143),
    ]
    assert order.payment.model_dump() == {
        "method": "shopify_payments",
        "token": "bd5a8aa1ecd019dd3520ff791ee3a24c",
        "amount_minor": 6190,
    }
    assert (order.service, order.locale) == (Service.STANDARD, "de-DE")


def test_the_same_event_rendered_again_is_the_same_order() -> None:
    again = event(updated_at="2026-03-02T00:00:00Z", financial_status="paid")
    assert read(body_of(event(), "shop")) == read(body_of(again, "shop"))


@pytest.mark.parametrize(
    ("currency", "prices", "total", "expected"),
    [
        ("JPY", ("1200", "300.00"), "1500", [1200, 300]),
        ("KWD", ("1.234", "2.5"), "3.734", [1234, 2500]),
        ("EUR", ("12.5", "0.01"), "12.51", [1250, 1]),
        ("CLP", ("990", "10"), "1000.0", [990, 10]),
    ],
)
def test_decimal_texts_become_minor_units_of_the_currency(
    currency: str, prices: tuple[str, str], total: str, expected: list[int]
) -> None:
    items = [item(price, sku=sku) for price, sku in zip(prices, ("MUG-1", "KNIFE-1"), strict=True)]
    body = body_of(
        event(currency=currency, line_items=items, shipping_lines=[], total_price=total, total_discounts="0"),
        "shop",
    )
    assert [one["unit_price_minor"] for one in body["lines"]] == expected
    assert (body["total_minor"], faults_of(body)) == (sum(expected), [])


@pytest.mark.parametrize(
    ("text", "digits", "amount"),
    [
        ("0", 2, 0), ("-1.00", 2, -100), (" 7 ", 0, 7), (7, 2, 700), ("1.10", 0, None), ("1.005", 2, None),
        ("1.0000", 3, 1000), ("1,00", 2, None), ("1e3", 2, None), (1.5, 2, None), (True, 2, None), (None, 2, None),
        ("", 2, None), ("NaN", 2, None), ("1.00", None, None), ("9" * 40, 2, None), ("\u0661", 2, None),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly_or_not_at_all(text: Any, digits: int | None, amount: int | None) -> None:
    assert minor(text, digits) == amount


def test_a_discount_that_divides_leaves_one_line() -> None:
    items = [item("10.00", 3, discount_allocations=[{"amount": "2.50"}, {"amount": "0.02"}])]
    assert lines_of(line_items=items, total_price="30.38", total_discounts="2.52") == [(3, 916, 290)]


def test_one_that_does_not_makes_two_lines_of_whole_prices_and_shipping_stays_shipping() -> None:
    items = [item("10.00", 3, discount_allocations=[{"amount": "2.50"}])]
    changed = {"line_items": items, "total_price": "30.40", "total_discounts": "2.50"}
    assert lines_of(**changed) == [(1, 916, 290), (2, 917, 0)]
    assert faults_of(body_of(event(**changed), "shop")) == []


def test_taxes_on_top_are_part_of_what_the_customer_pays() -> None:
    items = [item("10.00", 2, tax_lines=[{"price": "1.50"}, {"price": "0.30"}])]
    shipping = [{"price": "5.00", "tax_lines": [{"price": "0.45"}]}]
    changed: dict[str, Any] = {
        "taxes_included": False, "line_items": items, "shipping_lines": shipping, "total_discounts": "0.00",
        "total_tax": "2.25", "total_price": "27.25",
    }  # fmt: skip
    assert lines_of(**changed) == [(2, 1090, 545)]
    assert faults_of(body_of(event(**changed), "shop")) == []


def test_discounts_and_taxes_of_the_whole_order_are_spread_when_they_are_what_is_missing() -> None:
    items = [item("10.00", sku="MUG-1"), item("30.00", sku="KNIFE-1")]
    changed: dict[str, Any] = {
        "line_items": items,
        "shipping_lines": [],
        "total_discounts": "4.01",
        "total_price": "35.99",
    }
    assert lines_of(**changed) == [(1, 900, 0), (1, 2699, 0)]
    changed |= {"taxes_included": False, "total_tax": "2.00", "total_price": "37.99"}
    assert lines_of(**changed) == [(1, 950, 0), (1, 2849, 0)]
    assert faults_of(body_of(event(**changed), "shop")) == []


def test_free_shipping_is_a_discount_of_the_shipping() -> None:
    shipping = [{"price": "2.90", "discounted_price": "0.00", "tax_lines": []}]
    changed = {"shipping_lines": shipping, "total_price": "59.00", "total_discounts": "3.90"}
    assert [one[2] for one in lines_of(**changed)] == [0, 0]
    assert faults_of(body_of(event(**changed), "shop")) == []


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"total_price": "66.90"}, [("/total_minor", "total_mismatch")]),  # a tip: of no line
        ({"total_price": "61.905"}, [("/payment/amount_minor", "wrong_type"), ("/total_minor", "wrong_type")]),
        ({"currency": "XBT"}, [("/currency", "currency_unknown")]),
        ({"shipping_address": None}, [
            ("/ship_to/city", "missing"), ("/ship_to/country", "missing"), ("/ship_to/line1", "missing"),
        ]),
        ({"line_items": []}, [("/lines", "too_few_lines")]),
        ({"line_items": [item("x"), item("1.00")]}, [("/lines/0/unit_price_minor", "wrong_type")]),
        ({"line_items": [item("61.90", sku="")]}, [("/lines/0/sku", "missing"), ("/total_minor", "total_mismatch")]),
        ({"line_items": [item("1.00", 0)]}, [("/lines/0/quantity", "out_of_range")]),
        ({"customer": None, "email": None, "contact_email": None, "billing_address": None, "shipping_address": {
            "address1": "Torstraße 1", "city": "Berlin", "zip": "10119", "country_code": "DE"}},
         [("/customer/customer_id", "missing"), ("/customer/email", "missing"), ("/customer/name", "missing")]),
        ({"created_at": 7}, [("/placed_at", "wrong_type")]),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_an_event_lacks_is_told_as_a_fault_of_our_body(
    changed: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    found = faults_of(body_of(event(**changed), "shop"))
    if "currency" in changed:
        assert faults[0] in found
    else:
        assert found == faults


def test_a_guest_is_known_by_the_address() -> None:
    body = body_of(event(customer=None), "shop")
    assert (body["customer"]["customer_id"], body["customer"]["name"]) == (
        "ada@customer.example",
        "Ada Weber",
    )


def test_an_express_service_and_a_gateway_s_name_are_understood() -> None:
    shipping = [{"code": "DHL Express", "title": "Tomorrow", "price": "2.90"}]
    body = body_of(event(shipping_lines=shipping, payment_gateway_names=["Cash on Delivery (COD)"]), "shop")
    assert (body["service"], body["payment"]["method"]) == ("express", "cash-on-delivery--cod")
    assert faults_of(body) == []


def test_a_nul_is_made_visible_so_that_a_person_can_mend_it() -> None:
    ship_to = event()["shipping_address"] | {"city": "Ber\0lin"}
    body = body_of(event(shipping_address=ship_to, created_at="\0"), "shop")
    assert (body["ship_to"]["city"], body["placed_at"]) == ("Ber\ufffdlin", "\ufffd")


@pytest.mark.parametrize(("told", "source"), [(7, "7"), ("7", "7"), (True, ""), (None, ""), (7.5, "")])
def test_the_source_id_is_the_event_s(told: Any, source: str) -> None:
    assert source_of({"id": told}) == source


def test_no_order_comes_of_a_test_or_of_what_was_cancelled() -> None:
    assert why_ignored(event()) == ""
    assert why_ignored(event(test=True)) == "a test order"
    assert why_ignored(event(cancelled_at="2026-03-01T10:00:00Z")) != ""


@pytest.mark.parametrize(
    "strange", [{}, {"line_items": 7, "shipping_lines": "x", "customer": []}, {"line_items": [None]}]
)
def test_nothing_that_is_json_breaks_the_reading(strange: dict[str, Any]) -> None:
    assert faults_of(body_of({"id": 1} | strange, "shop")) != []
