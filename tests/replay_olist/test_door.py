"""The door as a replay uses it: patient, and every request under its key."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from models.preparation.messages import BenchStep
from models.shared.errors import Unavailable
from starter.replay.door import Door

Answers = Callable[[httpx.Request], httpx.Response]


def door(answers: Answers, patience_s: float = 5.0) -> Door:
    return Door(httpx.AsyncClient(transport=httpx.MockTransport(answers)), "http://door/", patience_s)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("starter.replay.door._PAUSE_S", 0.001)


async def test_a_request_is_sent_again_under_the_same_key_until_it_is_answered() -> None:
    asked: list[httpx.Request] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) == 1:
            raise httpx.ConnectError("away")
        return httpx.Response(503 if len(asked) == 2 else 201, json={})

    at = door(answers)
    assert await at.place({"source_id": "o-1"}) == ()
    assert {(one.url.path, one.headers["idempotency-key"], one.content) for one in asked} == {
        ("/orders", "o-1", b'{"source_id":"o-1"}')
    }
    assert (len(asked), at.repeats) == (3, 2)


async def test_refusals_are_told_by_their_codes() -> None:
    faults = {"code": "refused", "problems": [{"code": "too_few_lines"}, {"code": "blank"}]}
    told = iter(
        [
            httpx.Response(422, json=faults),
            httpx.Response(409, json={"code": "duplicate_source"}),
            httpx.Response(500, text="oh"),
            httpx.Response(200, json={"done": False, "said": "on hold"}),
        ]
    )
    at = door(lambda _: next(told))
    assert await at.place({"source_id": "o-1"}) == ("too_few_lines", "blank")
    assert await at.place({"source_id": "o-1"}) == ("duplicate_source",)
    assert await at.place({"source_id": "o-1"}) == ("500",)
    assert await at.bench("N-P1", (BenchStep.PICK,)) == "on hold"


async def test_bench_work_and_decisions_name_who_and_what() -> None:
    asked: list[tuple[str, str, dict[str, object]]] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, request.headers["idempotency-key"], json.loads(request.content)))
        return httpx.Response(200, json={"done": True})

    at = door(answers)
    assert await at.bench("N-P1", (BenchStep.PACK, BenchStep.LABEL)) == ""
    assert await at.say("N", "approve", "seen") == ""
    assert asked == [
        (
            "/bench/parcels/N-P1/steps",
            "replay:N-P1:pack+label",
            {"by": "replay", "steps": ["pack", "label"]},
        ),
        ("/orders/N/approve", "replay:approve", {"by": "replay", "why": "seen"}),
    ]


async def test_a_door_that_stays_away_is_given_up() -> None:
    with pytest.raises(Unavailable, match="the door at http://door is away: 503"):
        await door(lambda _: httpx.Response(503), patience_s=0.01).say("N", "cancel", "")
