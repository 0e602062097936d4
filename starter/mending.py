"""Faulty bodies become tasks, and tasks become orders: what doors and commands do with them."""

from typing import Any, Protocol

import structlog

from activities.intake.tasks import IntakeTasks, not_now
from models.intake.states import TaskState
from models.intake.tasks import (
    ClaimTask,
    Done,
    Mend,
    NewTask,
    TaskView,
    can_be_mended,
    reach_of,
    unfit,
)
from models.order.messages import Acceptance, Decision, Order, Verdict
from models.shared.errors import Conflict, OrderloomError, Refused
from models.shared.merge_patch import merge, places
from starter.reading import OrderReader

log = structlog.get_logger()

STALE = "stale_version"
# Somebody who is always a moment slower than others hears so in the end.
_TRIES = 5


class Taker(Protocol):
    """How an order is taken; see `starter.taking.Taking`."""

    async def take(self, order: Order) -> Acceptance: ...


class Mending:
    """Opens tasks for bodies with faults, and takes their orders once they have none."""

    def __init__(self, reader: OrderReader, tasks: IntakeTasks, taking: Taker) -> None:
        self._reader = reader
        self._tasks = tasks
        self._taking = taking

    async def hold(self, raw: Any, faults: Refused) -> TaskView | None:
        """The task that stands for a body with faults, however often it comes; None when none can.

        Raises `Conflict` (`key_reused`) when another body stands for its source, `Unavailable`.
        """
        if not can_be_mended(raw, faults.problems):
            return None
        return await self._tasks.open(self._new(raw, faults))

    async def mend(self, task_id: str, said: Mend) -> TaskView:
        """Patch a task's body and check it again: with faults it stays open, without any it becomes an order, once.

        An empty patch checks again, and a repeat changes nothing. Raises `NotFound`, `Refused` for a patch that does not fit,
        `Conflict` when the task has ended or is another's (`not_allowed_now`), or was changed since (`stale_version`).
        """
        for _ in range(_TRIES):
            task = await self._tasks.task(task_id)
            body = merge(task.body_now, said.patch)
            if body == task.body_now and task.state is TaskState.MENDED:
                return task
            _expect_free(task, said, changes=body != task.body_now)
            if problems := unfit(body, task.body_now):
                raise Refused(problems)
            if (changed := await self._change(task, body, said)) is not None:
                return changed
        raise Conflict(STALE, f"{task_id}: others change it all the time; look at it again")

    async def claim(self, task_id: str, said: ClaimTask) -> TaskView:
        """Take a task off the others' hands. Raises `NotFound`, `Conflict` (`not_allowed_now`)."""
        return await self._tasks.claim(task_id, Done(by=said.by, what="claimed", why=said.why), said.over)

    async def drop(self, task_id: str, said: Decision) -> TaskView:
        """Nothing will come of it. Raises `NotFound`, `Conflict` (`not_allowed_now`)."""
        return await self._tasks.drop(task_id, Done(by=said.by, what="dropped", why=said.why))

    async def _change(self, task: TaskView, body: dict[str, Any], said: Mend) -> TaskView | None:
        """One attempt; None when somebody else was faster."""
        changed = tuple(places(said.patch))
        try:
            order = await self._reader.read(body)
        except Refused as faults:
            new = self._new(body, faults)
            if body == task.body_now and new.problems == task.problems:
                return task
            done = Done(by=said.by, what="patched", why=said.why, changed=changed)
            return await self._tasks.keep(task, new, done)
        done = Done(by=said.by, what="mended", why=said.why, changed=changed)
        mended = await self._tasks.become(task, order, body, done, self._reader.now())
        if mended is not None:
            await self._start(order)
        return mended

    async def _start(self, order: Order) -> None:
        """It stands in the book already, and a relay starts it; this starts it now, and gets the same answer."""
        try:
            answer = await self._taking.take(order)
        except OrderloomError as error:
            log.info("a mended order starts later", order=order.order_number, error=str(error))
        else:
            if answer.verdict is not Verdict.ACCEPTED:
                log.error("a mended order has no workflow", order=order.order_number, verdict=answer.verdict)

    def _new(self, raw: dict[str, Any], faults: Refused) -> NewTask:
        reach = reach_of(raw, self._reader.contacts.check)
        return NewTask(body=raw, problems=tuple(faults.problems), reach=reach)


def _expect_free(task: TaskView, said: Mend, changes: bool) -> None:
    if task.state is not TaskState.OPEN or task.owner not in ("", said.by):
        raise not_now(task, said.by)
    if changes and said.version not in (0, task.version):
        raise Conflict(STALE, f"{task.id} is at version {task.version}, not {said.version}: look at it again")
