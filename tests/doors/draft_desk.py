"""Drafts that tests write, and what must not have happened."""

from __future__ import annotations

from typing import Any

import httpx

from tests.rules.order_bodies import good_body
from tests.stores.mending_desk import House

BEGUN = {
    "channel": "web",
    "currency": "EUR",
    "lines": [{"sku": "MUG-1", "quantity": 2, "unit_price_minor": 1500}],
}
REST = {
    name: good_body()[name] for name in ("customer", "ship_to")
} | {"payment": {"method": "card", "token": "tok_ok"}}  # fmt: skip
EFFECTS = (
    "sales_order",
    "taken_order",
    "stock_movement",
    "step_record",
    "notice",
    "order_fact",
    "intake_task",
)


async def effects(house: House) -> dict[str, int]:
    """How many rows there are of everything that an order touches; tables without any are left out."""
    counted = {table: (await house.rows(f"SELECT count(*) FROM {table}"))[0][0] for table in EFFECTS}
    return {table: number for table, number in counted.items() if number}


async def drafts(house: House) -> list[tuple[Any, ...]]:
    return await house.rows("SELECT id, version, body::text, order_number FROM order_draft ORDER BY id")


def at(answer: httpx.Response) -> str:
    return answer.headers["location"]


async def confirm(http: httpx.AsyncClient, where: str, **headers: str) -> httpx.Response:
    return await http.post(
        f"{where}/confirm", json={}, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
