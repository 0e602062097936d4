"""Disputes at the doors: HTTP, the command line, and what is read; a refusal reaches nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from models.order.messages import Decision
from models.settlement.disputes.messages import SubmitDispute
from models.shared.errors import Conflict, NotFound, Unavailable
from starter.cli import disputes as commands
from starter.cli.main import app
from starter.disputes import DISPUTE_VERBS
from starter.http.disputes import SAYS
from tests.doors.doubles import Doubles, told

RUNNER = CliRunner()


@pytest.mark.parametrize("verb", DISPUTE_VERBS)
async def test_every_word_reaches_the_dispute_and_refuses_what_it_does_not_know(
    http: httpx.AsyncClient, door: Doubles, verb: str
) -> None:
    url = f"/disputes/dp_1/{verb}"
    bad = {"by": "ana", "colour": "red", "why": "\x00"}
    assert told(await http.post(url, json=bad)) == (
        422, "refused", [("/colour", "unknown_field"), ("/why", "control_character")],
    )  # fmt: skip
    assert told(await http.post(url, json={})) == (422, "refused", [("/by", "missing")])
    assert told(await http.post(f"/disputes/a b/{verb}", json={"by": "ana"})) == (404, "not_found", [])
    assert door.journal == []
    sent = await http.post(url, json=SAYS[verb][1], headers={"Idempotency-Key": "r-1"})
    assert (sent.status_code, sent.json()["said"]) == (200, verb)
    message = DISPUTE_VERBS[verb].model_validate(SAYS[verb][1] | {"request_id": "r-1"})
    assert door.journal == [(f"dispute {verb}", ("dp_1", message))]


async def test_a_dispute_that_does_not_answer_has_ended_or_is_not_there(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    door.desk.fails = NotFound("no workflow")
    ended = await http.post("/disputes/dp_1/accept", json={"by": "fin"})
    assert told(ended) == (409, "not_allowed_now", [])
    assert ended.json()["detail"] == "the dispute has ended: lost"
    assert told(await http.post("/disputes/dp_9/accept", json={"by": "fin"})) == (404, "not_found", [])
    door.desk.fails = Conflict("not_allowed_now", "the dispute is submitted")
    assert told(await http.post("/disputes/dp_1/submit", json={"by": "fin"}))[:2] == (409, "not_allowed_now")
    door.desk.fails = Unavailable("away")
    assert told(await http.post("/disputes/dp_1/submit", json={"by": "fin"}))[:2] == (503, "unavailable")
    assert door.journal == []


async def test_disputes_are_listed_and_shown(http: httpx.AsyncClient) -> None:
    page = (await http.get("/disputes")).json()
    assert [one["reference"] for one in page["disputes"]] == ["dp_1"]
    assert (await http.get("/disputes?state=won&open=true&order=DE-1AB&limit=200")).json()["disputes"] == []
    assert (await http.get("/disputes/dp_1")).json()["dispute"]["state"] == "lost"
    assert told(await http.get("/disputes/dp_9")) == (404, "not_found", [])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("after=nonsense", "/query/after"),
        ("limit=0", "/query/limit"),
        ("state=sad", "/query/state"),
        ("order=de%00", "/query/order"),
    ],
)
async def test_a_parameter_that_makes_no_sense_is_refused(
    http: httpx.AsyncClient, query: str, pointer: str
) -> None:
    assert told(await http.get(f"/disputes?{query}")) == (422, "refused", [(pointer, "bad_parameter")])


@pytest.fixture
def at_doubles(door: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands work at the doubles."""
    session = SimpleNamespace(disputes=door.parts.disputes, dispute_door=door.desk)

    def at(work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            return await work(session)

        return asyncio.run(run())

    monkeypatch.setattr(commands, "saying", at)
    monkeypatch.setattr(commands, "reading", at)


@pytest.mark.usefixtures("at_doubles")
def test_commands_say_it_and_show_it(door: Doubles) -> None:
    submit = RUNNER.invoke(
        app, ["disputes", "submit", "dp_1", "--by", "fin", "--note", "n", "--request-id", "r", "--json"]
    )
    assert (submit.exit_code, json.loads(submit.stdout)["said"]) == (0, "submit")
    accept = RUNNER.invoke(app, ["disputes", "accept", "dp_1", "--by", "fin", "--why", "lost"])
    assert (accept.exit_code, accept.stdout) == (0, "accept\nopened, waits for nothing\n")
    assert door.journal == [
        ("dispute submit", ("dp_1", SubmitDispute(by="fin", note="n", request_id="r"))),
        ("dispute accept", ("dp_1", Decision(by="fin", why="lost"))),
    ]
    listed = json.loads(RUNNER.invoke(app, ["disputes", "list", "--json"]).stdout)
    assert [one["reference"] for one in listed["disputes"]] == ["dp_1"]
    shown = json.loads(RUNNER.invoke(app, ["disputes", "show", "dp_1", "--json"]).stdout)
    assert (shown["dispute"]["state"], shown["evidence"]) == ("lost", [])
    assert "EUR 11.00" in RUNNER.invoke(app, ["disputes", "list"]).stdout
    assert "answer: submit by fin" in RUNNER.invoke(app, ["disputes", "show", "dp_1"]).stdout


@pytest.mark.usefixtures("at_doubles")
@pytest.mark.parametrize(
    "words",
    [
        ["disputes", "submit", "dp_1"],
        ["disputes", "accept", "--by", "fin"],
        ["disputes", "attend", "dp_1", "skip", "--by", "op"],
        ["disputes", "list", "--state", "sad"],
        ["disputes", "list", "--limit", "0"],
        ["disputes", "list", "--after", "nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_says_nothing_to_anybody(door: Doubles, words: list[str]) -> None:
    assert RUNNER.invoke(app, words, env={"ORDERLOOM_BY": ""}).exit_code == 2
    assert door.journal == []


@pytest.mark.usefixtures("at_doubles")
def test_what_is_not_there_is_not_found_and_what_has_ended_is_a_conflict(door: Doubles) -> None:
    assert isinstance(RUNNER.invoke(app, ["disputes", "show", "dp_9"]).exception, NotFound)
    door.desk.fails = NotFound("no workflow")
    assert isinstance(RUNNER.invoke(app, ["disputes", "accept", "dp_1", "--by", "fin"]).exception, Conflict)
    assert isinstance(RUNNER.invoke(app, ["disputes", "accept", "dp_9", "--by", "fin"]).exception, NotFound)
