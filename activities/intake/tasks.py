"""Intake tasks: faulty bodies, what people do with them, and the order that one becomes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from activities.intake.sources import LOCK_SOURCE
from activities.intake.taken import TakenOrders
from activities.order import store as orders
from activities.shared.database import Cursor, Database, Row
from models.intake.tasks import Done, NewTask, TaskView, letters
from models.order.messages import Order, Verdict
from models.shared.errors import Conflict, ErrorCode, NotFound, Problem, Refused

# The attempt to start the workflow at once goes first; see `starter.taking`.
HEAD_START_S = 1.0

_TASK = "SELECT * FROM intake_task WHERE id = %s"
_THERE = """
SELECT order_number, fingerprint FROM sales_order WHERE channel = %(channel)s AND source_id = %(source_id)s
UNION ALL SELECT order_number, fingerprint FROM taken_order WHERE channel = %(channel)s AND source_id = %(source_id)s"""
_STANDING = "SELECT id FROM intake_task WHERE channel = %(channel)s AND source_id = %(source_id)s AND state <> 'dropped'"
_OPEN = """
INSERT INTO intake_task (id, channel, source_id, body, body_now, problems, reach, state, owner, why, order_number, version, history)
VALUES (%(id)s, %(channel)s, %(source_id)s, %(body)s, %(body)s, %(problems)s, %(reach)s, 'open', '', '', '', 1, %(history)s)
RETURNING *"""
_KEEP = """
UPDATE intake_task SET body_now = %(body)s, problems = %(problems)s,
    reach = CASE WHEN %(reach)s::jsonb->>'email' = '' THEN reach ELSE %(reach)s::jsonb END,
    version = version + 1, updated_at = now(), why = %(why)s,
    history = history || (%(done)s::jsonb || jsonb_build_object('at', now()))
WHERE id = %(id)s AND version = %(version)s AND state = 'open' RETURNING *"""
_BECOMES = """
UPDATE intake_task SET body_now = %(body)s, problems = '[]', state = 'mended', order_number = %(order_number)s,
    version = version + 1, updated_at = now(), why = %(why)s,
    history = history || (%(done)s::jsonb || jsonb_build_object('at', now()))
WHERE id = %(id)s AND version = %(version)s AND state = 'open' RETURNING *"""
_CLAIM = """
UPDATE intake_task SET owner = %(by)s,
    version = version + 1, updated_at = now(), why = %(why)s,
    history = history || (%(done)s::jsonb || jsonb_build_object('at', now()))
WHERE id = %(id)s AND state = 'open' AND owner IN ('', %(over)s) RETURNING *"""
_DROP = """
UPDATE intake_task SET state = 'dropped',
    version = version + 1, updated_at = now(), why = %(why)s,
    history = history || (%(done)s::jsonb || jsonb_build_object('at', now()))
