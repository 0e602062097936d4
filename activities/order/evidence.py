"""Everything that speaks for the merchant of an order, read over all stages inside one transaction. See `models.settlement.disputes.evidence`
for what is left out."""

from typing import Any

from activities.shared.database import Cursor, Row
from models.order.messages import Order
from models.settlement.disputes.evidence import (
    MOST_FACTS,
    MOST_SCANS,
    Evidence,
    EvidenceFact,
    EvidenceLetter,
    EvidenceLine,
    EvidenceParcel,
    EvidencePayment,
    EvidenceRisk,
    EvidenceScan,
)
from models.settlement.disputes.messages import Dispute
from models.settlement.rules import amount_minor, shares

_ORDER = """
SELECT o.document, o.captured_minor, o.refunded_minor,
    (SELECT s.request->>'method' FROM step_record s WHERE s.order_number = o.order_number AND s.step = 'authorise_payment'
        AND s.result->>'reference' = %(payment)s LIMIT 1) AS method,
    (SELECT min(at) FROM order_fact f WHERE f.order_number = o.order_number AND what = 'payment_captured') AS captured_at,
    (SELECT min(at) FROM order_fact f WHERE f.order_number = o.order_number AND what = 'confirm_receipt') AS receipt_confirmed_at,
    (SELECT count(*) FROM order_fact f WHERE f.order_number = o.order_number AND what = 'approve') AS approvals
FROM sales_order o WHERE o.order_number = %(order)s"""
_RISK = "SELECT at, verdict, policy_version FROM risk_decision WHERE order_number = %(order)s ORDER BY id"
_PARCELS = """
SELECT parcel_id, carrier, service, tracking_number, tracking AS status, handed_over_at, delivered_at FROM shipment
WHERE order_number = %(order)s AND state = 'live' ORDER BY booked_at, parcel_id"""
_SCANS = """
SELECT e.carrier, e.tracking_number, e.occurred_at AS at, e.status, e.place, e.signed
FROM tracking_event e JOIN shipment s USING (carrier, tracking_number)
WHERE s.order_number = %(order)s AND s.state = 'live' ORDER BY e.occurred_at, e.event_id"""
_LETTERS = """
SELECT kind, created_at AS written_at, sent_at FROM notice
WHERE order_number = %(order)s AND audience = 'customer' ORDER BY id"""
_FACTS = "SELECT seq, at, what, hash FROM order_fact WHERE order_number = %(order)s ORDER BY seq DESC LIMIT %(most)s"
_ARRIVED = """
SELECT l.line_no, sum(l.quantity)::int AS pieces FROM shipment s JOIN parcel_line l USING (parcel_id)
WHERE s.order_number = %(order)s AND s.state = 'live' AND s.tracking = 'delivered' GROUP BY 1"""


async def gather(cursor: Cursor, dispute: Dispute) -> Evidence:
    """The evidence as it is now; the caller holds the order's row lock."""
    values = {"order": dispute.order_number, "payment": dispute.payment_reference, "most": MOST_FACTS}
    (known,) = await _rows(cursor, _ORDER, values)
    order = Order.model_validate(known["document"])
    facts = [EvidenceFact.model_validate(row) for row in reversed(await _rows(cursor, _FACTS, values))]
    arrived = {row["line_no"]: row["pieces"] for row in await _rows(cursor, _ARRIVED, values)}
    return Evidence(
        dispute=dispute.reference,
        reason=dispute.reason,
        amount_minor=dispute.amount_minor,
        currency=dispute.currency,
        order_number=order.order_number,
        channel=order.channel,
        placed_at=order.placed_at,
        total_minor=order.total_minor,
        lines=_lines(order),
        customer_name=order.customer.name,
        customer_email=order.customer.email,
        ship_to=order.ship_to,
        address_verdict=order.address_verdict,
        original_address=order.original_address,
        payment=EvidencePayment(
            reference=dispute.payment_reference,
            method=known["method"] or order.payment.method,
            captured_minor=known["captured_minor"],
            refunded_minor=known["refunded_minor"],
            captured_at=known["captured_at"],
        ),
        risk=tuple(EvidenceRisk.model_validate(row) for row in await _rows(cursor, _RISK, values)),
        approvals=known["approvals"],
        parcels=await _parcels(cursor, values),
        letters=tuple(EvidenceLetter.model_validate(row) for row in await _rows(cursor, _LETTERS, values)),
        facts=tuple(facts),
        facts_left_out=facts[0].seq - 1 if facts else 0,
        receipt_confirmed_at=known["receipt_confirmed_at"],
        delivered=0 < known["captured_minor"] <= amount_minor(shares(order, arrived)),
    )


def _lines(order: Order) -> tuple[EvidenceLine, ...]:
    return tuple(
        EvidenceLine(
            sku=line.sku,
            title=line.title,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            freight_minor=line.freight_minor,
        )
        for line in order.lines
    )


async def _parcels(cursor: Cursor, values: dict[str, Any]) -> tuple[EvidenceParcel, ...]:
    scans: dict[tuple[str, str], list[EvidenceScan]] = {}
    for row in await _rows(cursor, _SCANS, values):
        one = EvidenceScan.model_validate(row)
        scans.setdefault((row["carrier"], row["tracking_number"]), []).append(one)
    found = []
    for row in await _rows(cursor, _PARCELS, values):
        its = scans.get((row["carrier"], row["tracking_number"]), [])
        newest = tuple(its[-MOST_SCANS:])
        found.append(
            EvidenceParcel.model_validate(row | {"scans": newest, "signed": any(one.signed for one in its)})
        )
    return tuple(found)


async def _rows(cursor: Cursor, statement: str, values: dict[str, Any]) -> list[Row]:
    await cursor.execute(statement.encode(), values)
    return await cursor.fetchall()
