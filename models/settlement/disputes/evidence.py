"""The evidence for the bank. What is not named here does not leave the house.

Left out on purpose: network addresses, payment tokens, the phone number, who of us did what and why, credit tiers, scores and
the reasons of rules, and letters to colleagues.
"""

from datetime import datetime

from pydantic import Field

from models.order.messages import Address
from models.shared.messages import Message

# What a packet holds at most of each list; an order with more keeps the newest.
MOST_FACTS = 500
MOST_SCANS = 200


class EvidenceLine(Message):
    """What was bought. The price is for one piece, minor units."""

    sku: str
    title: str
    quantity: int
    unit_price_minor: int
    freight_minor: int


class EvidencePayment(Message):
    """What was paid: never the instrument itself, only its kind."""

    reference: str
    method: str
    captured_minor: int
    refunded_minor: int
    captured_at: datetime | None


class EvidenceRisk(Message):
    """What our check of the order said, without its reasons."""

    at: datetime
    verdict: str
    policy_version: int


class EvidenceScan(Message):
    """One event of a carrier; `signed`: the recipient signed."""

    at: datetime
    status: str
    place: str
    signed: bool


class EvidenceParcel(Message):
    """One parcel and its way."""

    parcel_id: str
    carrier: str
    service: str
    tracking_number: str
    status: str
    handed_over_at: datetime | None
    delivered_at: datetime | None
    signed: bool
    scans: tuple[EvidenceScan, ...]


class EvidenceLetter(Message):
    """A letter to the customer: what about, and when it left."""

    kind: str
    written_at: datetime
    sent_at: datetime | None


class EvidenceFact(Message):
    """One line of the order's hash-chained history: that it happened and when, with its hash."""

    seq: int
    at: datetime
    what: str
    hash: str


class Evidence(Message):
    """Everything that speaks for the merchant, frozen when it was packed. Amounts in minor units of `currency`.

    `receipt_confirmed_at`: the customer said that the goods arrived. `note`: what a person of ours adds.
    """

    dispute: str
    reason: str
    amount_minor: int
    currency: str
    order_number: str
    channel: str
    placed_at: datetime
    total_minor: int
    lines: tuple[EvidenceLine, ...]
    customer_name: str
    customer_email: str
    ship_to: Address
    address_verdict: str
    original_address: Address | None
    payment: EvidencePayment
    risk: tuple[EvidenceRisk, ...]
    approvals: int
    parcels: tuple[EvidenceParcel, ...]
    letters: tuple[EvidenceLetter, ...]
    facts: tuple[EvidenceFact, ...]
    facts_left_out: int
    receipt_confirmed_at: datetime | None
    delivered: bool
    note: str = Field(default="", max_length=5_000)

    @property
    def signed(self) -> bool:
        """Whether a recipient signed for any parcel."""
        return any(parcel.signed for parcel in self.parcels)
