"""What a customer's credit account allows, over HTTP."""

from __future__ import annotations

import httpx

from tests.doors.doubles import Doubles, told


async def test_a_customers_limit_and_what_is_left_of_it_are_shown(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    answer = await http.get("/customers/c-1/credit")
    body = answer.json()
    assert answer.status_code == 200
    assert (body["currency"], body["limit_minor"], body["exposure_minor"], body["available_minor"]) == ("EUR", 50_000, 12_000, 38_000)  # fmt: skip
    assert (body["open_orders"], body["score"]) == (2, None)
    assert door.journal == []


async def test_a_customer_without_an_account_is_not_found(http: httpx.AsyncClient) -> None:
    for customer in ("c-2", "c%00"):
        assert told(await http.get(f"/customers/{customer}/credit")) == (404, "not_found", [])
