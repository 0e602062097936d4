"""What settlement's steps take and give."""

from models.order.messages import Progress
from models.shared.messages import Message


class MerchantShare(Message):
    """What one merchant sold in the order: goods and freight, minor units."""

    merchant_id: str
    goods_minor: int
    freight_minor: int


class Capture(Message):
    """Take the money and book who it belongs to. Without shares: the rest of what was booked before, and the customer owes."""

    key: str
    order_number: str
    reference: str
    amount_minor: int
    currency: str
    shares: tuple[MerchantShare, ...]
    commission_bp: int
    progress: Progress


class Captured(Message):
    """`done` false: the provider refused, `said` tells why."""

    done: bool
    reference: str = ""
    amount_minor: int = 0
    said: str = ""


class Refund(Message):
    """Give captured money back, whole or in part, and reverse its bookings in proportion."""

    key: str
    order_number: str
    reference: str
    amount_minor: int
    currency: str
    why: str
    progress: Progress


class Refunded(Message):
    """`done` false: the provider refused."""

    done: bool
    reference: str = ""
    said: str = ""


class Posting(Message):
    """One leg of a ledger transaction; debit is positive, credit negative, minor units."""

    account: str
    amount_minor: int
    currency: str
