"""Stripe's events as the news that the inbox's relay understands. Nothing in an event is believed but which object it is about."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import stripe
import structlog

from activities.adapters.stripe.dispute_reading import dispute_of
from activities.adapters.stripe.disputes import read_dispute
from activities.adapters.stripe.reading import ORDER_NUMBER, Intent, authorisation_of
from activities.adapters.stripe.transport import code_of, telling_apart
from activities.shared.failures import CallRefused
from models.review.messages import PaymentStatus
from models.settlement.disputes.states import BankStatus

log = structlog.get_logger()
News = dict[str, Any]
_OF_INTENTS = {
    "payment_intent.amount_capturable_updated",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
}
_OF_CHARGES = {"charge.refunded": "payment.refunded"}
_OF_DISPUTES = {
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
}
_KIND_OF_DISPUTE = {
    BankStatus.NEEDS_RESPONSE: "payment.dispute_opened",
    BankStatus.UNDER_REVIEW: "payment.dispute_under_review",
    BankStatus.WON: "payment.dispute_won",
    BankStatus.LOST: "payment.dispute_lost",
}


class StripeEvents:
    """Fetches back what an event is about. `ignored` counts, by type, what was of no use to us."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client
        self._api = client.v1
        self.ignored: Counter[str] = Counter()

    async def __call__(self, event: Mapping[str, Any]) -> News | None:
        """The news, or None for an unknown type and for money that is not ours. Raises as `PaymentGateway` does."""
        kind = str(event.get("type"))
        if kind in _OF_DISPUTES:
            return await self._dispute(kind, event)
        if kind not in _OF_INTENTS and kind not in _OF_CHARGES:
            self._ignore(kind, event, "unknown type")
            return None
        intent = await self._intent(kind, str(event["data"]["object"]["id"]))
        if intent is None:
            self._ignore(kind, event, "Stripe does not know it")
            return None
        order_number = (intent.get("metadata") or {}).get(ORDER_NUMBER)
        if not order_number:
            self._ignore(kind, event, "no order of ours")
            return None
        return _news(_OF_CHARGES.get(kind) or _state(intent), intent, order_number, event)

    async def _dispute(self, kind: str, event: Mapping[str, Any]) -> News | None:
        """The case as it stands now, whatever the event says of it; None for inquiries and for money that is not ours."""
        found = await read_dispute(self._client, str(event["data"]["object"]["id"]))
        dispute = dispute_of(found) if found else None
        if dispute is None:
            self._ignore(kind, event, "no dispute of ours, or an inquiry")
            return None
        told = dispute.model_dump(mode="json", exclude={"reference", "payment_reference", "status"})
        return told | {
            "type": _KIND_OF_DISPUTE[dispute.status],
            "event_id": f"{dispute.reference}:{dispute.status.value}",
            "dispute_reference": dispute.reference,
            "reference": dispute.payment_reference,
            "occurred_at": datetime.fromtimestamp(int(event["created"]), UTC).isoformat(),
        }

    async def _intent(self, kind: str, object_id: str) -> Intent | None:
        try:
            with telling_apart("fetch back", writes=False):
                if kind == "charge.refunded":
                    charge = (await self._api.charges.retrieve_async(object_id)).to_dict()
                    object_id = charge.get("payment_intent") or ""
                if not object_id:
                    return None
                return (await self._api.payment_intents.retrieve_async(object_id)).to_dict()
        except CallRefused as refused:
            cause = refused.__cause__
            if isinstance(cause, stripe.InvalidRequestError) and code_of(cause) == "resource_missing":
                return None
            raise

    def _ignore(self, kind: str, event: Mapping[str, Any], why: str) -> None:
        self.ignored[kind] += 1
        log.info("an event of Stripe's is ignored", type=kind, event_id=event.get("id"), why=why)


def _state(intent: Intent) -> str:
    """The payment's state as news. A pending payment that was cancelled at Stripe will not come any more: declined; one that was
    held has expired."""
    found = authorisation_of(intent)
    if found.voided and found.status is PaymentStatus.AUTHORISED:
        return "payment.expired"
    return "payment.declined" if found.voided else f"payment.{found.status}"


def _news(kind: str, intent: Intent, order_number: str, event: Mapping[str, Any]) -> News:
    found = authorisation_of(intent)
    reason = found.reason or (
        f"cancelled, {intent.get('cancellation_reason') or 'no reason given'}" if found.voided else ""
    )
    return {
        "type": kind,
        # Two events that tell the same state are one piece of news to the order.
        "event_id": f"{found.reference}:{kind}",
        "order_number": order_number,
        "reference": found.reference,
        "reason": reason,
        "amount_minor": found.amount_minor,
        "currency": found.currency,
        "occurred_at": datetime.fromtimestamp(int(event["created"]), UTC).isoformat(),
    }
