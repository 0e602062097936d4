"""Receipts read from what stands at Stripe. Pure: plain dicts in, values out."""

from activities.adapters.stripe.amounts import from_stripe
from activities.adapters.stripe.reading import Intent, authorisation_of, capture_mark, currency_of, objection
from activities.review.ports import GatewayReceipt
from activities.shared.failures import RequestConflict


def unknown(reference: str) -> GatewayReceipt:
    """The refusal of a reference that Stripe does not know."""
    return GatewayReceipt(False, reference, 0, "unknown_reference")


def same(earlier: GatewayReceipt, amount_minor: int, key: str) -> GatewayReceipt:
    """The earlier answer, if the same was asked. Raises `RequestConflict`."""
    if earlier.done and earlier.amount_minor != amount_minor:
        raise RequestConflict(f"key {key} was used with another amount")
    return earlier


def void_of(intent: Intent) -> GatewayReceipt | None:
    """What became of a void that was asked for: an intent that is cancelled is given back, whoever did it."""
    if intent["status"] == "canceled":
        return GatewayReceipt(True, intent["id"], authorisation_of(intent).amount_minor)
    why = objection("void", intent, 0)
    return GatewayReceipt(False, intent["id"], 0, why) if why else None


def capture_of(intent: Intent, key: str) -> GatewayReceipt | None:
    """The capture that our key made, as the intent's metadata remembers it."""
    amount = (intent.get("metadata") or {}).get(capture_mark(key))
    return (
        GatewayReceipt(True, intent["id"], from_stripe(int(amount), currency_of(intent))) if amount else None
    )


def refund_receipt(refund: Intent, reference: str, currency: str) -> GatewayReceipt:
    """A refund under way counts as done; one that failed does not."""
    if refund.get("status") in ("failed", "canceled"):
        return GatewayReceipt(False, reference, 0, str(refund.get("failure_reason") or refund["status"]))
    return GatewayReceipt(True, reference, from_stripe(refund["amount"], currency))
