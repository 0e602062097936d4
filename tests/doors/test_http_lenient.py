"""`Prefer: handling=lenient`: a body with faults waits for a person instead of being refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.doors.doubles import Doubles, told
from tests.rules.order_bodies import good_body, read

LENIENT = {"Prefer": "handling=lenient"}
FAULTY = good_body() | {"total_minor": 1}


async def test_a_faulty_body_is_answered_with_its_task_every_time(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    first = await http.post("/orders", json=FAULTY, headers=LENIENT)
    again = await http.post("/orders", json=FAULTY, headers=LENIENT)
    body = first.json()
    assert (first.status_code, body["state"], body["order_number"]) == (202, "open", "")
    assert [(one["pointer"], one["code"]) for one in body["problems"]] == [("/total_minor", "total_mismatch")]
    assert first.headers["preference-applied"] == "handling=lenient"
    assert first.headers["location"] == body["url"] == f"/intake/tasks/{body['task']}"
    assert (again.status_code, again.content) == (202, first.content)
    assert door.journal == [("task", ("web", "S-1001"))]
    shown = await http.get(body["url"])
    assert (shown.status_code, shown.json()["body"]) == (200, FAULTY)
    assert [one["id"] for one in (await http.get("/intake/tasks?state=open")).json()["tasks"]] == [
        body["task"]
    ]


async def test_a_good_body_is_taken_as_ever(http: httpx.AsyncClient, door: Doubles) -> None:
    taken = await http.post("/orders", json=good_body(), headers=LENIENT)
    assert taken.status_code == 201
    assert "preference-applied" not in taken.headers
    assert door.journal == [("submit", read(good_body()).order_number)]


@pytest.mark.parametrize(
    ("prefer", "lenient"),
    [
        ("handling=lenient", True),
        ('respond-async, wait=100, Handling = "lenient"', True),
        ("handling=lenient; foo=1", True),
        ("handling=strict", False),
        ("handling=strict, handling=lenient", False),
        ("handling", False),
        ("lenient", False),
        ("respond-async", False),
        ("", False),
    ],
)
async def test_only_who_prefers_it_gets_a_task(
    http: httpx.AsyncClient, door: Doubles, prefer: str, lenient: bool
) -> None:
    answer = await http.post("/orders", json=FAULTY, headers={"Prefer": prefer})
    assert answer.status_code == (202 if lenient else 422)
    assert door.journal == ([("task", ("web", "S-1001"))] if lenient else [])


@pytest.mark.parametrize(
    "changed",
    [{"channel": ""}, {"source_id": 7}, {"source_id": None}, {"locale": "\0"}, {"channel": "two words"}],
    ids=str,
)
async def test_a_body_that_does_not_tell_where_it_comes_from_is_refused_as_ever(
    http: httpx.AsyncClient, door: Doubles, changed: dict[str, Any]
) -> None:
    strict = await http.post("/orders", json=FAULTY | changed)
    lenient = await http.post("/orders", json=FAULTY | changed, headers=LENIENT)
    assert told(lenient) == told(strict)
    assert (lenient.status_code, door.journal) == (422, [])


@pytest.mark.parametrize("content", [b"[]", b"null", b'"order"', b"{", b"[" * 150 + b"]" * 150])
async def test_what_is_no_order_at_all_is_no_task(
    http: httpx.AsyncClient, door: Doubles, content: bytes
) -> None:
    sent = LENIENT | {"content-type": "application/json"}
    assert (await http.post("/orders", content=content, headers=sent)).status_code in (400, 422)
    assert door.journal == []


async def test_a_body_that_is_nested_too_deeply_is_no_json_of_ours(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    deep = b'{"by": "ana", "patch": ' + b'{"a": ' * 300 + b"1" + b"}" * 301
    for path in ("/intake/tasks/task-1/mend", "/orders/DE-1AB/approve", "/orders"):
        answer = await http.post(path, content=deep, headers={"content-type": "application/json"})
        assert told(answer) == (400, "not_json", [])
    assert door.journal == []


async def test_an_idempotency_key_names_the_source_and_stays_with_its_body(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    body = {name: value for name, value in FAULTY.items() if name != "source_id"}
    key = LENIENT | {"Idempotency-Key": "K-1"}
    first = await http.post("/orders", json=body, headers=key)
    assert (first.status_code, door.journal) == (202, [("task", ("web", "K-1"))])
    assert (await http.post("/orders", json=body, headers=key)).content == first.content
    other = await http.post("/orders", json=body | {"total_minor": 2}, headers=key)
    assert told(other) == (422, "key_reused", [])
    assert len(door.journal) == 1


async def test_another_faulty_body_of_the_same_source_is_a_reused_key(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    await http.post("/orders", json=FAULTY, headers=LENIENT)
    other = await http.post("/orders", json=FAULTY | {"total_minor": 2}, headers=LENIENT)
    assert told(other) == (422, "key_reused", [])
    assert len(door.journal) == 1


@pytest.mark.parametrize(
    ("verb", "said", "faults"),
    [
        ("mend", {"patch": {}}, [("/by", "missing")]),
        ("mend", {"by": "ana"}, [("/patch", "missing")]),
        ("mend", {"by": "ana", "patch": [], "version": -1}, [("/patch", "wrong_type"), ("/version", "out_of_range")]),
        ("mend", {"by": "ana", "patch": {}, "set": 1}, [("/set", "unknown_field")]),
        ("claim", {}, [("/by", "missing")]),
        ("drop", {"by": "ana"}, [("/why", "missing")]),
    ],
)  # fmt: skip
async def test_what_is_said_to_a_task_is_checked_whole(
    http: httpx.AsyncClient, door: Doubles, verb: str, said: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    assert told(await http.post(f"/intake/tasks/task-1/{verb}", json=said)) == (422, "refused", faults)
    assert door.journal == []


async def test_a_task_that_is_not_there_is_not_found(http: httpx.AsyncClient) -> None:
    assert told(await http.get("/intake/tasks/task-1")) == (404, "not_found", [])
    assert told(await http.get("/intake/tasks/%00")) == (404, "not_found", [])
    said: list[dict[str, Any]] = [{"patch": {}}, {"why": "x"}, {"why": "x"}]
    for verb, more in zip(("mend", "claim", "drop"), said, strict=True):
        answer = await http.post(f"/intake/tasks/task-1/{verb}", json={"by": "ana", **more})
        assert told(answer) == (404, "not_found", [])
    assert told(await http.get("/intake/tasks?state=lost"))[:2] == (422, "refused")
