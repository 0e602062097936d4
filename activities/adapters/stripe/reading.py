"""What a PaymentIntent says, in our words. Pure: plain dicts in, values out."""

import hashlib
from collections.abc import Mapping
from typing import Any

from activities.adapters.stripe.amounts import from_stripe
from activities.review.ports import GatewayAuthorisation
from models.review.messages import PaymentStatus

KEY, ORDER_NUMBER = "orderloom_key", "order_number"
Intent = Mapping[str, Any]


def capture_mark(key: str) -> str:
    """The name under which an intent's metadata remembers a capture: 40 characters at most, so a digest of the key."""
    return f"capture_{hashlib.blake2b(key.encode(), digest_size=12).hexdigest()}"


def currency_of(intent: Intent) -> str:
    """ISO 4217, upper case."""
    return str(intent["currency"]).upper()


def decline_of(error: Mapping[str, Any]) -> str:
    """Why a card was declined: the bank's code where there is one, else Stripe's."""
    return str(error.get("decline_code") or error.get("code") or "declined")


def authorisation_of(intent: Intent) -> GatewayAuthorisation:
    """An intent as it stands now."""
    currency = currency_of(intent)
    status, reason = status_of(intent)
    return GatewayAuthorisation(
        status=status,
        reference=intent["id"],
        amount_minor=from_stripe(intent["amount"], currency),
        currency=currency,
        reason=reason,
        voided=intent["status"] == "canceled",
        captured_minor=from_stripe(intent.get("amount_received") or 0, currency),
    )


def status_of(intent: Intent) -> tuple[PaymentStatus, str]:
    """The authorisation's status and why it was declined. A cancelled intent keeps the status that it had before."""
    failed = intent.get("last_payment_error")
    status = intent["status"]
    if status in ("requires_capture", "succeeded"):
        return PaymentStatus.AUTHORISED, ""
    if status in ("requires_payment_method", "canceled") and failed:
        return PaymentStatus.DECLINED, decline_of(failed)
    if status == "canceled" and intent.get("latest_charge"):
        return PaymentStatus.AUTHORISED, ""
    return PaymentStatus.PENDING, ""


def has_expired(intent: Intent) -> bool:
    """Whether Stripe itself let the money go because it was held for too long."""
    return intent["status"] == "canceled" and intent.get("cancellation_reason") == "automatic"


def refunded_of(intent: Intent) -> int:
    """How much was given back, in Stripe's units; needs `latest_charge` expanded."""
    charge = intent.get("latest_charge")
    return int(charge.get("amount_refunded") or 0) if isinstance(charge, Mapping) else 0


def objection(operation: str, intent: Intent, amount: int) -> str:
    """Why an intent as it stands cannot be moved so, as the payment simulator would say it; empty when nothing speaks against it."""
    status, received = intent["status"], intent.get("amount_received") or 0
    if operation == "void":
        return "already_voided" if status == "canceled" else "already_captured" if received else ""
    if amount <= 0:
        return "amount_invalid"
    if operation == "refund":
        return "amount_too_large" if refunded_of(intent) + amount > received else ""
    if status == "canceled":
        return "authorisation_expired" if has_expired(intent) else "already_voided"
    if status == "succeeded":
        return "amount_too_large" if received + amount > intent["amount"] else "already_captured"
    if status != "requires_capture":
        return "not_authorised"
    return "amount_too_large" if amount > (intent.get("amount_capturable") or 0) else ""
