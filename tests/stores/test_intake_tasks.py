"""Faulty bodies over a real database: one task each, what is said to it, and what is refused without a trace."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from activities.intake.task_reads import TaskReads
from activities.shared.database import Database
from activities.shared.reading import ReadEngine
from models.intake.states import TaskState
from models.intake.tasks import ClaimTask, Mend
from models.order.messages import Decision
from models.shared.errors import Conflict, NotFound, Refused, Unavailable
from tests.conftest import of_database
from tests.rules.order_bodies import good_body, read
from tests.stores.mending_desk import RIGHT, House, faults_of, faulty, house_over, record

pytestmark = pytest.mark.engine
NUMBER = read(good_body()).order_number


async def test_a_faulty_body_is_one_task_with_its_letters_however_often_it_comes(house: House) -> None:
    held = await asyncio.gather(*(house.hold(faulty()) for _ in range(6)))
    assert {(one.id, one.state, one.version) for one in held} == {(held[0].id, TaskState.OPEN, 1)}
    task = held[0]
    assert [(one.pointer, one.code) for one in task.problems] == [
        ("/ship_to/postcode", "blank"), ("/total_minor", "total_mismatch"),
    ]  # fmt: skip
    assert (task.body, task.body_now, task.reach.email) == (faulty(), faulty(), "ada@customer.example")
    assert [(one.by, one.what) for one in task.history] == [("web", "opened")]
    assert await house.rows("SELECT order_number, kind, about, audience FROM notice ORDER BY kind") == [
        (task.id, "intake_question", "", "customer"),
        (task.id, "intake_task", "", "care"),
    ]
    assert (await house.orders(), house.engine.asked) == (set(), [])


async def test_another_body_of_the_same_source_is_a_reused_key(house: House) -> None:
    await house.hold(faulty())
    before = await house.trace()
    with pytest.raises(Conflict, match="another body") as conflict:
        await house.hold(faulty(total_minor=2))
    assert conflict.value.code == "key_reused"
    assert await house.trace() == before


async def test_a_task_is_mended_step_by_step_and_becomes_an_order_once(house: House) -> None:
    task = await house.hold(faulty())
    first = await house.mend(task, {"ship_to": {"postcode": "10119"}})
    assert (first.state, first.version, [one.code for one in first.problems]) == (
        TaskState.OPEN, 2, ["total_mismatch"],
    )  # fmt: skip
    assert await house.orders() == set()
    last = await house.mend(task, {"total_minor": 6190}, version=2)
    assert (last.state, last.order_number, last.problems) == (TaskState.MENDED, NUMBER, ())
    assert (last.body, last.body_now["ship_to"]["postcode"]) == (faulty(), "10119")
    assert [(one.by, one.what, one.changed) for one in last.history] == [
        ("web", "opened", ()),
        ("ana", "patched", ("/ship_to/postcode",)),
        ("ana", "mended", ("/total_minor",)),
    ]
    assert (await house.orders(), house.engine.asked) == ({NUMBER}, [NUMBER])
    (facts,) = await house.rows("SELECT data FROM order_fact WHERE what = 'received'")
    assert facts[0]["task"] == task.id
    assert await house.mend(task, {"total_minor": 6190}, version=2) == last
    assert (await house.orders(), house.engine.asked) == ({NUMBER}, [NUMBER])
    assert await house.hold(faulty()) == last


async def test_the_customer_is_asked_once_also_when_the_address_comes_later(house: House) -> None:
    body = faulty(customer={"customer_id": "c-7", "name": "Ada", "email": "nobody"})
    task = await house.hold(body)
    assert [kind for (kind,) in await house.rows("SELECT kind FROM notice")] == ["intake_task"]
    await house.mend(task, {"customer": {"email": "ada@customer.example"}})
    kept = await house.mend(task, {"customer": {"email": "broken"}})
    assert kept.reach.email == "ada@customer.example"
    assert sorted(kind for (kind,) in await house.rows("SELECT kind FROM notice")) == [
        "intake_question", "intake_task",
    ]  # fmt: skip


async def test_an_order_that_is_there_gets_no_task(house: House) -> None:
    await record(house.database, read(good_body()))
    before = await house.trace()
    with pytest.raises(Conflict, match=f"{NUMBER} was handed in with another body"):
        await house.hold(faulty())
    # The very body that was taken once, and would have faults today.
    assert await house.desk.hold(good_body(), faults_of(faulty())) is None
    assert await house.trace() == before


async def test_an_order_number_of_its_own_that_another_order_has_is_refused(house: House) -> None:
    await record(house.database, read(good_body() | {"source_id": "S-2", "order_number": "MY-1"}))
    task = await house.hold(faulty())
    before = await house.trace()
    with pytest.raises(Refused) as refused:
        await house.mend(task, RIGHT | {"order_number": "MY-1"})
    assert [(one.pointer, one.code) for one in refused.value.problems] == [("/order_number", "number_used")]
    assert await house.trace() == before


@pytest.mark.parametrize(
    ("patch", "version", "error"),
    [
        ({"channel": "app"}, 0, Refused),
        ({"source_id": None}, 0, Refused),
        ({"locale": "\0"}, 0, Refused),
        ({"total_minor": 6190}, 7, Conflict),
    ],
)
async def test_a_patch_that_does_not_fit_changes_nothing(
    house: House, patch: dict[str, Any], version: int, error: type[Exception]
) -> None:
    task = await house.hold(faulty())
    before = await house.trace()
    with pytest.raises(error) as refused:
        await house.mend(task, patch, version=version)
    if isinstance(refused.value, Conflict):
        assert refused.value.code == "stale_version"
    assert await house.trace() == before


async def test_an_empty_patch_checks_again_and_a_wrong_one_that_repeats_changes_nothing(house: House) -> None:
    task = await house.hold(faulty())
    before = await house.trace()
    again = await house.mend(task, {})
    assert (again.version, len(again.problems)) == (1, 2)
    assert await house.mend(task, {"total_minor": 1}) == again
    assert await house.trace() == before


async def test_who_claims_a_task_keeps_the_others_off(house: House) -> None:
    task = await house.hold(faulty())
    mine = await house.desk.claim(task.id, ClaimTask(by="ana"))
    assert (mine.owner, mine.version) == ("ana", 2)
    assert await house.desk.claim(task.id, ClaimTask(by="ana")) == mine
    before = await house.trace()
    for attempt in (
        house.desk.claim(task.id, ClaimTask(by="bo")),
        house.desk.claim(task.id, ClaimTask(by="bo", over="cem")),
        house.mend(task, RIGHT, by="bo"),
        house.desk.drop(task.id, Decision(by="bo", why="no")),
    ):
        with pytest.raises(Conflict, match="ana has claimed it") as conflict:
            await attempt
        assert conflict.value.code == "not_allowed_now"
    assert await house.trace() == before
    assert (await house.desk.claim(task.id, ClaimTask(by="bo", over="ana"))).owner == "bo"
    assert (await house.mend(task, RIGHT, by="bo")).order_number == NUMBER


async def test_a_dropped_task_stays_dropped_and_another_body_may_come(house: House) -> None:
    task = await house.hold(faulty())
    dropped = await house.desk.drop(task.id, Decision(by="ana", why="a joke"))
    assert (dropped.state, dropped.why) == (TaskState.DROPPED, "a joke")
    assert await house.desk.drop(task.id, Decision(by="bo", why="again")) == dropped
    before = await house.trace()
    for attempt in (house.mend(task, RIGHT), house.desk.claim(task.id, ClaimTask(by="ana"))):
        with pytest.raises(Conflict, match="it was dropped: a joke"):
            await attempt
    assert await house.hold(faulty()) == dropped
    assert await house.trace() == before
    other = await house.hold(faulty(total_minor=2))
    assert (other.id != task.id, other.state) == (True, TaskState.OPEN)
    assert (await house.mend(other, RIGHT)).order_number == NUMBER


async def test_a_task_that_is_not_there_is_not_found(house: House) -> None:
    said = Decision(by="ana", why="x")
    for attempt in (
        house.desk.mend("task-none", Mend(by="ana", patch={})),
        house.desk.claim("task-none", ClaimTask(by="ana")),
        house.desk.drop("task-none", said),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_lists_show_the_longest_waiting_first_by_page_and_filter(
    house: House, postgres_dsn: str
) -> None:
    held = [await house.hold(faulty(f"S-{n}", channel="web" if n % 2 else "app")) for n in range(5)]
    await house.desk.claim(held[0].id, ClaimTask(by="ana"))
    await house.mend(held[1], RIGHT)
    ((name,),) = await house.rows("SELECT current_database()")
    engine = ReadEngine(of_database(postgres_dsn, name), size=1)
    try:
        reads = TaskReads(engine)
        listed = await reads.tasks(limit=2)
        seen = [one.id for one in listed.tasks]
        while listed.next:
            listed = await reads.tasks(limit=2, after=listed.next)
            seen += [one.id for one in listed.tasks]
        assert seen == [one.id for one in held]
        opened = await reads.tasks(state=TaskState.OPEN, channel="web")
        assert [one.id for one in opened.tasks] == [held[3].id]
        assert [one.faults for one in opened.tasks] == [2]
        assert [one.id for one in (await reads.tasks(owner="ana")).tasks] == [held[0].id]
        assert [one.id for one in (await reads.tasks(owner="", state=TaskState.OPEN)).tasks] == [
            one.id for one in held[2:]
        ]
        assert await reads.task(held[1].id) == await house.tasks.task(held[1].id)
        assert await reads.task("task-none") is None
        with pytest.raises(ValueError, match="page mark"):
            await reads.tasks(after="2026-03-01T00:00:00+00:00")
    finally:
        await engine.close()


async def test_a_database_that_is_away_is_told() -> None:
    house = house_over(await Database("postgresql://nobody@127.0.0.1:9/none", size=1).open())
    house.database._pool.timeout = 0.2
    try:
        with pytest.raises(Unavailable):
            await house.hold(faulty())
    finally:
        await house.database.close()
