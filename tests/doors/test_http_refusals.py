"""What the HTTP door refuses, how it says so, and that nothing was started."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from models.shared.errors import Conflict, NotFound, Unavailable
from starter.desk import VERBS
from starter.http.bodies import MAX_BYTES
from starter.http.examples import ACCEPTANCE, BENCH, DECISIONS, ORDER, RECEIPT
from tests.doors.doubles import Doubles
from tests.rules.order_bodies import good_body, read

EVENT = {"type": "authorisation.succeeded", "reference": "auth_1"}


def told(response: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code and faults of a refusal; checks that it is a problem as RFC 9457 wants it."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:orderloom:problem:{body['code']}"
    return (
        response.status_code,
        body["code"],
        sorted((one["pointer"], one["code"]) for one in body["problems"]),
    )


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


@pytest.mark.parametrize("verb", VERBS)
async def test_every_decision_reaches_the_desk_and_refuses_what_it_does_not_know(
    http: httpx.AsyncClient, door: Doubles, verb: str
) -> None:
    url = f"/orders/DE-1AB/{verb}"
    bad = {"by": "ana", "colour": "red", "why": "\x00"}
    assert told(await http.post(url, json=bad)) == (
        422,
        "refused",
        [("/colour", "unknown_field"), ("/why", "control_character")],
    )
    assert told(await http.post(url, json={})) == (422, "refused", [("/by", "missing")])
    assert told(await http.post("/orders/de-1ab/" + verb, json={"by": "ana"})) == (404, "not_found", [])
    assert door.journal == []
    sent = await http.post(url, json=DECISIONS[verb][1], headers={"Idempotency-Key": "r-1"})
    assert (sent.status_code, sent.json()["said"]) == (200, verb)
    message = VERBS[verb].model_validate(DECISIONS[verb][1] | {"request_id": "r-1"})
    assert door.journal == [(verb, ("DE-1AB", message))]


@pytest.mark.parametrize(
    ("verb", "body", "fault"),
    [
        ("hold", {"reason": "mood"}, ("/reason", "unknown_value")),
        ("hold", {"until": "2026-05-01T00:00:00"}, ("/until", "time_zone_missing")),
        ("hold", {"until": "soon"}, ("/until", "bad_time")),
        ("hold", {"until": 5}, ("/until", "bad_time")),
        ("approve", {"why": "x" * 1001}, ("/why", "too_long")),
        ("approve", {"why": 5}, ("/why", "wrong_type")),
        ("pay_again", {"token": None}, ("/token", "wrong_type")),
    ],
)
async def test_a_decision_of_the_wrong_form_is_refused(
    http: httpx.AsyncClient, door: Doubles, verb: str, body: dict[str, Any], fault: tuple[str, str]
) -> None:
    response = await http.post(f"/orders/DE-1AB/{verb}", json={"by": "ana"} | body)
    assert told(response) == (422, "refused", [fault])
    assert door.journal == []


async def test_bench_work_takes_its_parcel_from_the_path(http: httpx.AsyncClient, door: Doubles) -> None:
    assert told(await http.post("/bench/parcels/nothing/steps", json=BENCH))[0] == 404
    wrong = await http.post(
        "/bench/parcels/DE-1AB-P1/steps", json={"by": "bo", "steps": ["fold"], "missing": -1}
    )
    assert told(wrong) == (422, "refused", [("/missing", "out_of_range"), ("/steps/0", "unknown_value")])
    assert door.journal == []
    assert (await http.post("/bench/parcels/DE-1AB-P1/steps", json=BENCH)).status_code == 200
    ((what, work),) = door.journal
    assert (what, work.parcel_id, work.steps) == ("bench", "DE-1AB-P1", ("pick", "check", "pack", "label"))


async def test_a_stock_receipt_is_refused_with_every_fault(http: httpx.AsyncClient, door: Doubles) -> None:
    wrong = {"receipt_id": "R 1/2", "warehouse": "XXX", "sku": "GHOST", "quantity": 0}
    assert told(await http.post("/stock/receipts", json=wrong)) == (
        422,
        "refused",
        [
            ("/quantity", "out_of_range"),
            ("/receipt_id", "bad_format"),
            ("/sku", "sku_unknown"),
            ("/warehouse", "warehouse_unknown"),
        ],
    )
    huge = await http.post("/stock/receipts", json=RECEIPT | {"quantity": 10**9})
    assert told(huge) == (422, "refused", [("/quantity", "out_of_range")])
    assert door.journal == []
    assert (await http.post("/stock/receipts", json=RECEIPT)).json() == {"on_hand": 40, "waiting_orders": []}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/orders/DE-1AB", 404),
        ("/orders/a'--", 404),
        ("/stock/GHOST", 404),
        ("/stock/%00", 404),
        ("/nowhere", 404),
        ("/orders?after=x", 422),
        ("/orders?limit=0", 422),
        ("/orders?stage=kitchen", 422),
        ("/reviews?limit=9999", 422),
    ],
)
async def test_reading_what_is_not_there_is_a_problem_too(
    http: httpx.AsyncClient, path: str, status: int
) -> None:
    assert told(await http.get(path))[0] == status


async def test_lists_and_stock_can_be_read(http: httpx.AsyncClient) -> None:
    assert (await http.get("/orders?stage=review&waiting_for=review&state=received")).json() == {
        "orders": [],
        "next": "",
    }
    assert (await http.get("/reviews")).json() == []
    assert (await http.get("/bench/tasks?warehouse=BER")).json() == []
    assert (await http.get("/stock/MUG-1")).json()["available"] == 2
    assert (await http.get("/counts")).json() == {"waiting_for": {}, "outcomes": {}}


def signed(door: Doubles, body: bytes, event_id: str = "evt_1", age_s: float = 0) -> dict[str, str]:
    """Headers of an event of the payment provider."""
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    signature = Webhook(door.parts.settings.psp_webhook_secret).sign(event_id, at, body.decode())
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


async def test_an_event_is_stored_once_and_its_repeat_is_fine(http: httpx.AsyncClient, door: Doubles) -> None:
    body = json.dumps(EVENT).encode()
    answers = [
        (await http.post("/webhooks/psp", content=body, headers=signed(door, body))).status_code
        for _ in range(2)
    ]
    assert answers == [202, 200]
    assert door.journal == [("event", ("psp", "evt_1", EVENT))]


@pytest.mark.parametrize(
    "spoil",
    [
        {"webhook-id": "evt_2"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "1"},
        {"webhook-id": ""},
    ],
    ids=str,
)
async def test_an_event_with_a_bad_signature_is_refused(
    http: httpx.AsyncClient, door: Doubles, spoil: dict[str, str]
) -> None:
    body = json.dumps(EVENT).encode()
    response = await http.post("/webhooks/psp", content=body, headers=signed(door, body) | spoil)
    assert told(response) == (401, "bad_signature", [])
    assert door.journal == []


@pytest.mark.parametrize("age_s", [310, -310])
async def test_an_event_too_old_or_too_new_is_refused(
    http: httpx.AsyncClient, door: Doubles, age_s: float
) -> None:
    body = json.dumps(EVENT).encode()
    response = await http.post("/webhooks/psp", content=body, headers=signed(door, body, age_s=age_s))
    assert told(response) == (401, "bad_signature", [])
    assert door.journal == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/webhooks/carrier", b"{}", 401),
        ("/webhooks/stranger", b"{}", 422),
        ("/webhooks/psp", b"[]", 422),
        ("/webhooks/psp", b"{", 400),
        ("/webhooks/psp", b'{"a": ["\\u0000"]}', 422),
        ("/webhooks/psp", b" " * (MAX_BYTES + 1), 413),
    ],
    ids=["another's secret", "nobody", "no object", "no JSON", "a NUL", "too large"],
)
async def test_an_event_that_cannot_be_stored_is_refused(
    http: httpx.AsyncClient, door: Doubles, path: str, body: bytes, status: int
) -> None:
    assert told(await http.post(path, content=body, headers=signed(door, body)))[0] == status
    assert door.journal == []


async def test_health_says_what_is_away(http: httpx.AsyncClient, door: Doubles) -> None:
    fine = await http.get("/health")
    assert (fine.status_code, fine.json()) == (200, {"status": "ok", "database": "ok", "temporal": "ok"})
    door.desk.fails = Unavailable("away")
    away = await http.get("/health")
    assert (away.status_code, away.json()) == (503, {"status": "away", "database": "ok", "temporal": "away"})


async def test_the_pages_need_no_script_and_no_other_host(http: httpx.AsyncClient) -> None:
    for path, holds in (("/", 'href="/docs"'), ("/docs", "POST /orders")):
        page = await http.get(path)
        assert page.status_code == 200
        assert holds in page.text
        assert "<script" not in page.text
        assert "http" not in page.text


async def test_the_api_description_has_an_example_for_every_body(http: httpx.AsyncClient) -> None:
    paths = (await http.get("/openapi.json")).json()["paths"]
    bodies = {
        path: route["post"]["requestBody"]["content"]["application/json"]["example"]
        for path, route in paths.items()
        if "post" in route and "webhooks" not in path
    }
    decisions = {f"/orders/{{order_number}}/{verb}": example for verb, (_, example) in DECISIONS.items()}
    assert bodies == {
        "/orders": ORDER,
        "/bench/parcels/{parcel_id}/steps": BENCH,
        "/stock/receipts": RECEIPT,
        **decisions,
    }
    assert read(ORDER).total_minor == 3290
    assert set(ACCEPTANCE) == {"verdict", "order_number", "order_class", "priority", "promised_by"}
