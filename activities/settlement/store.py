"""Settlement's tables: the double-entry ledger."""

from activities.order import store as orders
from activities.settlement.ledger import post
from activities.settlement.stored_value import give_back, spend
from activities.shared.database import Database
from activities.shared.effects import Intent
from activities.shared.journal import StepJournal
from models.order.messages import Fact
from models.order.records import Axes, Notice, NoticeKind
from models.order.states import PaymentState
from models.settlement.messages import Capture, Captured, Posting, Refund, Refunded
from models.settlement.rules import EXPIRED, capture_postings, refund_postings
from models.shared.money import show

# What the order's captures, less what was given back, left in each account.
_CAPTURED = """
SELECT e.account, e.currency, sum(e.amount_minor)::bigint AS amount_minor
FROM ledger_entry e JOIN ledger_transaction t USING (key)
WHERE t.order_number = %s AND t.kind IN ('capture', 'refund') GROUP BY 1, 2 HAVING sum(e.amount_minor) <> 0 ORDER BY min(e.id)"""


class LedgerRecords:
    """Writes captures and refunds with their postings."""

    def __init__(self, database: Database) -> None:
        self._journal = StepJournal(database)

    async def intend_capture(self, request: Capture) -> Intent[Captured]:
        """Write the intent down."""
        return await self._journal.intend(
            request.key, request.order_number, "capture_payment", request, Captured
        )

    async def record_captured(self, request: Capture, answer: Captured) -> Captured:
        """Close the intent, book the money, move the payment axis."""
        async with self._journal.recording(request.key, answer, answer.done) as cursor:
            if cursor and answer.done:
                postings = capture_postings(
                    request.shares,
                    answer.amount_minor,
                    request.currency,
                    request.commission_bp,
                    stored_minor=request.stored_minor,
                    deposit_minor=request.deposit_minor,
                )
                await post(cursor, request.key, request.order_number, "capture", postings)
                if request.has_stored:
                    await spend(cursor, request.key, request.order_number, request.stored_minor)
                taken = answer.amount_minor + request.stored_minor
                fact = Fact(
                    what="payment_captured", data={"amount_minor": taken, "reference": answer.reference}
                )
                axes, money = Axes(payment=PaymentState.CAPTURED), orders.Money(captured=taken)
                await orders.write(cursor, request.progress, (fact,), (), axes, money)
            elif cursor:
                expired = answer.said == EXPIRED
                axes = Axes(payment=PaymentState.EXPIRED if expired else None)
                fact = Fact(what="capture_refused", why=answer.said)
                await orders.write(cursor, request.progress, (fact,), (), axes)
        return answer

    async def intend_refund(self, request: Refund) -> Intent[Refunded]:
        """Write the intent down."""
        return await self._journal.intend(
            request.key, request.order_number, "refund_payment", request, Refunded
        )

    async def record_refunded(self, request: Refund, answer: Refunded) -> Refunded:
        """Close the intent, reverse the bookings in proportion, tell the customer."""
        async with self._journal.recording(request.key, answer, answer.done) as cursor:
            if cursor and answer.done:
                await cursor.execute(_CAPTURED, (request.order_number,))
                captured = tuple(Posting.model_validate(row) for row in await cursor.fetchall())
                await post(
                    cursor,
                    request.key,
                    request.order_number,
                    "refund",
                    refund_postings(
                        captured, request.card_minor, request.stored_minor, request.deposit_minor
                    ),
                )
                await give_back(cursor, request.key, request.order_number, request.stored_minor)
                fact = Fact(
                    what="payment_refunded", why=request.why, data={"amount_minor": request.amount_minor}
                )
                notice = Notice(
                    kind=NoticeKind.REFUNDED,
                    about=request.key,
                    data={"amount": show(request.amount_minor, request.currency)},
                )
                axes, money = Axes(payment=PaymentState.REFUNDED), orders.Money(refunded=request.amount_minor)
                await orders.write(cursor, request.progress, (fact,), (notice,), axes, money)
            elif cursor:
                await orders.write(cursor, request.progress, (Fact(what="refund_refused", why=answer.said),))
        return answer
