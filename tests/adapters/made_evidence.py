"""Evidence for tests of what takes it."""

from __future__ import annotations

from models.order.messages import Address
from models.settlement.disputes.evidence import (
    Evidence,
    EvidenceFact,
    EvidenceLetter,
    EvidenceLine,
    EvidenceParcel,
    EvidencePayment,
    EvidenceRisk,
    EvidenceScan,
)
from tests.adapters.journals import NOON


def evidence(note: str = "", dispute: str = "dp_1") -> Evidence:
    """Of an order to São Paulo that was delivered and signed for."""
    scan = EvidenceScan(at=NOON, status="delivered", place="São Paulo", signed=True)
    parcel = EvidenceParcel(
        parcel_id="BR-10023-P1", carrier="northpost", service="ground", tracking_number="NP1BR", status="delivered",
        handed_over_at=NOON, delivered_at=NOON, signed=True, scans=(scan,),
    )  # fmt: skip
    return Evidence(
        dispute=dispute,
        reason="product_not_received",
        amount_minor=23_140,
        currency="BRL",
        order_number="BR-10023",
        channel="web",
        placed_at=NOON,
        total_minor=23_140,
        lines=(EvidenceLine(sku="A", title="Mug", quantity=2, unit_price_minor=11_000, freight_minor=1_140),),
        customer_name="Ana Souza",
        customer_email="ana@customer.example",
        ship_to=Address(line1="Rua Augusta 1200", city="São Paulo", country="BR", postcode="01304-001"),
        address_verdict="valid",
        original_address=None,
        payment=EvidencePayment(
            reference="pi_1", method="card", captured_minor=23_140, refunded_minor=0, captured_at=NOON
        ),
        risk=(EvidenceRisk(at=NOON, verdict="accept", policy_version=1),),
        approvals=0,
        parcels=(parcel,),
        letters=(EvidenceLetter(kind="delivered", written_at=NOON, sent_at=NOON),),
        facts=(EvidenceFact(seq=1, at=NOON, what="received", hash="ab" * 32),),
        facts_left_out=0,
        receipt_confirmed_at=None,
        delivered=True,
        note=note,
    )
