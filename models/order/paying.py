"""What an order is paid with."""

from enum import StrEnum

from models.shared.messages import Message


class Payment(Message):
    """What the customer pays at the payment provider: `token` stands for the instrument there."""

    method: str
    token: str
    amount_minor: int


class StoredKind(StrEnum):
    """Value that we keep for a customer ourselves."""

    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"


class StoredTender(Message):
    """A part of an order that is paid with stored value; `code` is the gift card's or the credit's, minor units."""

    method: StoredKind
    code: str
    amount_minor: int
