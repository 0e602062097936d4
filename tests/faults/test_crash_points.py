"""The worker dies before and after every step, once each; Temporal and PostgreSQL are killed in mid-flight. Nothing is lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from temporalio.service import RPCError

from models.delivery.messages import News
from models.order.messages import Order
from tests.faults.conftest import living_in
from tests.workflows.disputing import dispute_accepted, dispute_won
from tests.workflows.lives import LIVES, happy, refunded, submit
from tests.workflows.living import Lived
from tests.workflows.made import an_order
from workers import wiring
from workers.up.house import LocalHouse

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STEPS = (
    "record_facts",
    "record_order",
    "record_verdict",
    "look_up_payment",
    "authorise_payment",
    "void_payment",
    "reserve_stock",
    "release_stock",
    "commit_stock",
    "restock",
    "receive_stock",
    "set_preorder",
    "open_parcels",
    "record_bench",
    "book_parcel",
    "void_label",
    "capture_payment",
    "refund_payment",
    "take_deposit",
    "return_deposit",
    "hold_stored_value",
    "release_stored_value",
    "record_dispute",
    "pack_evidence",
    "note_dispute",
    "submit_evidence",
    "ask_dispute",
    "accept_dispute",
    "close_dispute",
)


def test_the_list_of_steps_is_complete() -> None:
    assert sorted(STEPS) == sorted(step.__name__ for step in wiring.steps(None, _Nothing()))  # type: ignore[arg-type]


class _Nothing:
    payments = carriers = disputes = None


async def test_killed_before_and_after_every_step_every_order_ends_as_it_should(
    house_of: Callable[[Mapping[str, str]], LocalHouse], tmp_path: Path
) -> None:
    marks = tmp_path / "crashes"
    marks.mkdir()
    points = [f"{step}:{when}" for step in STEPS for when in ("before", "after")]
    house = house_of({"ORDERLOOM_CRASH_PLAN": f"{marks}:{','.join(points)}"})
    await asyncio.to_thread(house.start)
    try:
        async with living_in(house) as lived:
            await asyncio.gather(*(life(lived) for life in LIVES), happy(lived))
            await asyncio.gather(dispute_won(lived, overdue=True), dispute_accepted(lived))
            await refunded(lived)
    finally:
        await asyncio.to_thread(house.stop)
    happened = {mark.name for mark in marks.iterdir()}
    assert happened == {point.replace(":", "-") for point in points}
    assert house.failure == ""


async def test_temporal_and_postgresql_killed_once_each_in_mid_flight_lose_nothing(
    house_of: Callable[[Mapping[str, str]], LocalHouse],
) -> None:
    house = house_of({})
    await asyncio.to_thread(house.start)
    try:
        async with living_in(house) as lived:
            orders = [an_order() for _ in range(8)]
            await asyncio.gather(*(submit(lived, order) for order in orders))
            packing = [asyncio.create_task(stubborn(lived, order)) for order in orders]
            await asyncio.sleep(0.3)
            house.kill_temporal()
            await asyncio.sleep(0.5)
            await asyncio.to_thread(house.restart_temporal)
            await asyncio.sleep(0.3)
            house.kill_postgres()
            await asyncio.sleep(0.5)
            await asyncio.to_thread(house.restart_postgres)
            await asyncio.gather(*packing)
            for order in orders:
                assert (await lived.closed(order))["outcome"] == "completed"
            assert await lived.stock("A") == (2, 0)
    finally:
        await asyncio.to_thread(house.stop)


async def stubborn(lived: Lived, order: Order) -> None:
    """What a client does while servers come and go: the same again, until it is answered."""
    for _ in range(60):
        try:
            row = await lived.row(order)
            if row["waiting_for"] == "bench":
                await lived.pack(order, request_id="pack")
            elif row["waiting_for"] == "handover":
                await lived.carrier(order, News.HANDED_OVER)
            elif row["waiting_for"] == "delivery":
                await lived.carrier(order, News.DELIVERED, signed=True)
            elif row["waiting_for"] == "return_window" or row["closed_at"]:
                return
        except (RPCError, Exception):  # whatever broke, the next look tells where the order stands
            await asyncio.sleep(0.5)
        await asyncio.sleep(0.5)
    raise AssertionError(f"{order.order_number} did not get through: {await lived.row(order)}")
