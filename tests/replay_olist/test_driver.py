"""The event queue and the accounting, over a world that answers at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from activities.order.standings import ParcelStanding, Standing
from activities.shared.failures import OutcomeUnknown
from models.delivery.states import Tracking
from models.order.states import OrderState, PaymentState
from models.shared.errors import Unavailable
from starter.olist.lives import lives
from starter.olist.records import Status
from starter.replay.accounting import account, settled
from starter.replay.acts import Actor, remaining
from starter.replay.board import Board, Stuck
from starter.replay.door import Door
from starter.replay.driver import Driver, Lived, Pace, factor_for
from starter.replay.plan import Act, Life, Step
from tests.replay_olist.made_up import day, olist, record


class Noted(Actor):
    """Notes what it is told to do; `answers` by number: a refusal, or an error to raise."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        self.done: list[tuple[str, Act]] = []
        self._answers = answers or {}

    async def act(self, life: Life, step: Step) -> str:
        await asyncio.sleep(0)
        self.done.append((life.body["source_id"], step.act))
        answer = self._answers.get(life.body["source_id"], "")
        if isinstance(answer, Exception):
            raise answer
        return str(answer)


def two_lives() -> tuple[Life, ...]:
    """The second is bought between the steps of the first."""
    return lives(olist(record("o-1"), record("o-2", purchased_at=day(1.5), approved_at=day(3))))


async def drive(actor: Actor, at_once: int = 1) -> tuple[Lived, list[Step]]:
    planned = two_lives()
    told: list[Step] = []
    driver = Driver(actor, Pace(None), at_once, told.append)
    return await driver.run(planned, {life.number: life.steps for life in planned}), told


async def test_what_was_recorded_first_is_done_first() -> None:
    actor = Noted()
    lived, told = await drive(actor)
    assert actor.done == [
        ("o-1", Act.PLACE),
        ("o-1", Act.PAY),
        ("o-2", Act.PLACE),
        ("o-1", Act.HAND_OVER),
        ("o-2", Act.PAY),
        ("o-2", Act.HAND_OVER),
        ("o-1", Act.DELIVER),
        ("o-2", Act.DELIVER),
    ]
    assert (lived.refusals, lived.stuck, len(told)) == ({}, {}, 8)
    assert dict(lived.acts) == {"place": 2, "pay": 2, "hand_over": 2, "deliver": 2}


async def test_a_refused_and_a_stuck_order_end_there_and_the_others_go_on() -> None:
    first, second = (life.number for life in two_lives())
    lived, told = await drive(Noted({"o-1": "refused: sku_unknown"}), at_once=5)
    assert (lived.refusals, lived.acts["place"], lived.acts["pay"]) == ({first: "refused: sku_unknown"}, 2, 1)
    assert len(told) == 8
    lived, told = await drive(Noted({"o-2": Stuck("nobody came")}))
    assert (lived.stuck, lived.acts["deliver"], len(told)) == ({second: "place: nobody came"}, 1, 8)


async def test_a_door_that_stays_away_ends_the_replay() -> None:
    with pytest.raises(ExceptionGroup) as told:
        await drive(Noted({"o-2": Unavailable("away")}))
    assert told.group_contains(Unavailable)


def test_recorded_time_is_compressed_from_the_first_step_on() -> None:
    now = [100.0]
    pace = Pace(86_400, clock=lambda: now[0])
    assert [pace.delay_s(day(number)) for number in (2, 4)] == [0.0, 2.0]
    now[0] = 103.0
    assert pace.delay_s(day(4)) == -1.0
    assert Pace(None).delay_s(day(9)) == 0.0
    # Two orders, a day and a half apart, at two orders a second: one second.
    assert factor_for(two_lives(), 2.0) == 1.5 * 86_400


