"""Deposits: taken before the goods go out, booked as owed to the customer until they are used up or given back."""

from activities.order import store as orders
from activities.settlement.ledger import post
from activities.shared.database import Database
from activities.shared.effects import Intent
from activities.shared.journal import StepJournal
from models.order.messages import Fact
from models.order.records import Axes, Notice, NoticeKind
from models.order.states import PaymentState
from models.settlement.messages import Captured, MoveDeposit, Refunded
from models.settlement.rules import deposit_postings
from models.shared.money import show

_ON_ROW = "UPDATE sales_order SET deposit_minor = %s WHERE order_number = %s"


class DepositRecords:
    """Writes deposits that were taken and given back."""

    def __init__(self, database: Database) -> None:
        self._journal = StepJournal(database)

    async def intend_taking(self, request: MoveDeposit) -> Intent[Captured]:
        """Write the intent down."""
        return await self._journal.intend(
            request.key, request.order_number, "take_deposit", request, Captured
        )

    async def record_taken(self, request: MoveDeposit, answer: Captured) -> Captured:
        """Close the intent and book the deposit."""
        async with self._journal.recording(request.key, answer, answer.done) as cursor:
            if cursor and answer.done:
                taken = answer.amount_minor
                await post(
                    cursor,
                    request.key,
                    request.order_number,
                    "deposit",
                    deposit_postings(taken, request.currency),
                )
                fact = Fact(what="deposit_taken", data={"amount_minor": taken, "reference": answer.reference})
                money = orders.Money(authorised=request.held_minor + taken, captured=taken)
                await orders.write(cursor, request.progress, (fact,), (), None, money)
                await cursor.execute(_ON_ROW, (taken, request.order_number))
            elif cursor:
                fact = Fact(what="deposit_not_taken", why=answer.said)
                await orders.write(cursor, request.progress, (fact,))
        return answer

    async def intend_return(self, request: MoveDeposit) -> Intent[Refunded]:
        """Write the intent down."""
        return await self._journal.intend(
            request.key, request.order_number, "return_deposit", request, Refunded
        )

    async def record_returned(self, request: MoveDeposit, answer: Refunded) -> Refunded:
        """Close the intent, book it and tell the customer."""
        amount = request.amount_minor
        async with self._journal.recording(request.key, answer, answer.done) as cursor:
            if cursor and answer.done:
                legs = deposit_postings(-amount, request.currency)
                await post(cursor, request.key, request.order_number, "deposit_return", legs)
                fact = Fact(what="deposit_returned", why=request.why, data={"amount_minor": amount})
                data = {"amount": show(amount, request.currency)}
                notice = Notice(kind=NoticeKind.REFUNDED, about=request.key, data=data)
                axes = Axes(payment=PaymentState.REFUNDED if request.ends else None)
                await orders.write(
                    cursor, request.progress, (fact,), (notice,), axes, orders.Money(refunded=amount)
                )
            elif cursor:
                fact = Fact(what="deposit_not_returned", why=answer.said)
                await orders.write(cursor, request.progress, (fact,))
        return answer
