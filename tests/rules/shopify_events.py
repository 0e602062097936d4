"""Order events as a storefront sends them: the shape of Shopify's `orders/create`."""

from __future__ import annotations

import copy
from typing import Any

_EVENT: dict[str, Any] = {
    "id": 820982911946154508,
    "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
    "name": "#9999",
    "order_number": 1234,
    "token": "123456abcd",
    "checkout_token": "bd5a8aa1ecd019dd3520ff791ee3a24c",
    "test": False,
    "cancelled_at": None,
    "created_at": "2026-03-01T09:30:00+01:00",
    "updated_at": "2026-03-01T09:30:04+01:00",
    "currency": "EUR",
    "customer_locale": "de-DE",
    "email": "ada@customer.example",
    "contact_email": "ada@customer.example",
    "phone": None,
    "financial_status": "authorized",
    "payment_gateway_names": ["shopify_payments"],
    "taxes_included": True,
    "subtotal_price": "59.00",
    "total_discounts": "1.00",
    "total_tax": "9.88",
    "total_price": "61.90",
    "customer": {
        "id": 115310627314723954,
        "first_name": "Ada",
        "last_name": "Weber",
        "email": "ada@customer.example",
        "phone": None,
    },
    "billing_address": {"name": "Ada Weber", "address1": "Anderswo 7", "country_code": "DE"},
    "shipping_address": {
        "first_name": "Ada",
        "last_name": "Weber",
        "name": "Ada Weber",
        "company": None,
        "address1": "Torstraße 1",
        "address2": "Hof",
        "city": "Berlin",
        "zip": "10119",
        "province": None,
        "province_code": None,
        "country": "Germany",
        "country_code": "DE",
        "phone": "+49 30 1234567",
    },
    "line_items": [
        {
            "id": 1,
            "sku": "MUG-1",
            "title": "Mug",
            "quantity": 2,
            "price": "15.50",
            "total_discount": "0.00",
            "discount_allocations": [{"amount": "1.00", "discount_application_index": 0}],
            "tax_lines": [{"title": "MwSt", "price": "4.79", "rate": 0.19}],
        },
        {
            "id": 2,
            "sku": "KNIFE-1",
            "title": "Knife",
            "quantity": 1,
            "price": "29.00",
            "discount_allocations": [],
            "tax_lines": [{"title": "MwSt", "price": "4.63", "rate": 0.19}],
        },
    ],
    "shipping_lines": [
        {
            "code": "Standard",
            "title": "Standard",
            "price": "2.90",
            "discounted_price": "2.90",
            "discount_allocations": [],
            "tax_lines": [{"title": "MwSt", "price": "0.46"}],
        }
    ],
}


def event(**changed: Any) -> dict[str, Any]:
    """EUR 61.90 to Berlin: two mugs and a knife, one discounted, prices with tax; fields that nobody reads are there as well."""
    return copy.deepcopy(_EVENT) | changed


def item(price: str, quantity: int = 1, sku: str = "MUG-1", **more: Any) -> dict[str, Any]:
    """One line item."""
    return {"sku": sku, "title": "Mug", "quantity": quantity, "price": price, "tax_lines": []} | more
