"""What doors read of disputes."""

from datetime import datetime
from typing import Any

from sqlalchemy import tuple_
from sqlmodel import col, select

from activities.shared.reading import ReadEngine
from models.settlement.disputes.evidence import Evidence
from models.settlement.disputes.rules import REFERENCE
from models.settlement.disputes.states import DisputeState
from models.settlement.tables import DisputeEvidence, DisputeRow
from models.shared.messages import Message

PAGE_LIMIT = 200


class DisputeLine(Message):
    """One dispute and where it stands. Minor units; times are UTC."""

    reference: str
    order_number: str
    payment_reference: str
    amount_minor: int
    currency: str
    reason: str
    state: DisputeState
    opened_at: datetime
    evidence_due_at: datetime | None
    waiting_for: str
    waiting_since: datetime | None
    deadline_at: datetime | None
    decision: str
    decided_by: str
    borne_by: str
    submitted_at: datetime | None
    closed_at: datetime | None


class PackedEvidence(Message):
    """The evidence as it was packed for a cause: `opened`, or `answer` when it was about to be sent. `hash`: of the packet."""

    cause: str
    packed_at: datetime
    hash: str
    evidence: Evidence


class DisputeView(Message):
    """A dispute with its evidence, the newest last, and what a person told the bank besides."""

    dispute: DisputeLine
    note: str
    policy_version: int
    evidence: tuple[PackedEvidence, ...]


class DisputePage(Message):
    """Disputes, newest first. `next` goes into `after` to read on; empty at the end."""

    disputes: tuple[DisputeLine, ...]
    next: str = ""


class DisputeReads:
    """Disputes. Every method raises `Unavailable`."""

    def __init__(self, engine: ReadEngine) -> None:
        self._engine = engine

    async def disputes(
        self,
        state: DisputeState | None = None,
        open_only: bool = False,
        order_number: str = "",
        limit: int = 50,
        after: str = "",
    ) -> DisputePage:
        """Disputes, newest first, all filters together. Raises ValueError when `after` is no page mark."""
        query = (
            select(DisputeRow)
            .order_by(col(DisputeRow.opened_at).desc(), col(DisputeRow.reference).desc())
            .limit(limit + 1)
        )
        if state is not None:
            query = query.where(col(DisputeRow.state) == state.value)
        if open_only:
            query = query.where(col(DisputeRow.closed_at).is_(None))
        if order_number:
            query = query.where(col(DisputeRow.order_number) == order_number)
        if after:
            query = query.where(tuple_(col(DisputeRow.opened_at), col(DisputeRow.reference)) < _mark(after))
        async with self._engine.session() as session:
            rows = (await session.exec(query)).all()
        shown = rows[:limit]
        more = len(rows) > limit
        return DisputePage(
            disputes=tuple(_line(row) for row in shown), next=_after(shown[-1]) if more else ""
        )

    async def dispute(self, reference: str) -> DisputeView | None:
        """One dispute with its evidence; None when there is none."""
        packets = (
            select(DisputeEvidence)
            .where(col(DisputeEvidence.reference) == reference)
            .order_by(col(DisputeEvidence.packed_at), col(DisputeEvidence.cause).desc())
        )
        async with self._engine.session() as session:
            row = await session.get(DisputeRow, reference)
            packed = (await session.exec(packets)).all() if row else ()
        if row is None:
            return None
        return DisputeView(
            dispute=_line(row),
            note=row.note,
            policy_version=row.policy_version,
            evidence=tuple(
                PackedEvidence(
                    cause=one.cause,
                    packed_at=one.packed_at,
                    hash=one.hash,
                    evidence=Evidence.model_validate(one.packet),
                )
                for one in packed
            ),
        )


def _after(row: DisputeRow) -> str:
    """The page mark behind a row."""
    return f"{row.opened_at.isoformat().replace('+00:00', 'Z')}~{row.reference}"


def _mark(after: str) -> tuple[Any, ...]:
    """Raises ValueError when it is no page mark."""
    moment, _, reference = after.partition("~")
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None or not REFERENCE.fullmatch(reference):
        raise ValueError(f"{after!r} is no page mark")
    return at, reference


def _line(row: DisputeRow) -> DisputeLine:
    return DisputeLine.model_validate(row.model_dump())
