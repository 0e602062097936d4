"""Order bodies and the books they are read with, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from activities.adapters.address_rules import RuleAddressBook, RuleContactBook
from models.intake.checks import CatalogueEntry
from models.intake.validation import read_order
from models.order.messages import Order
from models.shared.errors import Refused

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADDRESSES, CONTACTS = RuleAddressBook(), RuleContactBook()
CATALOGUE = {
    "MUG-1": CatalogueEntry(
        sku="MUG-1",
        merchant_id="m-kiln",
        title="Mug",
        weight_g=350,
        list_price_minor=1500,
        list_currency="EUR",
    ),
    "KNIFE-1": CatalogueEntry(sku="KNIFE-1", merchant_id="m-forge", weight_g=200, special_goods=True),
}


def good_body() -> dict[str, Any]:
    """An order without a fault: two lines, EUR 61.90, to Berlin."""
    return {
        "channel": "web",
        "source_id": "S-1001",
        "placed_at": "2026-03-01T09:30:00+01:00",
        "currency": "EUR",
        "exponent": 2,
        "customer": {
            "customer_id": "c-7",
            "name": "Ada Weber",
            "email": "ada@Customer.Example",
            "phone": "030 1234567",
        },
        "ship_to": {"line1": "Torstraße 1", "city": "Berlin", "postcode": "10119", "country": "DE"},
        "lines": [
            {"sku": "MUG-1", "quantity": 2, "unit_price_minor": 1500, "freight_minor": 290},
            {"sku": "KNIFE-1", "quantity": 1, "unit_price_minor": 2900, "merchant_id": "m-forge"},
        ],
        "total_minor": 6190,
        "payment": {"method": "card", "token": "tok_ok", "amount_minor": 6190},
    }


def read(raw: Any) -> Order:
    """Reads a body with the books of this module."""
    return read_order(raw, catalogue=CATALOGUE, address=ADDRESSES.check, contact=CONTACTS.check, now=NOW)


def faults_of(raw: Any) -> list[tuple[str, str]]:
    """(pointer, code) of everything that is wrong with a body, sorted; empty when it is an order."""
    try:
        read(raw)
    except Refused as refused:
        return sorted((problem.pointer, problem.code) for problem in refused.problems)
    return []
