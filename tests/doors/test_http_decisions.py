"""Decisions, bench work, stock receipts and reading: what reaches the desk, and what does not."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from models.shared.errors import Unavailable
from starter.desk import VERBS
from starter.http.disputes import SAYS
from starter.http.examples import ACCEPTANCE, BENCH, BULK, DECISIONS, DRAFT, MEND, ORDER, RECEIPT
from tests.doors.doubles import Doubles, told
from tests.rules.order_bodies import read


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
        ("hold", {"lines": 2}, ("/lines", "wrong_type")),
        ("hold", {"lines": ["two"]}, ("/lines/0", "wrong_type")),
        ("hold", {"owner": 7}, ("/owner", "wrong_type")),
        ("release", {"hold_id": 7}, ("/hold_id", "wrong_type")),
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
        ("/orders?hold=mood", 422),
        ("/orders?owner=%00", 422),
        ("/orders?owner=" + "x" * 101, 422),
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
        "/orders/check": ORDER,
        "/bench/parcels/{parcel_id}/steps": BENCH,
        "/stock/receipts": RECEIPT,
        "/reviews/decisions": BULK,
        "/drafts": DRAFT,
        "/drafts/{draft_id}/confirm": {},
        "/intake/tasks/{task_id}/mend": MEND,
        "/intake/tasks/{task_id}/claim": {"by": "ana"},
        "/intake/tasks/{task_id}/drop": {"by": "ana", "why": "the customer does not want it any more"},
        **decisions,
        **{f"/disputes/{{reference}}/{verb}": example for verb, (_, example) in SAYS.items()},
    }
    assert read(ORDER).total_minor == 3290
    assert set(ACCEPTANCE) == {"verdict", "order_number", "order_class", "priority", "promised_by"}
