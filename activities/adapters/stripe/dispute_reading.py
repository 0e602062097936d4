"""What a dispute says at Stripe, in our words, and our evidence in Stripe's. Pure: plain dicts in, values out."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from activities.adapters.stripe.amounts import from_stripe
from activities.adapters.stripe.reading import ORDER_NUMBER
from models.order.messages import Address
from models.settlement.disputes.evidence import Evidence, EvidenceParcel
from models.settlement.disputes.messages import Dispute
from models.settlement.disputes.states import BankStatus
from models.shared.money import show

# An inquiry (`warning_…`) takes no money, and becomes a dispute of its own status if it goes on.
STATUSES = {status.value: status for status in BankStatus}
BODY = "orderloom_evidence"
ACCEPTED = "orderloom_accepted"
# Stripe's limit for one text.
TEXT_LIMIT = 20_000


def dispute_of(found: Mapping[str, Any]) -> Dispute | None:
    """A dispute with its intent expanded; None for an inquiry, and for money that is not ours."""
    status, intent = STATUSES.get(str(found.get("status"))), found.get("payment_intent")
    order_number = (intent.get("metadata") or {}).get(ORDER_NUMBER) if isinstance(intent, Mapping) else None
    if status is None or not order_number or not isinstance(intent, Mapping):
        return None
    currency = str(found["currency"]).upper()
    due = (found.get("evidence_details") or {}).get("due_by")
    return Dispute(
        reference=found["id"],
        payment_reference=intent["id"],
        order_number=order_number,
        amount_minor=from_stripe(found["amount"], currency),
        currency=currency,
        reason=found["reason"],
        opened_at=datetime.fromtimestamp(int(found["created"]), UTC),
        evidence_due_at=datetime.fromtimestamp(int(due), UTC) if due else None,
        status=status,
    )


def refusal_of(found: Mapping[str, Any], accepting: bool) -> str:
    """Why a case as it stands cannot be answered, as the simulator would say it; empty when nothing speaks against it."""
    status = found.get("status")
    if status in ("won", "lost"):
        return "already_decided"
    if status == "under_review":
        return "already_submitted"
    past = (found.get("evidence_details") or {}).get("past_due")
    return "past_due" if past and not accepting else ""


def status_of(found: Mapping[str, Any]) -> BankStatus:
    """Where a case stands; an inquiry counts as unanswered."""
    return STATUSES.get(str(found.get("status")), BankStatus.NEEDS_RESPONSE)


def digest(evidence: Evidence) -> str:
    """Tells one evidence from another."""
    return hashlib.blake2b(evidence.model_dump_json().encode(), digest_size=16).hexdigest()


def evidence_form(evidence: Evidence) -> dict[str, str]:
    """The evidence in Stripe's fields, without those that have nothing to say."""
    sent = [parcel for parcel in evidence.parcels if parcel.handed_over_at]
    fields = {
        "customer_name": evidence.customer_name,
        "customer_email_address": evidence.customer_email,
        "product_description": "\n".join(
            f"{line.quantity} × {line.title or line.sku} at {show(line.unit_price_minor, evidence.currency)}"
            for line in evidence.lines
        ),
        "shipping_address": _postal(evidence.ship_to),
        "shipping_carrier": ", ".join(dict.fromkeys(parcel.carrier for parcel in sent)),
        "shipping_date": ", ".join(dict.fromkeys(f"{parcel.handed_over_at:%Y-%m-%d}" for parcel in sent)),
        "shipping_tracking_number": ", ".join(parcel.tracking_number for parcel in sent),
        "uncategorized_text": _told(evidence),
    }
    return {name: value[:TEXT_LIMIT] for name, value in fields.items() if value}


def _postal(address: Address) -> str:
    parts = (address.line1, address.line2, address.postcode, address.city, address.region, address.country)
    return ", ".join(part for part in parts if part)


def _told(evidence: Evidence) -> str:
    """The rest as text: the note first, then what a bank asks for most."""
    paid, confirmed = evidence.payment, evidence.receipt_confirmed_at
    lines = [
        *([evidence.note, ""] if evidence.note else []),
        f"Order {evidence.order_number}, placed {_at(evidence.placed_at)} through {evidence.channel}, total "
        f"{show(evidence.total_minor, evidence.currency)}.",
        f"Paid by {paid.method}: {show(paid.captured_minor, evidence.currency)} taken {_at(paid.captured_at)}, "
        f"{show(paid.refunded_minor, evidence.currency)} given back.",
        f"Address check before dispatch: {evidence.address_verdict}. Order check: "
        + ("; ".join(f"{one.verdict} {_at(one.at)}" for one in evidence.risk) or "accept")
        + (f"; approved by {evidence.approvals} persons." if evidence.approvals else "."),
        *(_way(parcel) for parcel in evidence.parcels),
        *([f"The customer confirmed receipt {_at(confirmed)}."] if confirmed else []),
        "Letters to the customer: "
        + "; ".join(f"{one.kind} {_at(one.sent_at or one.written_at)}" for one in evidence.letters)
        + ".",
        "Order history (hash-chained):",
        *(f"{fact.seq} {_at(fact.at)} {fact.what} {fact.hash[:16]}" for fact in evidence.facts),
    ]
    return "\n".join(lines)


def _way(parcel: EvidenceParcel) -> str:
    scans = "; ".join(
        f"{_at(scan.at)} {scan.status}{' in ' + scan.place if scan.place else ''}{', signed' if scan.signed else ''}"
        for scan in parcel.scans
    )
    signed = "signed for by the recipient" if parcel.signed else "no signature"
    return f"Parcel {parcel.parcel_id} by {parcel.carrier} {parcel.tracking_number}: {parcel.status}, {signed}. {scans}"


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "at an unknown time"
