"""What doors read of orders. Lists come from here, never from Temporal's visibility."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, text, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.order.views import (
    Counts,
    FactView,
    LineView,
    NoticeView,
    OrderPage,
    OrderRow,
    OrderView,
    ShipmentView,
)
from activities.shared.reading import ReadEngine
from models.delivery.tables import Shipment
from models.intake.tables import TakenOrder
from models.order.messages import Acceptance, Order, OrderClass, Verdict
from models.order.states import HoldReason, OrderState, PaymentState, Stage, display_status
from models.order.tables import NoticeOutbox, OrderFact, SalesOrder, SalesOrderLine
from models.order.waits import WaitingFor
from models.shared.errors import Unavailable

PAGE_LIMIT = 200
FACT_LIMIT = 500
_REVIEW = (WaitingFor.REVIEW.value, WaitingFor.RELEASE.value)


class OrderReads:
    """Orders as boards, queues and the order's own page show them. Every method raises `Unavailable`."""

    def __init__(self, engine: ReadEngine) -> None:
        self._engine = engine

    async def order(self, order_number: str) -> OrderView | None:
        """One order with lines, facts, shipments and notices; None when there is none."""
        async with self._engine.session() as session:
            row = await session.get(SalesOrder, order_number)
            if row is None:
                await _expect_not_taken(session, order_number)
                return None
            return await _view(session, row)

    async def orders(
        self,
        stage: Stage | None = None,
        waiting_for: str | None = None,
        state: OrderState | None = None,
        limit: int = 50,
        after: str = "",
        hold: HoldReason | None = None,
        owner: str = "",
    ) -> OrderPage:
        """Orders, newest first; `waiting_for` "" lists those that work. `after` is the `next` of the page before.

        `hold`: those that have an open hold of this reason; `owner`: one that this person or team is to end; both: the same hold.

        Raises ValueError when `after` is no page mark.
        """
        size = max(1, min(limit, PAGE_LIMIT))
        query = select(SalesOrder).order_by(
            col(SalesOrder.recorded_at).desc(), col(SalesOrder.order_number).desc()
        )
        if stage is not None:
            query = query.where(col(SalesOrder.stage) == stage.value)
        if waiting_for is not None:
            query = query.where(
                col(SalesOrder.waiting_for) == waiting_for, col(SalesOrder.closed_at).is_(None)
            )
        if state is not None:
            query = query.where(col(SalesOrder.order_state) == state.value)
        if hold is not None or owner:
            query = query.where(*_held(hold, owner))
        if after:
            recorded_at, number = _read_mark(after)
            place = tuple_(col(SalesOrder.recorded_at), col(SalesOrder.order_number))
            query = query.where(place < tuple_(recorded_at, number))
        async with self._engine.session() as session:
            rows = (await session.exec(query.limit(size + 1))).all()
        more = len(rows) > size
        return OrderPage(
            orders=tuple(_row(row) for row in rows[:size]), next=_mark(rows[size - 1]) if more else ""
        )

    async def reviews(self, limit: int = 50, reviewer: str | None = None) -> tuple[OrderRow, ...]:
        """Orders that wait for a reviewer: by priority, and the longest waiting first.

        `reviewer`: only those on this person's desk; empty: only those on nobody's.
        """
        query = (
            select(SalesOrder)
            .where(col(SalesOrder.waiting_for).in_(_REVIEW), col(SalesOrder.closed_at).is_(None))
            .order_by(
                col(SalesOrder.priority),
                col(SalesOrder.waiting_since).nulls_last(),
                col(SalesOrder.order_number),
            )
            .limit(max(1, min(limit, PAGE_LIMIT)))
        )
        if reviewer is not None:
            query = query.where(func.coalesce(col(SalesOrder.desk)["reviewer"].astext, "") == reviewer)
        async with self._engine.session() as session:
            return tuple(_row(row) for row in (await session.exec(query)).all())

    async def counts(self) -> Counts:
        """Open orders by what they wait for, ended ones by their outcome."""
        waits = (
            select(SalesOrder.waiting_for, func.count())
            .where(col(SalesOrder.closed_at).is_(None))
            .group_by(col(SalesOrder.waiting_for))
        )
        ends = (
            select(SalesOrder.outcome, func.count())
            .where(col(SalesOrder.outcome).is_not(None))
            .group_by(col(SalesOrder.outcome))
        )
        async with self._engine.session() as session:
            waiting: Iterable[Any] = (await session.exec(waits)).all()
            ended: Iterable[Any] = (await session.exec(ends)).all()
        return Counts(waiting_for=dict(map(tuple, waiting)), outcomes=dict(map(tuple, ended)))

    async def end_of(self, order_number: str) -> str | None:
        """How an order ended, empty while it has not; None when there is none."""
        async with self._engine.session() as session:
            row = await session.get(SalesOrder, order_number)
            if row is None:
                await _expect_not_taken(session, order_number)
                return None
            return row.outcome or ""

    async def acceptance(self, order: Order) -> Acceptance | None:
        """What a submission that repeats a recorded one is answered; None when nothing of it is recorded."""
        async with self._engine.session() as session:
            row = await session.get(SalesOrder, order.order_number)
            if row is not None:
                same = row.fingerprint == order.fingerprint
                return Acceptance(
                    verdict=Verdict.ACCEPTED if same else Verdict.KEY_REUSED,
                    order_number=row.order_number,
                    order_class=OrderClass(row.order_class),
                    priority=row.priority,
                    promised_by=row.promised_by if same else None,
                )
            query = select(SalesOrder.order_number).where(
                col(SalesOrder.channel) == order.channel, col(SalesOrder.source_id) == order.source_id
            )
            other = (await session.exec(query)).first()
        if other is None:
            return None
        return Acceptance(verdict=Verdict.DUPLICATE_SOURCE, order_number=order.order_number)


