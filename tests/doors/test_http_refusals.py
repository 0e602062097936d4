"""What the HTTP door refuses, how it says so, and that nothing was started."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from models.shared.errors import Conflict, NotFound, Unavailable
from starter.http.bodies import MAX_BYTES
from tests.doors.doubles import Doubles, told
from tests.rules.order_bodies import good_body, read


async def test_a_broken_order_is_refused_with_every_fault_and_nothing_is_started(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    body = good_body() | {"currency": "XBT", "total_minor": 1}
    body["lines"][0]["quantity"] = True
    assert told(await http.post("/orders", json=body)) == (
        422,
        "refused",
        [("/currency", "currency_unknown"), ("/lines/0/quantity", "wrong_type")],
    )
    assert door.journal == []


@pytest.mark.parametrize(
    ("content", "headers", "expected"),
    [
        (b"{", {}, (400, "not_json", [])),
        (b"\xff\xfe", {}, (400, "not_json", [])),
        (b'{"a": "\\ud800"}', {}, (400, "not_json", [])),
        (b"[" * 100_000, {}, (400, "not_json", [])),
        (b"", {}, (400, "not_json", [])),
        (b"[]", {}, (422, "refused", [("", "wrong_type")])),
        (b"{}", {"content-type": "text/plain"}, (415, "not_json", [])),
        (b" " * (MAX_BYTES + 1), {}, (413, "too_large", [])),
    ],
)
async def test_what_is_no_order_at_all_is_refused(
    http: httpx.AsyncClient, door: Doubles, content: bytes, headers: dict[str, str], expected: Any
) -> None:
    sent = {"content-type": "application/json"} | headers
    assert told(await http.post("/orders", content=content, headers=sent)) == expected
    assert door.journal == []


async def test_a_body_without_declared_length_is_cut_off_at_the_limit(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    async def endless() -> Any:
        for _ in range(MAX_BYTES // 1000 + 2):
            yield b" " * 1000

    response = await http.post("/orders", content=endless(), headers={"content-type": "application/json"})
    assert told(response) == (413, "too_large", [])
    assert door.journal == []


async def test_a_good_order_is_taken_and_its_repeat_gets_the_same_answer(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    number = read(good_body()).order_number
    first = await http.post("/orders", json=good_body())
    again = await http.post("/orders", json=good_body())
    assert (first.status_code, first.headers["location"]) == (201, f"/orders/{number}")
    assert (again.status_code, again.content) == (201, first.content)
    assert first.json()["order_number"] == number
    assert door.journal == [("submit", number)] * 2


async def test_another_body_with_the_same_source_id_is_a_reused_key(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    await http.post("/orders", json=good_body())
    assert told(await http.post("/orders", json=good_body() | {"locale": "de"})) == (422, "key_reused", [])
    assert door.journal == [("submit", read(good_body()).order_number)]


async def test_an_idempotency_key_stands_for_a_missing_source_id(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    body = good_body()
    del body["source_id"]
    assert told(await http.post("/orders", json=body)) == (422, "refused", [("/source_id", "missing")])
    assert door.journal == []
    taken = await http.post("/orders", json=body, headers={"Idempotency-Key": '"K-1"'})
    assert taken.json()["order_number"] == read(body | {"source_id": "K-1"}).order_number
    other = await http.post("/orders", json=body | {"locale": "de"}, headers={"Idempotency-Key": '"K-1"'})
    assert told(other) == (422, "key_reused", [])


async def test_an_idempotency_key_belongs_to_one_body_also_when_the_source_id_differs(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    key = {"Idempotency-Key": "K-2"}
    assert (await http.post("/orders", json=good_body(), headers=key)).status_code == 201
    other = await http.post("/orders", json=good_body() | {"source_id": "S-2"}, headers=key)
    assert told(other) == (422, "key_reused", [])
    assert (await http.post("/orders", json=good_body(), headers=key)).status_code == 201
    assert {what for what, _ in door.journal} == {"submit"}
    assert len(door.journal) == 2


@pytest.mark.parametrize("key", ["x" * 129, "a\x7fb"])
async def test_a_key_that_is_none_is_refused(http: httpx.AsyncClient, door: Doubles, key: str) -> None:
    response = await http.post("/orders", json=good_body(), headers={"Idempotency-Key": key})
    assert told(response) == (422, "refused", [("/header/idempotency-key", "bad_format")])
    assert door.journal == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Unavailable("host 10.0.0.7 is away"), 503, "unavailable"),
        (Conflict("not_allowed_now", "no hold is open"), 409, "not_allowed_now"),
        (Conflict("internal", "?"), 500, "internal"),
        (NotFound("there is no order"), 404, "not_found"),
        (RuntimeError("secret"), 500, "internal"),
    ],
)
async def test_what_goes_wrong_behind_the_door_has_its_status(
    http: httpx.AsyncClient, door: Doubles, error: Exception, status: int, code: str
) -> None:
    door.desk.fails = error
    response = await http.post("/orders/DE-1AB/approve", json={"by": "ana"})
    assert told(response) == (status, code, [])
    assert response.headers.get("retry-after") == ("1" if status == 503 else None)
    assert "10.0.0.7" not in response.text
    assert "secret" not in response.text
    assert door.journal == []
