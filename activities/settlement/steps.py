"""Steps of settlement: money taken, money given back, both booked."""

from temporalio import activity

from activities.settlement.ports import LedgerStore, MoneyTaker, NoMovement, Receipt
from activities.shared.effects import perform
from activities.shared.marks import external_step
from models.settlement.messages import Capture, Captured, Refund, Refunded


async def _nothing() -> Receipt | None:
    """Captures and refunds are asked for again with the same key: the provider then tells what the first one did."""
    return None


class SettlementSteps:
    """Takes the money and books who it belongs to."""

    def __init__(self, store: LedgerStore, taker: MoneyTaker) -> None:
        self._store = store
        self._taker = taker

    @activity.defn
    @external_step(undo="refund_payment")
    async def capture_payment(self, request: Capture) -> Captured:
        """Take authorised money and book the merchants' shares."""

        async def call() -> Receipt:
            if not request.amount_minor:
                return NoMovement()
            return await self._taker.capture(request.key, request.reference, request.amount_minor)

        async def record(receipt: Receipt) -> Captured:
            answer = Captured(
                done=receipt.done,
                reference=receipt.reference,
                amount_minor=receipt.amount_minor,
                said=receipt.reason,
            )
            return await self._store.record_captured(request, answer)

        return await perform(lambda: self._store.intend_capture(request), _nothing, call, record)

    @activity.defn
    @external_step(irreversible="money given back cannot be taken again without the customer")
    async def refund_payment(self, request: Refund) -> Refunded:
        """Give captured money back and reverse its bookings in proportion."""

        async def call() -> Receipt:
            return await self._taker.refund(request.key, request.reference, request.amount_minor)

        async def record(receipt: Receipt) -> Refunded:
            answer = Refunded(done=receipt.done, reference=receipt.reference, said=receipt.reason)
            return await self._store.record_refunded(request, answer)

        return await perform(lambda: self._store.intend_refund(request), _nothing, call, record)