def standing(number: str = "N", **changes: Any) -> Standing:
    whole = {"order_state": OrderState.CONFIRMED, "payment_state": PaymentState.AUTHORISED, **changes}
    return Standing(order_number=number, **whole)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        (
            {"payment_state": PaymentState.PENDING, "order_state": OrderState.RECEIVED},
            "pay hand_over deliver",
        ),
        ({}, "hand_over deliver"),
        ({"order_state": OrderState.DISPATCHED, "parcels": (Tracking.PICKED_UP,)}, "deliver"),
        (
            {"order_state": OrderState.DISPATCHED, "parcels": (Tracking.PICKED_UP, Tracking.PENDING)},
            "hand_over deliver",
        ),
        ({"order_state": OrderState.DELIVERED, "parcels": (Tracking.DELIVERED,)}, ""),
        ({"outcome": "completed", "order_state": OrderState.CLOSED}, ""),
    ],
)
def test_a_replay_goes_on_where_an_order_stands(changes: dict[str, Any], left: str) -> None:
    life = two_lives()[0]
    parcels = tuple(
        ParcelStanding(parcel_id=f"P{nth}", tracking_number="T", tracking=tracking)
        for nth, tracking in enumerate(changes.pop("parcels", ()))
    )
    found = remaining(life, standing(parcels=parcels, **changes))
    assert " ".join(step.act for step in found) == left
    assert remaining(life, None) == life.steps


class Moves:
    """Standings that move on by one at each look; None: the database is away."""

    def __init__(self, *looks: dict[str, Standing] | None) -> None:
        self._looks = list(looks)

    async def standings(self, numbers: Sequence[str]) -> dict[str, Standing]:
        look = self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]
        if look is None:
            raise Unavailable("away")
        return {number: look[number] for number in numbers if number in look}


async def test_every_order_is_accounted_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("starter.replay.accounting._LOOK_S", 0.0)
    first, second, third = planned = lives(
        olist(record("o-1"), record("o-2"), record("o-3", items=(), status=Status.CREATED))
    )
    closed = {"outcome": "completed", "order_state": OrderState.CLOSED}
    moving = {one.number: standing(one.number, waiting_for="receipt") for one in (first, second)}
    ended = {one.number: standing(one.number, **closed) for one in (first, second)}
    lived = Lived(refusals={third.number: "refused: too_few_lines"})
    left: list[int] = []
    ends = await settled(planned, lived, Moves(moving, None, ended), 5.0, left.append)
    good = account(planned, ends, lived)
    assert (left, good.differences, good.orders) == ([2, 2, 0], (), 3)
    assert good.document()["by_status"] == {
        "delivered": {"ended: completed": 2},
        "created": {"refused: too_few_lines": 1},
    }
    lived.stuck[second.number] = "deliver: nobody came"
    stays = await settled(planned, lived, Moves(ended | {second.number: moving[second.number]}), 0.0)
    (bad,) = account(planned, stays, lived).differences
    assert (bad.number, bad.expected, bad.found, bad.why) == (
        second.number,
        "ended: completed",
        "waits for: receipt",
        "deliver: nobody came",
    )
    assert account(planned, {}, Lived()).document()["different"] == 3


class Paying:
    """A world in which the first call gets no answer."""

    def __init__(self) -> None:
        self.paid: list[str] = []

    async def pay(self, order_number: str, at: datetime) -> None:
        self.paid.append(order_number)
        if len(self.paid) == 1:
            raise OutcomeUnknown("no answer")

    async def report(self, carrier: str, tracking_number: str, status: Tracking, at: datetime) -> None:
        raise AssertionError


class Approving(Door):
    """A door that takes every decision."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def say(self, number: str, verb: str, why: str) -> str:
        self.said.append(verb)
        return ""


async def test_a_held_order_is_approved_before_it_is_paid_and_no_answer_is_asked_again() -> None:
    (life,) = lives(olist(record()))
    held = standing(
        life.number,
        waiting_for="review",
        hold_reasons=("amount_mismatch",),
        payment_state=PaymentState.NONE,
        order_state=OrderState.RECEIVED,
    )
    pending = standing(life.number, waiting_for="payment", payment_state=PaymentState.PENDING)
    board = Board(Moves({life.number: held}, {life.number: held}, {life.number: pending}), pause_s=0.0)
    door, world = Approving(), Paying()
    actor = Actor(door, board, world)
    async with board.looking():
        assert await actor.act(life, life.steps[1]) == ""
    assert (door.said, world.paid) == (["approve"], [life.number] * 2)
    assert dict(actor.reviewed) == {"amount_mismatch": 1}


async def test_who_waits_too_long_is_told_where_the_order_stands() -> None:
    board = Board(Moves({"N": standing(waiting_for="stock")}), patience_s=0.05, pause_s=0.0)
    async with board.looking():
        with pytest.raises(Stuck, match="payment authorised, waits for stock"):
            await board.until("N", lambda now: bool(now.outcome))
        with pytest.raises(Stuck, match="not recorded"):
            await board.until("M", lambda now: True)
