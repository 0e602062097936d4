"""What benches read: the open tasks of a warehouse."""

from datetime import datetime

from sqlmodel import col, select

from activities.shared.reading import ReadEngine
from models.preparation.messages import BenchStep
from models.preparation.tables import Parcel, ParcelLine
from models.shared.messages import Message

TASK_LIMIT = 500


class TaskLine(Message):
    """What to take off the shelf."""

    line_no: int
    sku: str
    quantity: int


class BenchTask(Message):
    """One open parcel: the steps done, the next one, and its lines. Weight in grams. Times are UTC."""

    parcel_id: str
    order_number: str
    warehouse: str
    weight_g: int
    opened_at: datetime
    steps: tuple[BenchStep, ...]
    next_step: BenchStep | None
    lines: tuple[TaskLine, ...]


class BenchReads:
    """Bench tasks. Every method raises `Unavailable`."""

    def __init__(self, engine: ReadEngine) -> None:
        self._engine = engine

    async def open_tasks(self, warehouse: str = "", limit: int = 100) -> tuple[BenchTask, ...]:
        """Open parcels of a warehouse (of all when empty), the oldest first."""
        parcels = (
            select(Parcel)
            .where(col(Parcel.state) == "open")
            .order_by(col(Parcel.opened_at), col(Parcel.parcel_id))
            .limit(max(1, min(limit, TASK_LIMIT)))
        )
        if warehouse:
            parcels = parcels.where(col(Parcel.warehouse) == warehouse)
        async with self._engine.session() as session:
            rows = (await session.exec(parcels)).all()
            lines = (
                select(ParcelLine)
                .where(col(ParcelLine.parcel_id).in_([row.parcel_id for row in rows]))
                .order_by(col(ParcelLine.parcel_id), col(ParcelLine.line_no))
            )
            by_parcel: dict[str, list[TaskLine]] = {}
            for line in (await session.exec(lines)).all() if rows else ():
                by_parcel.setdefault(line.parcel_id, []).append(TaskLine.model_validate(line.model_dump()))
        return tuple(_task(row, by_parcel.get(row.parcel_id, [])) for row in rows)


def _task(row: Parcel, lines: list[TaskLine]) -> BenchTask:
    done = tuple(BenchStep(step) for step in row.steps)
    return BenchTask(
        parcel_id=row.parcel_id,
        order_number=row.order_number,
        warehouse=row.warehouse,
        weight_g=row.weight_g,
        opened_at=row.opened_at,
        steps=done,
        next_step=next((step for step in BenchStep if step not in done), None),
        lines=tuple(lines),
    )
