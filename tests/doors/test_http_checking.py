"""`POST /orders/check`: what `POST /orders` would say, and nothing happens."""

from __future__ import annotations

import httpx

from tests.doors.doubles import Doubles, told
from tests.rules.order_bodies import good_body


async def test_an_order_is_looked_at_and_not_taken(http: httpx.AsyncClient, door: Doubles) -> None:
    first = await http.post("/orders/check", json=good_body())
    assert (first.status_code, first.json()["there"], door.journal) == (200, False, [])
    number = (await http.post("/orders", json=good_body())).json()["order_number"]
    again = await http.post("/orders/check", json=good_body())
    assert again.json() == {"order_number": number, "there": True}
    assert len(door.journal) == 1


async def test_every_fault_and_another_body_are_refused_as_when_it_is_handed_in(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    await http.post("/orders", json=good_body())
    faults = {**good_body(), "currency": "XXQ", "total_minor": 1}
    for path in ("/orders/check", "/orders"):
        assert told(await http.post(path, json=faults)) == (
            422,
            "refused",
            [("/currency", "currency_unknown"), ("/total_minor", "total_mismatch")],
        )
        other = await http.post(path, json={**good_body(), "locale": "de"})
        assert told(other) == (422, "key_reused", [])
    assert len(door.journal) == 1
