"""Stock and orders that tests are made of."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from activities.shared.database import Database
from models.order.messages import Address, Customer, Order, OrderLine
from models.order.paying import Payment

_NUMBERS = itertools.count(1)

_SEED = (
    "INSERT INTO warehouse VALUES ('BER', 'Berlin', 'DE', 52.52, 13.40), ('LYS', 'Lyon', 'FR', 45.76, 4.84)",
    "INSERT INTO stock_level VALUES ('A', 'BER', 10, 0), ('B', 'LYS', 5, 0), ('C', 'BER', 3, 0), ('C', 'LYS', 9, 0)",
    "INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)"
    " SELECT sku, warehouse, 'received', on_hand, 0, '', 'seed' FROM stock_level",
)


async def seed(database: Database) -> None:
    """Two warehouses: A only in Berlin (10), B only in Lyon (5), C in both (3 and 9)."""
    async with database.transaction() as cursor:
        for statement in _SEED:
            await cursor.execute(statement.encode())


def an_order(
    lines: dict[str, int] | None = None, *, token: str = "tok_ok", price: int = 1_000, **changes: Any
) -> Order:
    """An order to Berlin, one piece of A unless told otherwise; every call has a number of its own."""
    number = f"DE-{next(_NUMBERS)}"
    wanted = tuple(
        OrderLine(
            line_no=nth,
            sku=sku,
            quantity=quantity,
            unit_price_minor=price,
            freight_minor=100,
            merchant_id="m1",
        )
        for nth, (sku, quantity) in enumerate((lines or {"A": 1}).items(), 1)
    )
    total = sum(line.goods_minor + line.freight_minor for line in wanted)
    values = {
        "order_number": number,
        "channel": "web",
        "source_id": number,
        "placed_at": datetime.now(UTC),
        "currency": "EUR",
        "customer": Customer(customer_id=f"c-{number}", name="A Buyer", email="buyer@shop.example"),
        "ship_to": Address(line1="Hauptstr. 1", city="Berlin", country="DE", postcode="10115"),
        "lines": wanted,
        "total_minor": total,
        "payment": Payment(method="card", token=token, amount_minor=total),
        "fingerprint": number,
    }
    return Order.model_validate(values | changes)
