"""`orderloom preorders`: what reaches the desk, and what is refused before anything starts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from models.allocation.preorders import SetPreorder
from models.shared.errors import NotFound, Refused
from starter.cli import preorders
from starter.cli.main import app
from starter.preorders import read_date
from tests.doors.doubles import Doubles

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def at_doubles(door: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands work at the doubles' desk and records."""
    session = SimpleNamespace(desk=door.desk, stock=door.parts.stock, catalogue=door.parts.catalogue)

    def at(work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            return await work(session)

        return asyncio.run(run())

    monkeypatch.setattr(preorders, "saying", at)
    monkeypatch.setattr(preorders, "reading", at_stock(door))


def at_stock(door: Doubles) -> Callable[[Callable[[Any], Awaitable[Any]]], Any]:
    def at(work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            return await work(SimpleNamespace(stock=door.parts.stock))

        return asyncio.run(run())

    return at


def test_a_preorder_is_opened_changed_and_closed(door: Doubles) -> None:
    words = ["preorders", "set", "MUG-1", "--ships-from", "2026-11-01", "--cap", "100", "--by", "ana"]
    opened = RUNNER.invoke(app, [*words, "--request-id", "p-1", "--json"])
    assert (opened.exit_code, json.loads(opened.stdout)["preorder"]["cap"]) == (0, 100)
    moved = RUNNER.invoke(
        app, ["preorders", "set", "KNIFE-1", "--ships-from", "2026-12-01T08:00:00+01:00", "--by", "ana", "--request-id", "p-2"]
    )  # fmt: skip
    assert (moved.exit_code, moved.stdout) == (0, "KNIFE-1: 7 of 9 sold, ships from 2026-12-01, open\n")
    closed = RUNNER.invoke(app, ["preorders", "close", "KNIFE-1", "--by", "ana", "--request-id", "p-3"])
    assert (closed.exit_code, closed.stdout) == (0, "KNIFE-1: 7 of 9 sold, ships from 2026-03-01, closed\n")
    november, december = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert door.journal == [
        ("set_preorder", SetPreorder(sku="MUG-1", ships_from=november, cap=100, by="ana", request_id="p-1")),
        ("set_preorder", SetPreorder(sku="KNIFE-1", ships_from=december, by="ana", request_id="p-2")),
        ("set_preorder", SetPreorder(sku="KNIFE-1", open=False, by="ana", request_id="p-3")),
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (
            ["GHOST", "--cap", "0"],
            [("/cap", "out_of_range"), ("/ships_from", "missing"), ("/sku", "sku_unknown")],
        ),
        (["MUG-1", "--ships-from", "soon"], [("/cap", "missing"), ("/ships_from", "bad_time")]),
        (["MUG-1", "--ships-from", "2026-11-01T08:00", "--cap", "5"], [("/ships_from", "bad_time")]),
        (["KNIFE-1", "--cap", "6"], [("/cap", "cap_below_sold")]),
        (["KNIFE-1", "--request-id", "a b"], [("/request_id", "bad_format")]),
    ],
)
def test_every_fault_is_told_and_nothing_starts(
    door: Doubles, words: list[str], found: list[tuple[str, str]]
) -> None:
    ended = RUNNER.invoke(app, ["preorders", "set", *words, "--by", "ana"])
    assert isinstance(ended.exception, Refused)
    assert sorted((one.pointer, one.code) for one in ended.exception.problems) == found
    assert [one.pointer for one in ended.exception.problems if not one.fix] == []
    assert door.journal == []


def test_what_is_not_there_cannot_be_closed_and_the_list_is_shown(door: Doubles) -> None:
    ended = RUNNER.invoke(app, ["preorders", "close", "MUG-1", "--by", "ana"])
    assert (type(ended.exception), door.journal) == (NotFound, [])
    assert json.loads(RUNNER.invoke(app, ["preorders", "list", "--json"]).stdout)[0]["sold"] == 7
    assert "KNIFE-1" in RUNNER.invoke(app, ["preorders", "list"]).stdout


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T23:30:00-03:00", datetime(2026, 11, 2, 2, 30, tzinfo=UTC)),
        ("2026-11-01T00:00", None),
        ("2026-13-01", None),
        ("", None),
    ],
)
def test_a_date_is_a_day_or_a_time_with_its_zone(text: str, at: datetime | None) -> None:
    assert read_date(text) == at
