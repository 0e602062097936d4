"""Stripe behind `DisputeDesk`: evidence and acceptance by its Disputes API.

Stripe forgets idempotency keys after a day, so what we did is also written into the dispute's metadata: the key and a digest of
the evidence, and the key of an acceptance before the case is closed.
"""

from collections.abc import Mapping
from typing import Any

import stripe

from activities.adapters.stripe.dispute_reading import (
    ACCEPTED,
    BODY,
    digest,
    dispute_of,
    evidence_form,
    refusal_of,
    status_of,
)
from activities.adapters.stripe.reading import KEY
from activities.adapters.stripe.transport import code_of, past_rivals, telling_apart
from activities.settlement.disputes.ports import DisputeReceipt
from activities.shared.failures import CallRefused, RequestConflict
from models.settlement.disputes.evidence import Evidence
from models.settlement.disputes.messages import Dispute
from models.settlement.disputes.states import BankStatus


async def read_dispute(client: stripe.StripeClient, reference: str) -> Mapping[str, Any] | None:
    """A dispute with its payment, as it stands now; None when Stripe does not know it. Raises as `DisputeDesk` does."""
    try:
        with telling_apart("read a dispute", writes=False):
            found = await client.v1.disputes.retrieve_async(reference, {"expand": ["payment_intent"]})
    except CallRefused as refused:
        cause = refused.__cause__
        if isinstance(cause, stripe.InvalidRequestError) and code_of(cause) == "resource_missing":
            return None
        raise
    return found.to_dict()


class StripeDisputes:
    """See the module."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client
        self._disputes = client.v1.disputes

    async def find(self, reference: str) -> Dispute | None:
        """A case as it stands now; None also for an inquiry, and for money that is not ours."""
        found = await read_dispute(self._client, reference)
        return dispute_of(found) if found else None

    async def submit_evidence(self, key: str, reference: str, evidence: Evidence) -> DisputeReceipt:
        """Hand the evidence in, once and for good."""
        found = await read_dispute(self._client, reference)
        if found is None:
            return _unknown(reference)
        body, told = digest(evidence), found.get("metadata") or {}
        if told.get(KEY) == key:
            if told.get(BODY) != body:
                raise RequestConflict(f"key {key} was used with other evidence")
            return DisputeReceipt(True, reference, status_of(found))
        if why := refusal_of(found, accepting=False):
            return DisputeReceipt(False, reference, status_of(found), why)
        params: dict[str, Any] = {
            "evidence": evidence_form(evidence),
            "metadata": {KEY: key, BODY: body},
            "submit": True,
        }
        return await self._write("submit evidence", reference, params, key, accepting=False)

    async def accept(self, key: str, reference: str) -> DisputeReceipt:
        """Give the case up: marked first, then closed."""
        found = await read_dispute(self._client, reference)
        if found is None:
            return _unknown(reference)
        marked = (found.get("metadata") or {}).get(ACCEPTED) == key
        if marked and found.get("status") == "lost":
            return DisputeReceipt(True, reference, BankStatus.LOST)
        if why := refusal_of(found, accepting=True):
            return DisputeReceipt(False, reference, status_of(found), why)
        if not marked:
            params: dict[str, Any] = {"metadata": {ACCEPTED: key}, "submit": False}
            receipt = await self._write("mark a dispute", reference, params, f"{key}:mark", accepting=True)
            if not receipt.done:
                return receipt
        return await self._write("close a dispute", reference, None, key, accepting=True)

    async def _write(
        self, what: str, reference: str, params: dict[str, Any] | None, key: str, accepting: bool
    ) -> DisputeReceipt:
        """One call under its key: an update with `params`, else the close. A refusal that the case's state explains is a "no"."""

        async def call() -> stripe.Dispute:
            options: Any = {"idempotency_key": key}
            if params is None:
                return await self._disputes.close_async(reference, {}, options)
            return await self._disputes.update_async(reference, params, options)  # type: ignore[arg-type]

        try:
            with telling_apart(what, writes=True):
                done = await past_rivals(call)
        except CallRefused as refused:
            found = await read_dispute(self._client, reference)
            why = refusal_of(found, accepting) if found else "unknown_reference"
            if not why:
                raise refused
            return DisputeReceipt(False, reference, status_of(found or {}), why)
        return DisputeReceipt(True, reference, status_of(done.to_dict()))


def _unknown(reference: str) -> DisputeReceipt:
    return DisputeReceipt(False, reference, BankStatus.NEEDS_RESPONSE, "unknown_reference")
