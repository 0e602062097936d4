"""Holds at the doors: which orders are asked for, what is shown of them, what many orders are told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from activities.order.views import OrderRow, OrderView
from models.order.holds import OpenHold
from models.order.messages import Answer, Hold
from models.order.states import HoldReason
from models.review.desk import DeskView
from starter.cli import decisions, orders
from starter.cli.main import app
from tests.doors.doubles import Doubles, told

RUNNER = CliRunner()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HELD = OpenHold(
    hold_id="other-3f2a90c41b", reason=HoldReason.BY_PERSON, lines=(2, 3), owner="care", until=NOON + timedelta(days=1),
    placed_by="ana", placed_at=NOON, why="call first",
)  # fmt: skip
_ROW: dict[str, Any] = {
    "order_number": "DE-1AB", "channel": "web", "source_id": "S-1", "status": "OrderProblem", "stage": "preparation",
    "order_state": "confirmed", "payment_state": "authorised", "fulfilment_state": "reserved", "risk_verdict": "accept",
    "order_class": "ordinary", "priority": 3, "currency": "EUR", "total_minor": 6190, "country": "DE", "customer_id": "c-7",
    "waiting_for": "bench", "waiting_since": NOON, "deadline_at": None, "hold_reasons": ("other",), "holds": (HELD,),
    "desk": DeskView(), "promised_by": None, "outcome": None, "placed_at": NOON, "closed_at": None,
}  # fmt: skip


def view() -> OrderView:
    """An order with one hold."""
    return OrderView(
        order=OrderRow(**_ROW), authorised_minor=6190, captured_minor=0, refunded_minor=0, policy_version=1,
        ship_to={}, lines=(), facts=(), shipments=(), notices=(),
    )  # fmt: skip


class Shelf:
    """One held order; `asked`: with which hold and owner orders were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    async def order(self, order_number: str) -> OrderView:
        return view()

    async def orders(self, *filters: object) -> object:
        self.asked.append(filters[-2:])
        return SimpleNamespace(orders=(view().order,), next="")


async def test_orders_are_asked_for_by_hold_and_owner(http: httpx.AsyncClient, door: Doubles) -> None:
    assert (await http.get("/orders?hold=awaiting_payment&owner=finance")).status_code == 200
    assert (await http.get("/orders")).status_code == 200
    assert door.shelf.asked == [(HoldReason.AWAITING_PAYMENT, "finance"), (None, "")]


async def test_a_list_that_cannot_be_asked_for_is_not_asked_for(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    assert told(await http.get("/orders?owner=%00&waiting_for=%07")) == (
        422, "refused", [("/query/owner", "control_character"), ("/query/waiting_for", "control_character")],
    )  # fmt: skip
    assert door.shelf.asked == []


async def test_many_orders_are_held_for_one_owner_until_one_date(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    body = {
        "verb": "hold",
        "orders": ["DE-1AB", "DE-2AB"],
        "by": "ana",
        "owner": "care",
        "until": "2030-01-01T00:00:00Z",
    }
    assert (await http.post("/reviews/decisions", json=body)).status_code == 200
    held = Hold(by="ana", owner="care", until=datetime(2030, 1, 1, tzinfo=UTC))
    assert sorted(number for _, (number, message) in door.journal if message == held) == ["DE-1AB", "DE-2AB"]


def test_the_command_lists_by_hold_and_owner_and_shows_each_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()

    def reading(work: Any) -> Any:
        coroutine = work(SimpleNamespace(orders=shelf))
        try:
            coroutine.send(None)
        except StopIteration as done:
            return done.value
        raise AssertionError("it waits for nothing")

    monkeypatch.setattr(orders, "reading", reading)
    listed = RUNNER.invoke(app, ["orders", "list", "--hold", "other", "--owner", "care"])
    assert (listed.exit_code, shelf.asked) == (0, [(HoldReason.BY_PERSON, "care")])
    shown = RUNNER.invoke(app, ["order", "show", "DE-1AB"])
    words = (
        "other-3f2a90c41b",
        "lines 2, 3",
        "call first",
        "care",
        "2026-03-02 12:00",
        "ana",
        "2026-03-01 12:00",
    )
    row = next(line for line in shown.stdout.splitlines() if words[0] in line)
    assert [word for word in words if word not in row] == []
    as_json = json.loads(RUNNER.invoke(app, ["order", "show", "DE-1AB", "--json"]).stdout)
    assert [OpenHold.model_validate(hold) for hold in as_json["order"]["holds"]] == [HELD]


def test_the_command_says_which_hold_was_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Answer(done=True, said="hold: noted", holds=(HoldReason.BY_PERSON,), open_holds=(HELD,))
    monkeypatch.setattr(decisions, "saying", lambda _: answer)
    ended = RUNNER.invoke(app, ["order", "hold", "DE-1AB", "--by", "ana", "--line", "2"])
    assert ended.stdout.splitlines() == [
        "hold: noted",
        "received, waits for nothing, held: other-3f2a90c41b (lines 2, 3; owner care; until 2026-03-02 12:00 UTC)",
    ]
