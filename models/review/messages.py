"""What review's steps take and give."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from models.order.messages import Progress
from models.order.policy import ReviewSla
from models.order.states import HoldReason, RiskVerdict
from models.review.credit import CreditScore
from models.review.desk import Sla
from models.shared.messages import Message


class CreditTier(StrEnum):
    """How strictly a customer's order is looked at (M2.1)."""

    TRUSTED = "trusted"
    ORDINARY = "ordinary"
    NEW = "new"
    POOR = "poor"


class RiskDecision(Message):
    """The verdict of the rules, with everything needed to explain it later. `deposit_bp`: which share of the total, in basis points,
    the customer pays first.

    `score` and the `features` that it looked at: None and empty when the customer has no credit account that was scored.
    """

    verdict: RiskVerdict
    tier: CreditTier
    reasons: tuple[HoldReason, ...] = ()
    explained: tuple[str, ...] = ()
    policy_version: int = 1
    sla: Sla | None = None
    deposit_bp: int = 0
    score: CreditScore | None = None
    features: dict[str, float | None] = Field(default_factory=dict)


class PaymentStatus(StrEnum):
    """What the payment provider says of an authorisation; `expired`: it lapsed before anything was captured."""

    AUTHORISED = "authorised"
    PENDING = "pending"
    DECLINED = "declined"
    EXPIRED = "expired"


class Purpose(StrEnum):
    """What money is reserved for: the order; in place of an older authorisation, which still stands when it is refused; a
    deposit, which the order waits for before anything else."""

    ORDER = "order"
    RENEWAL = "renewal"
    DEPOSIT = "deposit"


class Authorise(Message):
    """Reserve money. `amount_minor` is what is still due; `decision` is stored with the intent.

    `beside_minor` is what the order holds or has taken beside it: stored value and a deposit.
    """

    key: str
    order_number: str
    amount_minor: int
    currency: str
    method: str
    token: str
    decision: RiskDecision
    progress: Progress
    purpose: Purpose = Purpose.ORDER
    beside_minor: int = 0


class Authorised(Message):
    """The provider's answer; `reference` is its id of the authorisation, `reason` why it declined."""

    status: PaymentStatus
    reference: str = ""
    reason: str = ""
    amount_minor: int = 0


class VoidPayment(Message):
    """Undo an authorisation (also one that is still pending).

    `reference` empty: its outcome is unknown, the provider is asked by `authorise_key`. `replaced`: another authorisation stands
    in its place, or it is not needed. `left_minor` is what the order holds without it; None: what it held stays on record.
    """

    key: str
    order_number: str
    reference: str
    authorise_key: str
    progress: Progress
    replaced: bool = False
    left_minor: int | None = None


class Voided(Message):
    """`done` false: there was nothing to void any more; `said` tells why."""

    done: bool
    said: str = ""


class PaymentNews(Message):
    """The provider's news about an authorisation. `request_id` is its event id.

    It is only a hint: the order asks the provider before it believes it.
    """

    request_id: str
    reference: str
    status: PaymentStatus
    reason: str = ""
    at: datetime | None = None


class RecordVerdict(Message):
    """Write a verdict down that stops the order or refuses it. `sla` and `now` (UTC) give the deadlines of the review."""

    key: str
    order_number: str
    decision: RiskDecision
    progress: Progress
    now: datetime
    sla: ReviewSla | None = None


class LookUpPayment(Message):
    """Ask the provider how the authorisation that `authorise_key` asked for stands now, and write a change down.

    `known` is how it stood before, `amount_minor` what was asked for.
    """

    order_number: str
    authorise_key: str
    amount_minor: int
    known: PaymentStatus
    progress: Progress
    beside_minor: int = 0
