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


async def test_a_preorder_that_is_sold_out_is_refused_on_its_line_by_both_and_nothing_starts(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    door.shelf.orderable |= {"MUG-1": 2, "KNIFE-1": 0}
    body = good_body()
    body["lines"] += [{"sku": "MUG-1", "quantity": 1, "unit_price_minor": 1500}]
    faults = [("/lines/1/quantity", "preorder_sold_out"), ("/lines/2/quantity", "preorder_sold_out")]
    for path in ("/orders/check", "/orders"):
        answer = await http.post(path, json=body | {"total_minor": 7690})
        assert told(answer) == (422, "refused", faults)
        assert [one["detail"] for one in answer.json()["problems"]] == [
            "1 × KNIFE-1 wanted, 0 left of its preorder",
            "3 × MUG-1 wanted, 2 left of its preorder",
        ]
        assert all(one["fix"] for one in answer.json()["problems"])
        # Beside every other fault.
        assert told(await http.post(path, json=body)) == (
            422,
            "refused",
            [*faults, ("/total_minor", "total_mismatch")],
        )
    assert door.journal == []


async def test_the_order_that_took_the_last_pieces_is_answered_again_as_before(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    door.shelf.orderable |= {"MUG-1": 2, "KNIFE-1": 1}
    first = await http.post("/orders", json=good_body())
    assert first.status_code == 201
    door.shelf.orderable |= {"MUG-1": 0, "KNIFE-1": 0}
    again = await http.post("/orders", json=good_body())
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await http.post("/orders/check", json=good_body())).json()["there"] is True
    assert told(await http.post("/orders", json={**good_body(), "locale": "de"}))[:2] == (422, "key_reused")
    other = await http.post("/orders", json={**good_body(), "source_id": "S-2"})
    assert told(other)[2] == [
        ("/lines/0/quantity", "preorder_sold_out"),
        ("/lines/1/quantity", "preorder_sold_out"),
    ]


async def test_preorders_are_listed(http: httpx.AsyncClient) -> None:
    answer = await http.get("/preorders")
    assert answer.status_code == 200
    assert answer.json() == [
        {
            "sku": "KNIFE-1", "ships_from": "2026-03-01T12:00:00Z", "cap": 9, "sold": 7, "waiting": 6,
            "open": True, "note": "second batch", "revision": 1,
        }
    ]  # fmt: skip
