"""The payment provider's desk for disputes: implements `DisputeDesk`, and plays the bank that opens and decides them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from activities.adapters.psp_simulator import dispute_statements as statements
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.adapters.simulator.journal import expect_same, fingerprint, made_id, run
from activities.settlement.disputes.ports import DisputeReceipt
from activities.shared.database import Database
from models.settlement.disputes.evidence import Evidence
from models.settlement.disputes.messages import Dispute
from models.settlement.disputes.states import BankStatus


class PspDisputes:
    """Over schema `sim` of `db`. `webhooks` false: cases are journalled but not told."""

    def __init__(self, db: Database, faults: FaultPlan, webhooks: bool = True) -> None:
        self._db = db
        self._faults = faults
        self._webhooks = webhooks

    async def open_dispute(
        self,
        payment_reference: str,
        reason: str,
        amount_minor: int,
        evidence_due_at: datetime | None = None,
        *,
        case: str = "1",
        at: datetime | None = None,
    ) -> str:
        """A cardholder's bank takes money back, as in case number `case` of that payment; gives the dispute's reference.

        Empty when the payment does not hold so much any more, or the case is open already.
        """
        reference = made_id("dp", payment_reference, case)
        async with self._faults.call("dispute_tell", reference) as fault:
            opened = at or datetime.now(UTC)
            values = {
                "reference": reference,
                "payment_reference": payment_reference,
                "reason": reason,
                "amount_minor": amount_minor,
                "at": opened,
                "evidence_due_at": evidence_due_at,
            }
            told = self._told("payment.dispute_opened", reference, fault, opened)
            rows = await run(self._db, statements.OPEN, values | told)
        return reference if rows else ""

    async def decide_dispute(self, reference: str, won: bool, at: datetime | None = None) -> bool:
        """The bank decides. False: there is no such case, or it is decided already."""
        status = BankStatus.WON if won else BankStatus.LOST
        async with self._faults.call("dispute_tell", f"decide {reference}") as fault:
            told = self._told(f"payment.dispute_{status.value}", reference, fault, at)
            values = {"reference": reference, "status": status.value}
            return bool(await run(self._db, statements.DECIDE, values | told))

    async def find(self, reference: str) -> Dispute | None:
        """A case as it stands now; one statement."""
        async with self._faults.call("dispute_find", reference):
            rows = await run(self._db, statements.FIND, {"reference": reference})
        return Dispute.model_validate(rows[0]) if rows else None

    async def submit_evidence(self, key: str, reference: str, evidence: Evidence) -> DisputeReceipt:
        """Hand the evidence in, before its last day and once; one statement, two when the key is known."""
        packet = evidence.model_dump_json()
        asked = fingerprint("submit", reference=reference, evidence=packet)
        async with self._faults.call("dispute_submit", key):
            values = {"key": key, "reference": reference, "fingerprint": asked, "evidence": packet}
            return await self._answer(statements.SUBMIT, values)

    async def accept(self, key: str, reference: str) -> DisputeReceipt:
        """Give the case up: it is lost at once, and told."""
        asked = fingerprint("accept", reference=reference)
        async with self._faults.call("dispute_accept", key) as fault:
            values = {"key": key, "reference": reference, "fingerprint": asked}
            told = self._told("payment.dispute_lost", reference, fault, None)
            return await self._answer(statements.ACCEPT, values | told)

    async def _answer(self, statement: str, values: Mapping[str, object]) -> DisputeReceipt:
        rows = await run(self._db, statement, values)
        if not rows:
            rows = await run(self._db, statements.STORED, {"key": values["key"]})
            expect_same(rows[0], str(values["fingerprint"]), str(values["key"]))
        row = rows[0]
        return DisputeReceipt(row["done"], row["reference"], BankStatus(row["status"]), row["reason"])

    def _told(self, kind: str, about: str, fault: Fault | None, at: datetime | None) -> dict[str, object]:
        """The part of a statement's values that makes its webhooks."""
        event_id = made_id("evt", kind, about)
        occurred_at = (at or datetime.now(UTC)).isoformat()
        return {
            "event_id": event_id,
            "payload": json.dumps({"event_id": event_id, "type": kind, "occurred_at": occurred_at}),
            "delays": self._faults.delays(fault) if self._webhooks else [],
        }
