"""What settlement needs of the world: the provider that holds the money, and the ledger."""

from dataclasses import dataclass
from typing import Protocol

from activities.shared.effects import Intent
from models.settlement.messages import Capture, Captured, MoveDeposit, Refund, Refunded
from models.settlement.stored_value import HoldStoredValue, ReleaseStoredValue, StoredHeld, StoredReleased


class Receipt(Protocol):
    """The provider's answer to a capture or refund; `done` false is a refusal that `reason` explains."""

    @property
    def done(self) -> bool:
        """Whether the money moved."""
        ...

    @property
    def reference(self) -> str:
        """The provider's id of the movement."""
        ...

    @property
    def amount_minor(self) -> int:
        """How much moved, minor units."""
        ...

    @property
    def reason(self) -> str:
        """Why not."""
        ...


@dataclass(frozen=True)
class NoMovement:
    """The receipt of nothing: what costs nothing is not asked for."""

    done: bool = True
    reference: str = ""
    amount_minor: int = 0
    reason: str = ""


class MoneyTaker(Protocol):
    """The part of a payment provider that moves money; idempotent by `key`, raises as `PaymentGateway` does."""

    async def capture(self, key: str, reference: str, amount_minor: int) -> Receipt:
        """Take authorised money, whole or in part."""
        ...

    async def refund(self, key: str, reference: str, amount_minor: int) -> Receipt:
        """Give captured money back."""
        ...


class StoredValueStore(Protocol):
    """Keeps gift cards and store credit."""

    async def hold(self, request: HoldStoredValue) -> StoredHeld:
        """Hold all tenders or none."""
        ...

    async def release(self, request: ReleaseStoredValue) -> StoredReleased:
        """Free what the order still holds."""
        ...


class DepositStore(Protocol):
    """Writes deposits that were taken and given back."""

    async def intend_taking(self, request: MoveDeposit) -> Intent[Captured]:
        """Write down that a deposit is about to be taken."""
        ...

    async def record_taken(self, request: MoveDeposit, answer: Captured) -> Captured:
        """Write the answer and the postings down."""
        ...

    async def intend_return(self, request: MoveDeposit) -> Intent[Refunded]:
        """Write down that a deposit is about to be given back."""
        ...

    async def record_returned(self, request: MoveDeposit, answer: Refunded) -> Refunded:
        """Write the answer and the postings down."""
        ...


class LedgerStore(Protocol):
    """Writes captures and refunds with their postings."""

    async def intend_capture(self, request: Capture) -> Intent[Captured]:
        """Write down that money is about to be taken."""
        ...

    async def record_captured(self, request: Capture, answer: Captured) -> Captured:
        """Write the answer and the postings down."""
        ...

    async def intend_refund(self, request: Refund) -> Intent[Refunded]:
        """Write down that money is about to be given back."""
        ...

    async def record_refunded(self, request: Refund, answer: Refunded) -> Refunded:
        """Write the answer and the reversed postings down."""
        ...
