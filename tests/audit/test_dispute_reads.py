"""What doors read of disputes, from books in which disputes lived; and what the database itself forbids."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from activities.settlement.disputes.reads import DisputeReads
from activities.shared.database import Database
from activities.shared.reading import ReadEngine
from models.settlement.disputes.states import DisputeState

pytestmark = pytest.mark.engine


@pytest.fixture
async def reads(books_dsn: str) -> AsyncIterator[DisputeReads]:
    engine = ReadEngine(books_dsn, size=1)
    yield DisputeReads(engine)
    await engine.close()


async def test_disputes_are_listed_by_what_is_asked_for(reads: DisputeReads) -> None:
    newest, older = (await reads.disputes()).disputes
    assert (newest.order_number, newest.state, older.order_number) == (
        "DE-TWICE",
        DisputeState.LOST,
        "DE-DONE",
    )
    assert (await reads.disputes(open_only=True)).disputes == (older,)
    assert (await reads.disputes(state=DisputeState.LOST)).disputes == (newest,)
    assert (await reads.disputes(order_number="DE-DONE")).disputes == (older,)
    assert (await reads.disputes(state=DisputeState.WON)).disputes == ()


async def test_pages_follow_one_another_without_a_gap(reads: DisputeReads) -> None:
    first = await reads.disputes(limit=1)
    second = await reads.disputes(limit=1, after=first.next)
    assert [one.order_number for one in first.disputes + second.disputes] == ["DE-TWICE", "DE-DONE"]
    assert second.next == ""


@pytest.mark.parametrize("mark", ["nonsense", "2026-03-02T12:00:00~dp_1", "2026-03-02T12:00:00Z~\0"])
async def test_what_is_no_page_mark_is_an_error(reads: DisputeReads, mark: str) -> None:
    with pytest.raises(ValueError):
        await reads.disputes(after=mark)


async def test_a_dispute_is_shown_with_its_evidence_as_it_was_packed(reads: DisputeReads) -> None:
    (older,) = (await reads.disputes(open_only=True)).disputes
    view = await reads.dispute(older.reference)
    assert view is not None
    assert [one.cause for one in view.evidence] == ["opened", "answer"]
    evidence = view.evidence[-1].evidence
    assert (evidence.order_number, evidence.delivered, evidence.payment.captured_minor) == (
        "DE-DONE",
        True,
        6_190,
    )
    assert await reads.dispute("dp_none") is None


async def test_evidence_cannot_be_changed_or_taken_back(books: Database) -> None:
    for statement in ("UPDATE dispute_evidence SET delivered = false", "DELETE FROM dispute_evidence"):
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            async with books.reading() as cursor:
                await cursor.execute(statement.encode())
