"""What doors read of intake tasks."""

from datetime import datetime

from sqlalchemy import tuple_
from sqlmodel import col, select

from activities.intake.tasks import view_of
from activities.shared.reading import ReadEngine
from models.intake.states import TaskState
from models.intake.tables import IntakeTask
from models.intake.tasks import TaskPage, TaskRow, TaskView

PAGE_LIMIT = 200


class TaskReads:
    """Tasks as boards show them. Every method raises `Unavailable`."""

    def __init__(self, engine: ReadEngine) -> None:
        self._engine = engine

    async def task(self, task_id: str) -> TaskView | None:
        """One task with its bodies, faults and history; None when there is none."""
        async with self._engine.session() as session:
            row = await session.get(IntakeTask, task_id)
        return view_of(row.model_dump()) if row else None

    async def tasks(
        self,
        state: TaskState | None = None,
        channel: str = "",
        owner: str | None = None,
        limit: int = 50,
        after: str = "",
    ) -> TaskPage:
        """Tasks, the longest waiting first; `owner` "" lists those that nobody has. `after` is the `next` of the page before.

        Raises ValueError when `after` is no page mark.
        """
        size = max(1, min(limit, PAGE_LIMIT))
        query = select(IntakeTask).order_by(col(IntakeTask.created_at), col(IntakeTask.id))
        if state is not None:
            query = query.where(col(IntakeTask.state) == state.value)
        if channel:
            query = query.where(col(IntakeTask.channel) == channel)
        if owner is not None:
            query = query.where(col(IntakeTask.owner) == owner)
        if after:
            place = tuple_(col(IntakeTask.created_at), col(IntakeTask.id))
            query = query.where(place > tuple_(*read_mark(after)))
        async with self._engine.session() as session:
            rows = (await session.exec(query.limit(size + 1))).all()
        page = tuple(_row(row) for row in rows[:size])
        return TaskPage(tasks=page, next=_mark(rows[size - 1]) if len(rows) > size else "")


def _row(row: IntakeTask) -> TaskRow:
    return TaskRow.model_validate(row.model_dump() | {"faults": len(row.problems)})


def _mark(row: IntakeTask) -> str:
    return f"{row.created_at.isoformat()}~{row.id}"


def read_mark(mark: str) -> tuple[datetime, str]:
    """The place that a page mark names. Raises ValueError when it is none."""
    written, _, task_id = mark.partition("~")
    created_at = datetime.fromisoformat(written.replace(" ", "+"))
    if created_at.tzinfo is None or not task_id:
        raise ValueError("not a page mark")
    return created_at, task_id
