"""The order as it travels: what the door accepted, what the workflow is started with, what people say to it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from models.order.holds import OpenHold
from models.order.paying import Payment, StoredTender
from models.order.states import FulfilmentState, HoldReason, OrderState, Stage
from models.shared.messages import Message
from models.shared.money import show


class Service(StrEnum):
    """What delivery the customer chose."""

    STANDARD = "standard"
    EXPRESS = "express"


class OrderClass(StrEnum):
    """What kind of order it is (M1.2); the first that fits, in this order."""

    SPECIAL = "special"
    LARGE = "large"
    URGENT = "urgent"
    GROUP_BUY = "group_buy"
    ORDINARY = "ordinary"


class Address(Message):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    line1: str
    city: str
    country: str
    line2: str = ""
    region: str = ""
    postcode: str = ""


class Customer(Message):
    """Who ordered. `phone` is E.164."""

    customer_id: str
    name: str
    email: str
    phone: str = ""


class CustomerHistory(Message):
    """What is known of a customer from earlier orders: how many ended how, are open, came within an hour; where they went."""

    completed: int = 0
    failed: int = 0
    open: int = 0
    last_hour: int = 0
    countries: tuple[str, ...] = ()


class OrderLine(Message):
    """One line. Prices are minor units of the order's currency; `unit_price_minor` is for one piece."""

    line_no: int
    sku: str
    quantity: int
    unit_price_minor: int
    merchant_id: str
    title: str = ""
    freight_minor: int = 0
    weight_g: int = 0
    special_goods: bool = False
    list_price_minor: int | None = None

    @property
    def goods_minor(self) -> int:
        """Price of all pieces, without freight, in minor units."""
        return self.quantity * self.unit_price_minor


class Want(Message):
    """One line's need: `quantity` pieces of a SKU."""

    line_no: int
    sku: str
    quantity: int


class Order(Message):
    """An order that passed the door: complete, consistent, priced in one currency."""

    order_number: str
    channel: str
    source_id: str
    placed_at: datetime
    currency: str
    customer: Customer
    ship_to: Address
    lines: tuple[OrderLine, ...]
    total_minor: int
    payment: Payment
    tenders: tuple[StoredTender, ...] = ()
    service: Service = Service.STANDARD
    group_buy: str = ""
    locale: str = "en"
    fingerprint: str = ""
    address_verdict: str = "valid"
    original_address: Address | None = None

    @property
    def goods_minor(self) -> int:
        """Price of all lines without freight, in minor units."""
        return sum(line.goods_minor for line in self.lines)

    @property
    def card_minor(self) -> int:
        """What stored value does not cover, in minor units: the payment provider is asked for it."""
        return self.total_minor - sum(tender.amount_minor for tender in self.tenders)

    @property
    def pieces(self) -> int:
        """How many pieces are ordered."""
        return sum(line.quantity for line in self.lines)

    @property
    def weight_g(self) -> int:
        """Weight of all pieces by the catalogue, in grams."""
        return sum(line.quantity * line.weight_g for line in self.lines)

    @property
    def merchant_ids(self) -> tuple[str, ...]:
        """Whose goods these are, sorted."""
        return tuple(sorted({line.merchant_id for line in self.lines}))

    def summary(self) -> str:
        """One line for operators, free of personal data: `BR-10023 · 3 items · BRL 231.40 · São Paulo`."""
        amount = show(self.total_minor, self.currency)
        return f"{self.order_number} · {self.pieces} items · {amount} · {self.ship_to.city}"


class Submission(Message):
    """What the accepting update carries: enough to tell a repeat from a reused key."""

    fingerprint: str


class Verdict(StrEnum):
    """What the storefront hears at once."""

    ACCEPTED = "accepted"
    KEY_REUSED = "key_reused"
    DUPLICATE_SOURCE = "duplicate_source"


class Acceptance(Message):
    """The answer to a submission. `promised_by` is UTC."""

    verdict: Verdict
    order_number: str
    order_class: OrderClass = OrderClass.ORDINARY
    priority: int = 3
    promised_by: datetime | None = None


class Decision(Message):
    """What a person says about an order. `request_id` makes a repeat harmless; empty means each one counts."""

    by: str = "unknown"
    why: str = ""
    request_id: str = ""


class Hold(Decision):
    """Stop the order, or only `lines` (line numbers); what is held stays stopped while any hold on it is open."""

    reason: HoldReason = HoldReason.BY_PERSON
    until: datetime | None = None
    lines: tuple[int, ...] = ()
    owner: str = ""


class Release(Decision):
    """End the holds that fit all that is said: one by its id, those of a reason, those on `lines`; all when nothing is."""

    reason: HoldReason | None = None
    hold_id: str = ""
    lines: tuple[int, ...] = ()


class PayAgain(Decision):
    """The customer's other payment method after a declined one."""

    method: str = "card"
    token: str = ""


class Attend(Decision):
    """What an operator wants of a step that used up its attempts: `retry`, `skip` or `abort`."""

    action: str = "retry"


class Resolve(Decision):
    """How to settle a lost or damaged parcel: `reship` or `refund`."""

    resolution: str = "refund"


class Answer(Message):
    """What a decision led to. `done` false: it could not be obeyed, `said` tells why; nothing changed."""

    done: bool
    said: str
    state: OrderState = OrderState.RECEIVED
    waiting_for: str = ""
    holds: tuple[HoldReason, ...] = ()
    open_holds: tuple[OpenHold, ...] = ()


class Fact(Message):
    """One line of the order's audit trail: what happened, by whom, why."""

    what: str
    actor: str = "orderloom"
    why: str = ""
    data: dict[str, str | int | None] = Field(default_factory=dict)


class Progress(Message):
    """Where the order stands, for boards and lists; written with the fact that led there.

    `waiting_for` empty means that it is working, not waiting. Times are UTC. `order_state` and `fulfilment_state` are where
    the step leads when it succeeds, `desk` the reviewers' desk; None leaves them.
    """

    order_number: str
    stage: Stage
    waiting_for: str = ""
    waiting_since: datetime | None = None
    deadline_at: datetime | None = None
    holds: tuple[HoldReason, ...] = ()
    open_holds: tuple[OpenHold, ...] = ()
    order_state: OrderState | None = None
    fulfilment_state: FulfilmentState | None = None
    desk: dict[str, Any] | None = None
