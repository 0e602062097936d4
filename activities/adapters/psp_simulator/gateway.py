"""The payment provider: implements `PaymentGateway` and decides by the token what becomes of a payment.

    tok_declined…   declined, `insufficient_funds`
    tok_expired…    declined, `expired_card`
    tok_pending…    pending until `settle_pending`
    anything else   authorised

One reference names a payment for its whole life: authorisation, captures, refunds and void all answer with it.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from activities.adapters.psp_simulator import statements
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.adapters.simulator.journal import expect_same, fingerprint, made_id, run
from activities.review.ports import GatewayAuthorisation, GatewayReceipt
from activities.shared.database import Database, Row
from models.review.messages import PaymentStatus

SOURCE = "psp"

_BY_TOKEN = (
    ("tok_declined", PaymentStatus.DECLINED, "insufficient_funds"),
    ("tok_expired", PaymentStatus.DECLINED, "expired_card"),
    ("tok_pending", PaymentStatus.PENDING, ""),
)
_TYPES = {"void": "payment.voided", "capture": "payment.captured", "refund": "payment.refunded"}


class PspSimulator:
    """A provider over schema `sim` of `db`. `webhooks` false: state changes are journalled but not told."""

    def __init__(self, db: Database, faults: FaultPlan, webhooks: bool = True) -> None:
        self._db = db
        self._faults = faults
        self._webhooks = webhooks

    async def authorise(
        self, key: str, order_number: str, amount_minor: int, currency: str, method: str, token: str
    ) -> GatewayAuthorisation:
        """Reserve money: one statement, two when the key is known. A repeat gets the first answer, as it was then."""
        asked = fingerprint(
            "authorise",
            order_number=order_number,
            amount_minor=amount_minor,
            currency=currency,
            method=method,
            token=token,
        )
        async with self._faults.call("authorise", key) as fault:
            status, reason = _outcome(token, fault)
            answer = GatewayAuthorisation(
                status, made_id("pay", key), _amount(amount_minor, fault), currency, reason
            )
            payload = _payload(f"payment.{status.value}", key, answer.reference, reason) | {
                "order_number": order_number,
                "amount_minor": answer.amount_minor,
                "currency": currency,
            }
            values = {
                "key": key,
                "fingerprint": asked,
                "reference": answer.reference,
                "order_number": order_number,
                "amount_minor": answer.amount_minor,
                "currency": currency,
                "method": method,
                "token": token,
                "status": status.value,
                "reason": reason,
            }
            if not await run(self._db, statements.AUTHORISE, values | self._told(payload, fault)):
                row = await self._stored(key, asked)
                answer = GatewayAuthorisation(
                    PaymentStatus(row["status"]),
                    row["reference"],
                    row["amount_minor"],
                    row["currency"],
                    row["reason"],
                )
        return answer

    async def find(self, key: str) -> GatewayAuthorisation | GatewayReceipt | None:
        """What a key led to, as it stands now; one statement."""
        async with self._faults.call("find", key):
            rows = await run(self._db, statements.STORED, {"key": key})
        if not rows:
            return None
        row = rows[0]
        if row["operation"] != "authorise":
            return _receipt(row)
        return GatewayAuthorisation(
            PaymentStatus(row["status_now"]),
            row["reference"],
            row["authorised_minor"],
            row["currency"],
            row["reason_now"],
            row["voided"],
            row["captured_minor"],
        )

    async def void(self, key: str, reference: str) -> GatewayReceipt:
        """Give the whole payment back, authorised or still pending; refused once anything is captured."""
        return await self._move("void", statements.VOID, key, reference, 0)

    async def capture(self, key: str, reference: str, amount_minor: int) -> GatewayReceipt:
        """Take a part; as often as the authorised amount allows."""
        return await self._move("capture", statements.CAPTURE, key, reference, amount_minor)

    async def refund(self, key: str, reference: str, amount_minor: int) -> GatewayReceipt:
        """Give a part of what was captured back."""
        return await self._move("refund", statements.REFUND, key, reference, amount_minor)

    async def settle_pending(
        self, reference: str, approve: bool, at: datetime, reason: str = "payment_not_received"
    ) -> bool:
        """The customer paid at last (`approve`), or did not; the webhook follows. False: nothing was pending."""
        status = PaymentStatus.AUTHORISED if approve else PaymentStatus.DECLINED
        why = "" if approve else reason
        async with self._faults.call("settle", reference) as fault:
            payload = _payload(f"payment.{status.value}", f"settle {reference}", reference, why, at)
            values = {"reference": reference, "status": status.value, "reason": why}
            return bool(await run(self._db, statements.SETTLE, values | self._told(payload, fault)))

    async def expire(self, reference: str) -> bool:
        """The money was held for too long and is let go; the webhook follows. False: nothing was held, or a part is captured."""
        async with self._faults.call("settle", reference) as fault:
            return await self._expire(reference, fault)

    async def _expire(self, reference: str, fault: Fault | None) -> bool:
        payload = _payload("payment.expired", f"expire {reference}", reference, "authorisation_expired")
        values = {"reference": reference} | self._told(payload, fault)
        return bool(await run(self._db, statements.EXPIRE, values))

    async def _move(
        self, operation: str, statement: str, key: str, reference: str, amount_minor: int
    ) -> GatewayReceipt:
        """One statement, two when the key is known."""
        asked = fingerprint(operation, reference=reference, amount_minor=amount_minor)
        async with self._faults.call(operation, key) as fault:
            if fault is Fault.EXPIRED:
                await self._expire(reference, fault)
            values = {
                "key": key,
                "operation": operation,
                "fingerprint": asked,
                "reference": reference,
                "amount_minor": amount_minor,
                "moved_minor": _amount(amount_minor, fault),
            }
            payload = _payload(_TYPES[operation], key, reference, "")
            rows = await run(self._db, statement, values | self._told(payload, fault))
            return _receipt(rows[0] if rows else await self._stored(key, asked))

    async def _stored(self, key: str, asked: str) -> Row:
        row = (await run(self._db, statements.STORED, {"key": key}))[0]
        expect_same(row, asked, key)
        return row

    def _told(self, payload: Mapping[str, object], fault: Fault | None) -> dict[str, object]:
        """The part of a statement's values that makes its webhooks."""
        return {
            "event_id": payload["event_id"],
            "payload": json.dumps(payload),
            "delays": self._faults.delays(fault) if self._webhooks else [],
        }


def _outcome(token: str, fault: Fault | None) -> tuple[PaymentStatus, str]:
    if fault is Fault.REFUSE:
        return PaymentStatus.DECLINED, "do_not_honour"
    for prefix, status, reason in _BY_TOKEN:
        if token.startswith(prefix):
            return status, reason
    return PaymentStatus.AUTHORISED, ""


def _amount(amount_minor: int, fault: Fault | None) -> int:
    """What is really moved: a tenth less, at least one minor unit, when the provider errs."""
    return amount_minor - max(1, amount_minor // 10) if fault is Fault.WRONG_AMOUNT else amount_minor


def _payload(
    kind: str, about: str, reference: str, reason: str, at: datetime | None = None
) -> dict[str, object]:
    """The webhook without order number, amount and currency, which the journal adds."""
    return {
        "event_id": made_id("evt", kind, about),
        "type": kind,
        "reference": reference,
        "reason": reason,
        "occurred_at": (at or datetime.now(UTC)).isoformat(),
    }


def _receipt(row: Row) -> GatewayReceipt:
    return GatewayReceipt(row["status"] == "done", row["reference"], row["amount_minor"], row["reason"])
