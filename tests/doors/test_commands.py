"""What the commands of people say to the desk, show, and end with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from models.allocation.messages import StockReceipt
from models.order.messages import Answer, Attend, Decision, Hold, PayAgain, Release, Resolve
from models.order.states import HoldReason
from models.preparation.messages import BenchStep, BenchWork
from models.review.desk import Approve
from models.shared.errors import NotFound, Refused
from starter.cli import decisions, floor, orders
from starter.cli.main import app
from tests.doors.doubles import Doubles

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def at_doubles(door: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands work at the doubles' desk and records."""
    parts = door.parts
    session = SimpleNamespace(
        desk=door.desk, orders=parts.orders, bench=parts.bench, stock=parts.stock, catalogue=parts.catalogue
    )

    def at(work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            return await work(session)

        return asyncio.run(run())

    for module, name in (
        (decisions, "saying"), (floor, "saying"), (floor, "reading"), (orders, "reading"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, at)


DECISIONS: list[tuple[list[str], str, Decision]] = [
    (["approve", "--why", "called"], "approve", Approve(by="ana", why="called")),
    (["reject"], "reject", Decision(by="ana")),
    (["cancel", "--request-id", "r-1"], "cancel", Decision(by="ana", request_id="r-1")),
    (["confirm-receipt"], "confirm_receipt", Decision(by="ana")),
    (["hold", "--reason", "other"], "hold", Hold(by="ana", reason=HoldReason.BY_PERSON)),
    (
        ["hold", "--line", "2", "--line", "3", "--owner", "care", "--until", "2030-05-01T12:00:00"],
        "hold",
        Hold(by="ana", lines=(2, 3), owner="care", until=datetime(2030, 5, 1, 12, tzinfo=UTC)),
    ),
    (["release"], "release", Release(by="ana")),
    (
        ["release", "--hold", "other-1", "--line", "2"],
        "release",
        Release(by="ana", hold_id="other-1", lines=(2,)),
    ),
    (["pay-again", "--token", "tok_2"], "pay_again", PayAgain(by="ana", token="tok_2")),
    (["attend", "skip"], "attend", Attend(by="ana", action="skip")),
    (["resolve", "reship"], "resolve", Resolve(by="ana", resolution="reship")),
]


@pytest.mark.parametrize(("words", "verb", "message"), DECISIONS, ids=lambda value: str(value)[:20])
def test_a_decision_reaches_the_desk(door: Doubles, words: list[str], verb: str, message: Decision) -> None:
    command, *rest = words
    ended = RUNNER.invoke(app, ["order", command, "DE-1AB", *rest, "--by", "ana", "--json"])
    assert (ended.exit_code, json.loads(ended.stdout)["said"]) == (0, verb)
    assert door.journal == [(verb, ("DE-1AB", message))]


@pytest.mark.parametrize(
    "words",
    [
        ["order", "approve", "DE-1AB"],
        ["order", "hold", "DE-1AB", "--by", "ana", "--reason", "mood"],
        ["order", "hold", "DE-1AB", "--by", "ana", "--line", "0"],
        ["orders", "list", "--hold", "mood"],
        ["order", "attend", "DE-1AB", "wait", "--by", "ana"],
        ["bench", "work", "DE-1AB-P1", "fold", "--by", "bo"],
        ["bench", "work", "DE-1AB-P1", "pick", "--by", "bo", "--missing", "-1"],
        ["stock", "receive", "MUG-1", "0", "--warehouse", "BER", "--receipt", "R-1"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_says_nothing_to_anybody(door: Doubles, words: list[str]) -> None:
    assert RUNNER.invoke(app, words, env={"ORDERLOOM_BY": ""}).exit_code == 2
    assert door.journal == []


def test_a_decision_that_is_not_obeyed_ends_with_1(door: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> Answer:
        return Answer(done=False, said="no hold is open")

    monkeypatch.setattr(door.desk, "decide", refuse)
    ended = RUNNER.invoke(app, ["order", "release", "DE-1AB", "--by", "ana"])
    assert (ended.exit_code, ended.stdout.splitlines()[0]) == (1, "no hold is open")


def test_bench_work_and_receipts_reach_the_desk(door: Doubles) -> None:
    bench = RUNNER.invoke(app, ["bench", "work", "DE-1AB-P1", "pick", "check", "--by", "bo"])
    assert (bench.exit_code, bench.stdout) == (0, "noted\n")
    stock = RUNNER.invoke(app, ["stock", "receive", "MUG-1", "5", "--warehouse", "BER", "--receipt", "R-1"])
    assert (stock.exit_code, stock.stdout) == (0, "5 pieces of MUG-1 on hand in BER\n")
    assert door.journal == [
        ("bench", BenchWork(by="bo", parcel_id="DE-1AB-P1", steps=(BenchStep.PICK, BenchStep.CHECK))),
        ("receive_stock", StockReceipt(receipt_id="R-1", warehouse="BER", sku="MUG-1", quantity=5)),
    ]


def test_a_receipt_of_nothing_known_is_refused_before_anything_starts(door: Doubles) -> None:
    ended = RUNNER.invoke(app, ["stock", "receive", "GHOST", "5", "--warehouse", "XXX", "--receipt", "R 1"])
    assert isinstance(ended.exception, Refused)
    assert [fault.code for fault in ended.exception.problems] == [
        "bad_format", "sku_unknown", "warehouse_unknown",
    ]  # fmt: skip
    assert door.journal == []


def test_lists_are_shown_as_tables_and_as_json() -> None:
    assert json.loads(RUNNER.invoke(app, ["orders", "list", "--json"]).stdout) == {"orders": [], "next": ""}
    assert json.loads(RUNNER.invoke(app, ["orders", "reviews", "--json"]).stdout) == []
    assert json.loads(RUNNER.invoke(app, ["bench", "tasks", "--json"]).stdout) == []
    assert "MUG-1: 2 available" in RUNNER.invoke(app, ["stock", "show", "MUG-1"]).stdout
    for words in (["orders", "list"], ["orders", "reviews"], ["orders", "counts"], ["bench", "tasks"]):
        assert RUNNER.invoke(app, words).exit_code == 0


@pytest.mark.parametrize("words", [["order", "show", "DE-NONE"], ["stock", "show", "GHOST"]], ids=" ".join)
def test_what_is_not_there_is_not_found(words: list[str]) -> None:
    assert isinstance(RUNNER.invoke(app, words).exception, NotFound)