def _held(hold: HoldReason | None, owner: str) -> tuple[ColumnElement[bool], ...]:
    wanted = {"reason": hold.value} if hold else {}
    if owner:
        wanted["owner"] = owner
    # The first is the predicate of the index `ix_sales_order_held`.
    return (text("hold_reasons <> '{}'"), col(SalesOrder.holds).contains([wanted]))  # type: ignore[return-value]


async def _expect_not_taken(session: AsyncSession, order_number: str) -> None:
    """Raise `Unavailable` for an order that was taken and is not recorded yet: it will be there in a moment."""
    query = select(TakenOrder.state).where(
        col(TakenOrder.order_number) == order_number, col(TakenOrder.state) == "waiting"
    )
    if (await session.exec(query)).first() is not None:
        raise Unavailable(f"{order_number} is taken and not on the board yet; ask again in a moment")


async def _view(session: AsyncSession, row: SalesOrder) -> OrderView:
    number = row.order_number
    lines = await session.exec(
        select(SalesOrderLine)
        .where(SalesOrderLine.order_number == number)
        .order_by(col(SalesOrderLine.line_no))
    )
    facts = await session.exec(
        select(OrderFact)
        .where(OrderFact.order_number == number)
        .order_by(col(OrderFact.seq).desc())
        .limit(FACT_LIMIT)
    )
    shipments = await session.exec(
        select(Shipment)
        .where(Shipment.order_number == number)
        .order_by(col(Shipment.booked_at), col(Shipment.key))
    )
    notices = await session.exec(
        select(NoticeOutbox).where(NoticeOutbox.order_number == number).order_by(col(NoticeOutbox.id))
    )
    document: dict[str, Any] = row.document
    titles = {line["line_no"]: line.get("title", "") for line in document.get("lines", ())}
    return OrderView(
        order=_row(row),
        authorised_minor=row.authorised_minor,
        captured_minor=row.captured_minor,
        refunded_minor=row.refunded_minor,
        policy_version=row.policy_version,
        ship_to=document.get("ship_to", {}),
        lines=tuple(
            LineView.model_validate(line.model_dump() | {"title": titles.get(line.line_no, "")})
            for line in lines
        ),
        facts=tuple(FactView.model_validate(fact.model_dump()) for fact in reversed(facts.all())),
        shipments=tuple(ShipmentView.model_validate(shipment.model_dump()) for shipment in shipments),
        notices=tuple(NoticeView.model_validate(notice.model_dump()) for notice in notices),
    )


def _row(row: SalesOrder) -> OrderRow:
    status = display_status(
        OrderState(row.order_state), PaymentState(row.payment_state), len(row.hold_reasons)
    )
    return OrderRow.model_validate(row.model_dump(exclude={"document"}) | {"status": status})


def _mark(row: SalesOrder) -> str:
    return f"{row.recorded_at.isoformat()}~{row.order_number}"


def _read_mark(mark: str) -> tuple[datetime, str]:
    written, _, number = mark.partition("~")
    recorded_at = datetime.fromisoformat(written.replace(" ", "+"))
    if recorded_at.tzinfo is None or not number:
        raise ValueError("not a page mark")
    return recorded_at, number