WHERE id = %(id)s AND state = 'open' AND owner IN ('', %(by)s) RETURNING *"""
_NUMBER_USED = """
SELECT 1 FROM sales_order WHERE order_number = %(order_number)s UNION ALL SELECT 1 FROM taken_order WHERE order_number = %(order_number)s"""


class IntakeTasks:
    """Writes tasks. Every method raises `Unavailable`; changes are by compare-and-set, and leave a line in the history."""

    def __init__(self, database: Database, taken: TakenOrders) -> None:
        self._database = database
        self._taken = taken

    async def open(self, task: NewTask) -> TaskView | None:
        """Write a task and its letters once; the same body gets the same task, whatever became of it.

        None: this very body is an order already. Raises `Conflict` (`key_reused`) when another body stands for the source.
        """
        source = dict(zip(("channel", "source_id"), task.source, strict=True))
        async with self._database.transaction() as cursor:
            await cursor.execute(LOCK_SOURCE, task.source)
            if found := await _row(cursor, _TASK, (task.id,)):
                return view_of(found)
            if there := await _row(cursor, _THERE, source):
                if there["fingerprint"] == task.fingerprint:
                    return None
                raise Conflict(
                    ErrorCode.KEY_REUSED, f"{there['order_number']} was handed in with another body"
                )
            if other := await _row(cursor, _STANDING, source):
                raise Conflict(
                    ErrorCode.KEY_REUSED, f"{other['id']} stands for another body of this source id"
                )
            history = Jsonb([_done(by=task.source[0], what="opened")])
            written = {"body": Jsonb(task.body), "problems": _problems(task.problems), "history": history}
            reach = Jsonb(task.reach.model_dump())
            values = {**source, **written, "id": task.id, "reach": reach}
            opened = await _row(cursor, _OPEN, values)
            await orders.write_notices(cursor, task.id, letters(task))
            return view_of(opened or {})

    async def task(self, task_id: str) -> TaskView:
        """One task, as the next change will find it. Raises `NotFound`."""
        async with self._database.reading() as cursor:
            return await _expected(cursor, task_id)

    async def keep(self, task: TaskView, new: NewTask, done: Done) -> TaskView | None:
        """The body with the faults that are left; the customer is asked once. None: somebody else was faster."""
        values = {
            "id": task.id, "version": task.version, "body": Jsonb(new.body), "problems": _problems(new.problems),
            "reach": Jsonb(new.reach.model_dump()), **_said(done),
        }  # fmt: skip
        async with self._database.transaction() as cursor:
            kept = await _row(cursor, _KEEP, values)
            if kept:
                await orders.write_notices(cursor, task.id, letters(new))
            return view_of(kept) if kept else None

    async def become(
        self, task: TaskView, order: Order, body: dict[str, Any], done: Done, now: datetime
    ) -> TaskView | None:
        """End the task and take its order into the book, in one transaction. None: somebody else was faster.

        `now` is UTC. Raises `Refused` when the body's own order number belongs to another order.
        """
        values = {
            "id": task.id, "version": task.version, "body": Jsonb(body), "order_number": order.order_number, **_said(done),
        }  # fmt: skip
        async with self._database.transaction() as cursor:
            await cursor.execute(LOCK_SOURCE, (order.channel, order.source_id))
            mended = await _row(cursor, _BECOMES, values)
            if not mended:
                return None
            if await _row(cursor, _NUMBER_USED, {"order_number": order.order_number}):
                said = f"{order.order_number} is another order's number"
                fault = Problem(pointer="/order_number", code="number_used", detail=said, fix="leave it out")
                raise Refused([fault])
            answer = await self._taken.enter(cursor, order, now, HEAD_START_S)
            if answer.verdict is not Verdict.ACCEPTED:
                raise Conflict(answer.verdict, f"an order of {order.channel} stands there already")
            return view_of(mended)

    async def claim(self, task_id: str, done: Done, over: str = "") -> TaskView:
        """Give a task to a person: a free one, or one that `over` has. A repeat changes nothing.

        Raises `NotFound`, `Conflict` (`not_allowed_now`).
        """
        async with self._database.transaction() as cursor:
            claimed = await _row(cursor, _CLAIM, {"id": task_id, "over": over, **_said(done)})
            if claimed:
                return view_of(claimed)
            task = await _expected(cursor, task_id)
            if task.state == "open" and task.owner == done.by:
                return task
            raise not_now(task, done.by)

    async def drop(self, task_id: str, done: Done) -> TaskView:
        """No order will come of it. A repeat changes nothing. Raises `NotFound`, `Conflict` (`not_allowed_now`)."""
        async with self._database.transaction() as cursor:
            dropped = await _row(cursor, _DROP, {"id": task_id, **_said(done)})
            if dropped:
                return view_of(dropped)
            task = await _expected(cursor, task_id)
            if task.state == "dropped":
                return task
            raise not_now(task, done.by)


def not_now(task: TaskView, by: str) -> Conflict:
    """Why a person cannot do something with a task now."""
    if task.state == "mended":
        said = f"it became the order {task.order_number}"
    elif task.state == "dropped":
        said = f"it was dropped: {task.why}"
    elif task.owner and task.owner != by:
        said = f"{task.owner} has claimed it"
    else:
        said = "somebody else changed it at this moment"
    return Conflict(ErrorCode.NOT_ALLOWED_NOW, f"{task.id}: {said}")


def view_of(row: Mapping[str, Any]) -> TaskView:
    """A row as it is shown."""
    return TaskView.model_validate({**row, "faults": len(row["problems"])})


def _said(done: Done) -> dict[str, Any]:
    told = done.model_dump(mode="json", exclude={"at"})
    return {"by": done.by, "why": done.why, "done": Jsonb(told)}


def _done(by: str, what: str) -> dict[str, Any]:
    return Done(by=by, what=what).model_dump(mode="json", exclude={"at"})


def _problems(problems: Sequence[Problem]) -> Jsonb:
    return Jsonb([problem.model_dump() for problem in problems])


async def _expected(cursor: Cursor, task_id: str) -> TaskView:
    row = await _row(cursor, _TASK, (task_id,))
    if row is None:
        raise NotFound(f"there is no task {task_id}")
    return view_of(row)


async def _row(cursor: Cursor, sql: LiteralString, values: Any) -> Row | None:
    await cursor.execute(sql, values)
    return await cursor.fetchone()
