"""Disputes of an order that lives without a workflow: the real steps and stores, against the simulated bank."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from activities.adapters.psp_simulator import PspDisputes
from activities.adapters.simulator.faults import FaultPlan
from activities.settlement.disputes.steps import DisputeSteps
from activities.settlement.disputes.store import DisputeRecords
from activities.shared.database import Database
from models.settlement.disputes.messages import (
    CloseDispute,
    DisputeProgress,
    PackEvidence,
    RecordDispute,
    SubmitEvidence,
)
from models.settlement.disputes.states import DisputeState, DisputeWait
from models.shared.ids import dispute_key
from tests.audit.clerk import Clerk


class Teller:
    """Does for one dispute what its workflow would."""

    def __init__(self, db: Database, clerk: Clerk) -> None:
        self.bank = PspDisputes(db, FaultPlan.none(), webhooks=False)
        self.steps = DisputeSteps(DisputeRecords(db), self.bank)
        self.number, self.payment, self.reference = clerk.number, clerk.paid.reference, ""

    def key(self, step: str, version: str | int = 1) -> str:
        return dispute_key(self.reference, step, version)

    async def submitted(self, amount: int) -> None:
        """Opened, packed, submitted; the bank has not decided."""
        now = datetime.now(UTC)
        self.reference = await self.bank.open_dispute(
            self.payment, "fraudulent", amount, now + timedelta(days=14), at=now - timedelta(days=1)
        )
        found = await self.bank.find(self.reference)
        assert found is not None
        recorded = await self.steps.record_dispute(
            RecordDispute(key=self.key("record_dispute"), dispute=found)
        )
        assert recorded.known
        for cause in ("opened", "answer"):
            await self.steps.pack_evidence(
                PackEvidence(
                    key=self.key("pack_evidence", cause),
                    reference=self.reference,
                    order_number=self.number,
                    cause=cause,
                    progress=DisputeProgress(state=DisputeState.EVIDENCE_READY),
                )
            )
        await self.steps.submit_evidence(
            SubmitEvidence(
                key=self.key("submit_evidence"),
                reference=self.reference,
                order_number=self.number,
                note="",
                by="fin",
                progress=DisputeProgress(
                    state=DisputeState.SUBMITTED,
                    waiting_for=DisputeWait.VERDICT,
                    waiting_since=now,
                    deadline_at=now + timedelta(days=90),
                ),
            )
        )

    async def lost(self, amount: int) -> None:
        """The same, and lost."""
        await self.submitted(amount)
        await self.bank.decide_dispute(self.reference, won=False)
        await self.steps.close_dispute(
            CloseDispute(
                key=self.key("close_dispute"),
                reference=self.reference,
                order_number=self.number,
                state=DisputeState.LOST,
                borne_by="merchant",
                reserve_key=self.key("record_dispute"),
            )
        )
