"""Steps of a dispute: recorded, packed, answered, closed."""

from temporalio import activity

from activities.settlement.disputes.ports import DisputeDesk, DisputeReceipt, DisputeStore
from activities.shared.effects import Intent, perform
from activities.shared.marks import external_step, local_step
from models.settlement.disputes.messages import (
    AcceptDispute,
    AskDispute,
    CloseDispute,
    DisputeAnswered,
    DisputeClosed,
    DisputeNoted,
    DisputeRecorded,
    DisputeStanding,
    EvidencePacked,
    NoteDispute,
    PackEvidence,
    RecordDispute,
    SubmitEvidence,
)


async def _nothing() -> DisputeReceipt | None:
    """The provider tells by the same key what the first call did."""
    return None


def _answered(receipt: DisputeReceipt) -> DisputeAnswered:
    return DisputeAnswered(done=receipt.done, said=receipt.reason, status=receipt.status)


class DisputeSteps:
    """Answers the bank, and keeps the books of it."""

    def __init__(self, store: DisputeStore, desk: DisputeDesk) -> None:
        self._store = store
        self._desk = desk

    @activity.defn
    @local_step
    async def record_dispute(self, request: RecordDispute) -> DisputeRecorded:
        """Write the case down and reserve its amount."""
        return await self._store.record_dispute(request)

    @activity.defn
    @local_step
    async def pack_evidence(self, request: PackEvidence) -> EvidencePacked:
        """Freeze what speaks for the merchant."""
        return await self._store.pack_evidence(request)

    @activity.defn
    @local_step
    async def note_dispute(self, request: NoteDispute) -> DisputeNoted:
        """Write down where it stands and what happened."""
        return await self._store.note_dispute(request)

    @activity.defn
    @external_step(irreversible="what the bank was told cannot be taken back")
    async def submit_evidence(self, request: SubmitEvidence) -> DisputeAnswered:
        """Send the packed evidence to the bank."""

        async def call() -> DisputeReceipt:
            packed = await self._store.evidence(request.reference)
            evidence = packed.model_copy(update={"note": request.note})
            return await self._desk.submit_evidence(request.key, request.reference, evidence)

        async def record(receipt: DisputeReceipt) -> DisputeAnswered:
            return await self._store.record_submitted(request, _answered(receipt))

        return await perform(lambda: self._store.intend_submit(request), _nothing, call, record)

    @activity.defn
    @external_step(irreversible="a case that was given up is closed at the bank")
    async def accept_dispute(self, request: AcceptDispute) -> DisputeAnswered:
        """Give the case up, and book the loss."""

        async def call() -> DisputeReceipt:
            return await self._desk.accept(request.key, request.reference)

        async def record(receipt: DisputeReceipt) -> DisputeAnswered:
            return await self._store.record_accepted(request, _answered(receipt))

        return await perform(lambda: self._store.intend_accept(request), _nothing, call, record)

    @activity.defn
    @external_step(irreversible="it only asks")
    async def ask_dispute(self, request: AskDispute) -> DisputeStanding:
        """Ask the provider where the case stands: its news may have been lost."""

        async def intend() -> Intent[DisputeStanding]:
            return Intent(repeated=False)

        async def call() -> DisputeStanding:
            found = await self._desk.find(request.reference)
            return DisputeStanding(status=found.status if found else None)

        async def record(standing: DisputeStanding) -> DisputeStanding:
            return standing

        async def find() -> DisputeStanding | None:
            return None

        return await perform(intend, find, call, record)

    @activity.defn
    @local_step
    async def close_dispute(self, request: CloseDispute) -> DisputeClosed:
        """Release the reserve, or book the loss."""
        return await self._store.close_dispute(request)
