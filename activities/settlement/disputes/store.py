"""The tables of disputes and their evidence, and the postings of their money."""

from psycopg.types.json import Jsonb

from activities.order import store as orders
from activities.order.evidence import gather
from activities.order.policies import Policies
from activities.settlement.disputes import statements
from activities.settlement.ledger import post
from activities.shared.database import Cursor, Database
from activities.shared.effects import Intent
from activities.shared.journal import StepJournal
from models.order.messages import Fact
from models.order.records import Notice
from models.settlement.disputes.evidence import Evidence
from models.settlement.disputes.letters import about_end, about_opening
from models.settlement.disputes.messages import (
    AcceptDispute,
    CloseDispute,
    Dispute,
    DisputeAnswered,
    DisputeClosed,
    DisputeNoted,
    DisputeProgress,
    DisputeRecorded,
    EvidencePacked,
    NoteDispute,
    PackEvidence,
    RecordDispute,
    SubmitEvidence,
)
from models.settlement.disputes.rules import (
    after_submitting,
    loss_postings,
    release_postings,
    reserve_postings,
    withdrawn,
)
from models.settlement.disputes.states import DisputeState
from models.settlement.messages import Posting

BANK = "bank"


class DisputeRecords:
    """Every method locks the order's row first: the facts of one order stay in their order."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._journal = StepJournal(database)
        self._policies = Policies()

    async def record_dispute(self, request: RecordDispute) -> DisputeRecorded:
        """Write the case down and reserve its amount; a payment that is not ours leaves no trace."""
        dispute = request.dispute

        async def work(cursor: Cursor) -> DisputeRecorded:
            captured = (
                await _captured(cursor, dispute) if await orders.lock(cursor, dispute.order_number) else ()
            )
            if not captured:
                return DisputeRecorded(known=False)
            await cursor.execute("SELECT version FROM policy_version WHERE active")
            active = await cursor.fetchone()
            policy = await self._policies.get(cursor, active["version"] if active else None)
            await cursor.execute(
                statements.INSERT,
                dispute.model_dump(exclude={"status"}) | {"policy_version": policy.version},
            )
            reserved = reserve_postings(captured, dispute.amount_minor)
            await post(cursor, request.key, dispute.order_number, "dispute_reserved", reserved)
            fact = Fact(
                what="dispute_opened",
                actor=BANK,
                why=dispute.reason,
                data={"dispute": dispute.reference, "amount_minor": dispute.amount_minor},
            )
            await _tell(cursor, dispute.order_number, (fact,), about_opening(dispute))
            return DisputeRecorded(
                known=True, policy=policy.settlement.disputes, policy_version=policy.version
            )

        return await self._journal.once(
            request.key, dispute.order_number, "record_dispute", DisputeRecorded, work, lambda one: one.known
        )

    async def pack_evidence(self, request: PackEvidence) -> EvidencePacked:
        """Freeze what speaks for the merchant."""

        async def work(cursor: Cursor) -> EvidencePacked:
            await orders.lock(cursor, request.order_number)
            evidence = await gather(cursor, await _dispute(cursor, request.reference))
            packet = Jsonb(evidence.model_dump(mode="json"))
            await cursor.execute(
                statements.PACK, (request.reference, request.cause, evidence.delivered, packet, packet)
            )
            row = await cursor.fetchone()
            packed = EvidencePacked(digest=row["hash"] if row else "", delivered=evidence.delivered)
            await _move(cursor, request.reference, request.progress)
            fact = Fact(
                what="dispute_evidence_packed",
                why=request.cause,
                data={"dispute": request.reference, "hash": packed.digest},
            )
            await _tell(cursor, request.order_number, (fact,), request.notices)
            return packed

        return await self._journal.once(
            request.key, request.order_number, "pack_evidence", EvidencePacked, work
        )

    async def note_dispute(self, request: NoteDispute) -> DisputeNoted:
        """Write down where it stands and what happened."""

        async def work(cursor: Cursor) -> DisputeNoted:
            await orders.lock(cursor, request.order_number)
            await _move(cursor, request.reference, request.progress)
            if request.decision:
                await cursor.execute(
                    statements.DECIDE,
                    (request.decision, request.decided_by, request.note, request.reference),
                )
            await _tell(cursor, request.order_number, request.facts, request.notices)
            return DisputeNoted(facts=len(request.facts))

        return await self._journal.once(request.key, request.order_number, "note_dispute", DisputeNoted, work)

    async def evidence(self, reference: str) -> Evidence:
        """The evidence that was packed for the answer."""
        async with self._database.reading() as cursor:
            await cursor.execute(statements.PACKED, (reference,))
            row = await cursor.fetchone()
        if row is None:
            raise LookupError(f"no evidence was packed for {reference}")
        return Evidence.model_validate(row["packet"])

    async def intend_submit(self, request: SubmitEvidence) -> Intent[DisputeAnswered]:
        """Write the intent down."""
        return await self._journal.intend(
            request.key, request.order_number, "submit_evidence", request, DisputeAnswered
        )

    async def record_submitted(self, request: SubmitEvidence, answer: DisputeAnswered) -> DisputeAnswered:
        """Close the intent, move the dispute."""
        async with self._journal.recording(request.key, answer, answer.done) as cursor:
            if cursor:
                await orders.lock(cursor, request.order_number)
                state = after_submitting(answer.done, answer.said, answer.status)
                if state:
                    await _move(
                        cursor, request.reference, request.progress.model_copy(update={"state": state})
                    )
                if state is DisputeState.SUBMITTED:
                    await cursor.execute(statements.SUBMITTED, (request.reference,))
                fact = Fact(
                    what="dispute_submitted" if answer.done else "dispute_submit_refused",
                    actor=request.by,
                    why=answer.said,
                    data={"dispute": request.reference},
                )
                await _tell(cursor, request.order_number, (fact,), ())
        return answer

    async def intend_accept(self, request: AcceptDispute) -> Intent[DisputeAnswered]:
        """Write the intent down."""
        return await self._journal.intend(
            request.key, request.order_number, "accept_dispute", request, DisputeAnswered
        )

    async def record_accepted(self, request: AcceptDispute, answer: DisputeAnswered) -> DisputeAnswered:
        """Close the intent, and the dispute with it."""
        async with self._journal.recording(request.key, answer, answer.done) as cursor:
            if cursor:
                await orders.lock(cursor, request.order_number)
                data: dict[str, str | int | None] = {"dispute": request.reference}
                if answer.done:
                    fact = Fact(what="dispute_accepted", actor=request.by, why=request.why, data=data)
                    await _end(cursor, request, DisputeState.ACCEPTED, fact)
                else:
                    fact = Fact(what="dispute_accept_refused", actor=request.by, why=answer.said, data=data)
                    await _tell(cursor, request.order_number, (fact,), ())
        return answer

    async def close_dispute(self, request: CloseDispute) -> DisputeClosed:
        """Write the bank's verdict down."""

        async def work(cursor: Cursor) -> DisputeClosed:
            await orders.lock(cursor, request.order_number)
            fact = Fact(
                what=f"dispute_{request.state.value}", actor=BANK, data={"dispute": request.reference}
            )
            return DisputeClosed(lost_minor=await _end(cursor, request, request.state, fact))

        return await self._journal.once(
            request.key, request.order_number, "close_dispute", DisputeClosed, work
        )


