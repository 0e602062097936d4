"""Steps of settlement: money taken, money given back, both booked."""

from temporalio import activity

from activities.settlement.ports import DepositStore, LedgerStore, MoneyTaker, NoMovement, Receipt
from activities.shared.effects import perform
from activities.shared.marks import external_step
from models.settlement.messages import Capture, Captured, MoveDeposit, Refund, Refunded


async def _nothing() -> Receipt | None:
    """Captures and refunds are asked for again with the same key: the provider then tells what the first one did."""
    return None


class SettlementSteps:
    """Takes the money and books who it belongs to."""

    def __init__(self, store: LedgerStore, deposits: DepositStore, taker: MoneyTaker) -> None:
        self._store = store
        self._deposits = deposits
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
            return await self._store.record_captured(request, _captured(receipt))

        return await perform(lambda: self._store.intend_capture(request), _nothing, call, record)

    @activity.defn
    @external_step(irreversible="money given back cannot be taken again without the customer")
    async def refund_payment(self, request: Refund) -> Refunded:
        """Give captured money back and reverse its bookings in proportion."""

        async def call() -> Receipt:
            receipt: Receipt = NoMovement()
            if request.card_minor:
                receipt = await self._taker.refund(request.key, request.reference, request.card_minor)
            if request.deposit_minor and receipt.done:
                key = f"{request.key}:deposit"
                receipt = await self._taker.refund(key, request.deposit_reference, request.deposit_minor)
            return receipt

        async def record(receipt: Receipt) -> Refunded:
            return await self._store.record_refunded(request, _refunded(receipt))

        return await perform(lambda: self._store.intend_refund(request), _nothing, call, record)

    @activity.defn
    @external_step(undo="return_deposit")
    async def take_deposit(self, request: MoveDeposit) -> Captured:
        """Take the deposit from the authorisation that was made for it."""

        async def call() -> Receipt:
            return await self._taker.capture(request.key, request.reference, request.amount_minor)

        async def record(receipt: Receipt) -> Captured:
            return await self._deposits.record_taken(request, _captured(receipt))

        return await perform(lambda: self._deposits.intend_taking(request), _nothing, call, record)

    @activity.defn
    @external_step(irreversible="money given back cannot be taken again without the customer")
    async def return_deposit(self, request: MoveDeposit) -> Refunded:
        """Give a deposit back, or what of it was too much."""

        async def call() -> Receipt:
            return await self._taker.refund(request.key, request.reference, request.amount_minor)

        async def record(receipt: Receipt) -> Refunded:
            return await self._deposits.record_returned(request, _refunded(receipt))

        return await perform(lambda: self._deposits.intend_return(request), _nothing, call, record)


def _captured(receipt: Receipt) -> Captured:
    return Captured(
        done=receipt.done,
        reference=receipt.reference,
        amount_minor=receipt.amount_minor,
        said=receipt.reason,
    )


def _refunded(receipt: Receipt) -> Refunded:
    return Refunded(done=receipt.done, reference=receipt.reference, said=receipt.reason)
