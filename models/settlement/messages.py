"""What settlement's steps take and give."""

from models.order.messages import Progress
from models.shared.messages import Message


class MerchantShare(Message):
    """What one merchant sold in the order: goods and freight, minor units."""

    merchant_id: str
    goods_minor: int
    freight_minor: int


class Capture(Message):
    """Take the money and book who it belongs to. Without shares: the rest of what was booked before, and the customer owes.

    `amount_minor` is the provider's part, `stored_minor` that of gift cards and credit, `deposit_minor` was taken before.
    `has_stored`: stored value is held, and what is not taken of it is freed.
    """

    key: str
    order_number: str
    reference: str
    amount_minor: int
    currency: str
    shares: tuple[MerchantShare, ...]
    commission_bp: int
    progress: Progress
    stored_minor: int = 0
    deposit_minor: int = 0
    has_stored: bool = False


class Captured(Message):
    """`done` false: the provider refused, `said` tells why."""

    done: bool
    reference: str = ""
    amount_minor: int = 0
    said: str = ""


class Refund(Message):
    """Give captured money back, whole or in part, and reverse its bookings in proportion.

    `card_minor` goes back to the payment `reference`, `deposit_minor` to `deposit_reference`, `stored_minor` to gift cards and credit.
    """

    key: str
    order_number: str
    reference: str
    card_minor: int
    currency: str
    why: str
    progress: Progress
    deposit_reference: str = ""
    deposit_minor: int = 0
    stored_minor: int = 0

    @property
    def amount_minor(self) -> int:
        """All of it, in minor units."""
        return self.card_minor + self.deposit_minor + self.stored_minor


class Refunded(Message):
    """`done` false: the provider refused."""

    done: bool
    reference: str = ""
    said: str = ""


class MoveDeposit(Message):
    """Take a deposit from its authorisation, or give (a part of) it back. `held_minor` is what else the order holds."""

    key: str
    order_number: str
    reference: str
    amount_minor: int
    currency: str
    progress: Progress
    held_minor: int = 0
    why: str = ""
    ends: bool = False


class Posting(Message):
    """One leg of a ledger transaction; debit is positive, credit negative, minor units."""

    account: str
    amount_minor: int
    currency: str