async def _end(cursor: Cursor, request: AcceptDispute | CloseDispute, state: DisputeState, fact: Fact) -> int:
    """Book the end, and tell everybody; gives what is lost, minor units."""
    dispute = await _dispute(cursor, request.reference)
    await cursor.execute(statements.RESERVED, (request.reserve_key,))
    reserved = tuple(Posting.model_validate(row) for row in await cursor.fetchall())
    won = state is DisputeState.WON
    postings = release_postings(reserved) if won else loss_postings(reserved, request.borne_by)
    kind = "dispute_released" if won else "dispute_lost"
    await post(cursor, request.key, request.order_number, kind, postings)
    await _move(cursor, request.reference, DisputeProgress(state=state))
    await cursor.execute(statements.CLOSE, ("" if won else request.borne_by, request.reference))
    notices = about_end(dispute, won, reserved, request.borne_by)
    await _tell(cursor, request.order_number, (fact,), notices)
    return 0 if won else withdrawn(reserved)


async def _captured(cursor: Cursor, dispute: Dispute) -> tuple[Posting, ...]:
    """What was booked when the disputed payment was taken; empty when it is not ours."""
    values = (dispute.order_number, dispute.payment_reference, dispute.order_number, dispute.currency)
    await cursor.execute(statements.CAPTURED, values)
    return tuple(Posting.model_validate(row) for row in await cursor.fetchall())


async def _dispute(cursor: Cursor, reference: str) -> Dispute:
    await cursor.execute(statements.CASE, (reference,))
    return Dispute.model_validate(await cursor.fetchone())


async def _move(cursor: Cursor, reference: str, progress: DisputeProgress) -> None:
    await cursor.execute(statements.MOVE, progress.model_dump() | {"reference": reference})


async def _tell(
    cursor: Cursor, order_number: str, facts: tuple[Fact, ...], notices: tuple[Notice, ...]
) -> None:
    await orders.write_facts(cursor, order_number, facts)
    await orders.write_notices(cursor, order_number, notices)
