"""A storefront waits for the workflow as long as the door is patient, and never gets two answers."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

import pytest

from models.order.messages import Acceptance, Order, Verdict
from models.shared.errors import Conflict, Unavailable
from starter import taking
from starter.taking import Taking
from tests.rules.order_bodies import NOW, good_body, read

ORDER = read(good_body())
BY_WORKFLOW = Acceptance(verdict=Verdict.ACCEPTED, order_number=ORDER.order_number, priority=1)
BY_BOOK = Acceptance(verdict=Verdict.ACCEPTED, order_number=ORDER.order_number, priority=5)


class World:
    """A workflow that answers after `takes_s`, or fails; a book that may be away."""

    def __init__(self, takes_s: float = 0.0, fails: Exception | None = None, away: bool = False) -> None:
        self.takes_s, self.fails, self.away = takes_s, fails, away
        self.begun, self.ended, self.written = 0, 0, 0
        self.start_in_s: list[float] = []

    async def submit(self, order: Order) -> Acceptance:
        self.begun += 1
        await asyncio.sleep(self.takes_s)
        self.ended += 1
        if self.fails:
            raise self.fails
        return BY_WORKFLOW

    async def take(self, order: Order, now: datetime, start_in_s: float) -> Acceptance:
        if self.away:
            raise Unavailable("the database is away")
        assert now == NOW
        self.written += 1
        self.start_in_s.append(start_in_s)
        return BY_BOOK


def taking_of(world: World, patience_s: float = 0.05) -> Taking:
    return Taking(world, world, patience_s, lambda: NOW)


async def test_a_workflow_that_answers_at_once_answers_and_nothing_is_written() -> None:
    world = World()
    assert await taking_of(world, 5.0).take(ORDER) == BY_WORKFLOW
    assert world.written == 0


async def test_a_slow_workflow_goes_on_behind_the_answer_of_the_book() -> None:
    world = World(takes_s=0.2)
    begin = time.monotonic()
    assert await taking_of(world).take(ORDER) == BY_BOOK
    assert time.monotonic() - begin < 0.2
    assert (world.begun, world.ended, world.written) == (1, 0, 1)
    await asyncio.sleep(0.3)
    assert world.ended == 1


@pytest.mark.parametrize("takes_s", [0.0, 0.1])
async def test_an_engine_that_is_away_leaves_the_order_to_the_book(takes_s: float) -> None:
    world = World(takes_s, Unavailable("away"))
    assert await taking_of(world).take(ORDER) == BY_BOOK
    assert world.written == 1


async def test_what_the_workflow_refuses_is_not_taken() -> None:
    world = World(fails=Conflict("key_reused", "burnt"))
    with pytest.raises(Conflict):
        await taking_of(world, 5.0).take(ORDER)
    assert world.written == 0


async def test_without_a_book_the_storefront_is_told_to_come_again() -> None:
    with pytest.raises(Unavailable):
        await taking_of(World(fails=Unavailable("away"), away=True)).take(ORDER)


async def test_an_engine_that_hangs_holds_so_many_attempts_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taking, "_MOST_UNDER_WAY", 3)
    world = World(takes_s=60)
    counter = taking_of(world, 0.01)
    assert await asyncio.gather(*(counter.take(ORDER) for _ in range(9))) == [BY_BOOK] * 9
    assert (world.begun, world.written) == (3, 9)
    assert sorted(world.start_in_s) == [0.0] * 6 + [1.0] * 3
    express = read(good_body() | {"service": "express"})
    assert await counter.take(express) == BY_BOOK
    assert (world.begun, world.start_in_s[-1]) == (4, 1.0)
    await counter.close()
    assert world.ended == 0
