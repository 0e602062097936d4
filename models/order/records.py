"""What is written about an order beside its stage's own tables: axes, facts and notices, in one transaction."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from models.order.messages import Fact, Progress
from models.order.states import FulfilmentState, OrderState, Outcome, PaymentState, RiskVerdict
from models.shared.messages import Message


class NoticeKind(StrEnum):
    """Everything that we write to somebody about."""

    RECEIVED = "received"
    REVIEWED = "reviewed"
    DELAYED = "delayed"
    PREORDERED = "preordered"
    PREORDER_MOVED = "preorder_moved"
    PAYMENT_DUE = "payment_due"
    DEPOSIT_DUE = "deposit_due"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_REMINDER = "payment_reminder"
    AMOUNT_DIFFERS = "amount_differs"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    PARCEL_LOST = "parcel_lost"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    REFUNDED = "refunded"
    QUESTION = "question"
    PURCHASING = "purchasing"
    ESCALATION = "escalation"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    DISPUTE_TASK = "dispute_task"
    DISPUTE_STUCK = "dispute_stuck"
    DISPUTE_CLAWBACK = "dispute_clawback"
    INTAKE_TASK = "intake_task"
    INTAKE_QUESTION = "intake_question"


class Audience(StrEnum):
    """Who a notice is for."""

    CUSTOMER = "customer"
    PURCHASING = "purchasing"
    OPERATIONS = "operations"
    CARE = "care"


AUDIENCE = {
    NoticeKind.PURCHASING: Audience.PURCHASING,
    NoticeKind.ESCALATION: Audience.OPERATIONS,
    NoticeKind.DISPUTE_TASK: Audience.OPERATIONS,
    NoticeKind.DISPUTE_STUCK: Audience.OPERATIONS,
    NoticeKind.DISPUTE_CLAWBACK: Audience.OPERATIONS,
    NoticeKind.INTAKE_TASK: Audience.CARE,
}


class Notice(Message):
    """One notice. It is sent once for each (order, kind, `about`); of an intake task its id stands where the order's number does."""

    kind: NoticeKind
    about: str = ""
    data: dict[str, str] = Field(default_factory=dict)

    @property
    def audience(self) -> Audience:
        """Who it is for; the customer unless said otherwise."""
        return AUDIENCE.get(self.kind, Audience.CUSTOMER)


class Axes(Message):
    """The axes that a step moved; None leaves one as it is."""

    order: OrderState | None = None
    payment: PaymentState | None = None
    fulfilment: FulfilmentState | None = None
    risk: RiskVerdict | None = None
    outcome: Outcome | None = None
    promised_by: datetime | None = None
    closed_at: datetime | None = None


class RecordFacts(Message):
    """Write down where the order stands and what happened."""

    key: str
    order_number: str
    progress: Progress
    axes: Axes = Axes()
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()


class Written(Message):
    """How many facts were written."""

    facts: int
