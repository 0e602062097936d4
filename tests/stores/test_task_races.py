"""A task and its order: one of each, whoever is faster and whatever dies in between."""

from __future__ import annotations

import asyncio

import pytest

from activities.intake.taken import TakenOrders
from activities.shared.database import Database
from models.intake.states import TaskState
from models.intake.tasks import ClaimTask, TaskView
from models.order.messages import Acceptance, Order
from models.shared.errors import Conflict
from tests.rules.order_bodies import NOW, good_body, read
from tests.stores.mending_desk import RIGHT, House, faulty, house_over, record

pytestmark = pytest.mark.engine
NUMBER = read(good_body()).order_number


async def test_two_who_mend_at_once_make_one_order(house: House) -> None:
    tasks = [await house.hold(faulty(f"S-{n}")) for n in range(6)]
    patches = ({**RIGHT, "locale": "de"}, {**RIGHT, "locale": "fr"}, {**RIGHT, "locale": "pt"})
    ended = await asyncio.gather(
        *(house.mend(task, patch, by=f"by-{patch['locale']}") for task in tasks for patch in patches),
        return_exceptions=True,
    )
    mended = [one for one in ended if isinstance(one, TaskView)]
    refused = [one.code for one in ended if isinstance(one, Conflict)]
    assert (len(mended), refused) == (6, ["not_allowed_now"] * 12)
    assert await house.orders() == {one.order_number for one in mended}
    taken = await house.rows(
        "SELECT t.body_now->>'locale' AS ours, o.document->>'locale' AS theirs, history->1->>'by' AS by FROM intake_task t"
        " JOIN sales_order o USING (order_number)"
    )
    assert [(ours, by) for ours, _, by in taken] == [(theirs, f"by-{theirs}") for _, theirs, _ in taken]
    assert len(taken) == 6


async def test_two_who_mend_different_faults_at_once_both_have_their_say(house: House) -> None:
    task = await house.hold(faulty())
    await asyncio.gather(
        house.mend(task, {"total_minor": 6190}, by="ana"),
        house.mend(task, {"ship_to": {"postcode": "10119"}}, by="bo"),
    )
    ended = await house.tasks.task(task.id)
    assert (ended.state, ended.order_number, ended.version) == (TaskState.MENDED, NUMBER, 3)
    assert await house.orders() == {NUMBER}


class DiesAfterwards:
    """A door whose process dies between the task's end and the start of the workflow."""

    async def take(self, order: Order) -> Acceptance:
        raise asyncio.CancelledError


async def test_a_process_that_dies_after_the_task_ended_leaves_the_order_in_the_book(house: House) -> None:
    task = await house.hold(faulty())
    house.desk._taking = DiesAfterwards()
    with pytest.raises(asyncio.CancelledError):
        await house.mend(task, RIGHT)
    ended = await house.tasks.task(task.id)
    assert (ended.state, ended.order_number) == (TaskState.MENDED, NUMBER)
    assert await house.rows("SELECT order_number, state FROM taken_order") == [(NUMBER, "waiting")]
    await record(house.database, read({**faulty(), **RIGHT, "ship_to": good_body()["ship_to"]}))
    assert (await house.mend(task, RIGHT)).order_number == NUMBER
    assert await house.orders() == {NUMBER}


async def test_a_process_that_dies_before_the_task_ended_leaves_no_order(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = await house.hold(faulty())
    before = await house.trace()

    async def dies(*_: object) -> Acceptance:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(TakenOrders, "enter", dies)
        with pytest.raises(asyncio.CancelledError):
            await house.mend(task, RIGHT)
    assert await house.trace() == before
    assert (await house.mend(task, RIGHT)).order_number == NUMBER


async def test_a_task_is_mended_also_while_the_engine_is_away(database: Database) -> None:
    house = house_over(database, away=True)
    task = await house.hold(faulty())
    assert (await house.mend(task, RIGHT)).order_number == NUMBER
    assert await house.rows("SELECT order_number, state FROM taken_order") == [(NUMBER, "waiting")]


@pytest.mark.parametrize("by_the_book", [False, True])
async def test_a_good_body_that_comes_by_itself_ends_the_task(house: House, by_the_book: bool) -> None:
    task = await house.hold(faulty())
    order = read(good_body())
    await (TakenOrders(house.database).take(order, NOW) if by_the_book else record(house.database, order))
    ended = await house.tasks.task(task.id)
    assert (ended.state, ended.order_number, ended.problems) == (TaskState.MENDED, NUMBER, ())
    assert (ended.history[-1].by, ended.history[-1].what) == ("web", "mended")
    with pytest.raises(Conflict, match=f"it became the order {NUMBER}"):
        await house.mend(task, {"locale": "de"})
    assert await house.orders() == {NUMBER}


async def test_a_good_body_and_a_person_at_once_make_one_order_of_one_body(house: House) -> None:
    bodies = [faulty(f"S-{n}") for n in range(8)]
    tasks = [await house.hold(body) for body in bodies]
    orders = [read({**good_body(), "source_id": body["source_id"]}) for body in bodies]
    await asyncio.gather(
        *(house.mend(task, {**RIGHT, "locale": "de"}) for task in tasks),
        *(house.taking.take(order) for order in orders),
        return_exceptions=True,
    )
    ended = [await house.tasks.task(task.id) for task in tasks]
    assert {one.state for one in ended} == {TaskState.MENDED}
    assert await house.orders() == {one.order_number for one in ended}
    assert len(await house.orders()) == 8


async def test_of_two_who_claim_at_once_one_has_it(house: House) -> None:
    task = await house.hold(faulty())
    claims = (house.desk.claim(task.id, ClaimTask(by=f"p{n}")) for n in range(8))
    ended = await asyncio.gather(*claims, return_exceptions=True)
    assert [type(one) for one in ended].count(Conflict) == 7
    (winner,) = [one.owner for one in ended if isinstance(one, TaskView)]
    assert (await house.tasks.task(task.id)).owner == winner
