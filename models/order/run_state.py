"""What an order's workflow carries, also across continue-as-new."""

from datetime import datetime

from pydantic import BaseModel, Field

from models.allocation.messages import Sourced, Sourcing
from models.delivery.messages import ParcelNews
from models.order.credit import CreditStanding
from models.order.holds import OpenHold
from models.order.messages import CustomerHistory, Fact, Order, OrderClass
from models.order.policy import Policy
from models.order.states import (
    FULFILMENT_AXIS,
    ORDER_AXIS,
    PAYMENT_AXIS,
    RISK_AXIS,
    FulfilmentState,
    HoldReason,
    OrderState,
    Outcome,
    PaymentState,
    RiskVerdict,
    Stage,
)
from models.order.waits import WaitingFor
from models.preparation.messages import BenchStep, ParcelPlan
from models.review.desk import Desk
from models.review.dunning import Dunning
from models.review.messages import Authorised, PaymentNews, RiskDecision
from models.shared.messages import Message

SEEN_LIMIT = 200


class ParcelRun(BaseModel):
    """One parcel as the workflow sees it."""

    plan: ParcelPlan
    steps: list[BenchStep] = Field(default_factory=list)
    carrier: str = ""
    tracking_number: str = ""
    label: str = ""
    handed_over: bool = False
    end: str = ""  # delivered, lost, returned, cancelled

    @property
    def labelled(self) -> bool:
        """It has a live label."""
        return bool(self.tracking_number)


class Undo(Message):
    """One undo that would apply if the order were cancelled now; run in reverse order of registration."""

    step: str
    parcel_id: str = ""
    key: str = ""

    @property
    def version(self) -> str:
        """The version of the step that is undone: the undo's key carries the same."""
        return self.key.rsplit(":", 1)[-1]


class OrderRun(BaseModel):
    """The order's state between two workflow tasks."""

    stage: Stage = Stage.INTAKE
    order_state: OrderState = OrderState.RECEIVED
    payment_state: PaymentState = PaymentState.NONE
    fulfilment_state: FulfilmentState = FulfilmentState.UNALLOCATED
    risk: RiskVerdict = RiskVerdict.PENDING
    outcome: Outcome | None = None
    order_class: OrderClass = OrderClass.ORDINARY
    priority: int = 3
    policy: Policy = Policy()
    history: CustomerHistory = CustomerHistory()
    credit: CreditStanding | None = None
    recorded: bool = False
    refused: bool = False
    money_held: bool = False
    written_off: bool = False
    settled: bool = False
    line_nos: tuple[int, ...] = ()
    holds: list[OpenHold] = Field(default_factory=list)
    ending: Outcome | None = None
    ending_why: str = ""
    ending_by: str = ""
    authorisation: Authorised | None = None
    authorise_key: str = ""
    renew_at: datetime | None = None
    method: str = ""
    token: str = ""
    duplicate_of: str = ""
    decision: RiskDecision | None = None
    desk: Desk = Field(default_factory=Desk)
    attempts: dict[str, int] = Field(default_factory=dict)
    to_source: list[Sourcing] | None = None  # None: not planned yet; empty: everything has its parcel
    unpacked: Sourced | None = None
    promised_by: datetime | None = None
    parcels: dict[str, ParcelRun] = Field(default_factory=dict)
    parcel_news: list[ParcelNews] = Field(default_factory=list)
    payment_news: list[PaymentNews] = Field(default_factory=list)
    payment_confirmed: bool = False
    dunning: Dunning | None = None
    stock_arrivals: int = 0
    receipt_confirmed: bool = False
    resolution: str = ""
    attention: str = ""
    attention_step: str = ""
    can_skip: bool = False
    capture_reference: str = ""
    captured_minor: int = 0
    card_taken_minor: int = 0
    stored_minor: int = 0
    stored_taken_minor: int = 0
    stored_asked: bool = False
    deposit_bp: int = 0
    deposit_minor: int = 0
    deposit_used_minor: int = 0
    deposit_reference: str = ""
    deposit_asked_minor: int = 0
    deposit_offered: bool = False
    undos: list[Undo] = Field(default_factory=list)
    waiting_for: WaitingFor | None = None
    waiting_since: datetime | None = None
    deadline_at: datetime | None = None
    overdue: bool = False
    facts: list[str] = Field(default_factory=list)
    unwritten: list[Fact] = Field(default_factory=list)
    seen: list[str] = Field(default_factory=list)

    def first_time(self, request_id: str) -> bool:
        """Whether a request is new; remembers it. Requests without an id are always new."""
        if not request_id:
            return True
        if request_id in self.seen:
            return False
        self.seen.append(request_id)
        del self.seen[:-SEEN_LIMIT]
        return True

    @property
    def beside_minor(self) -> int:
        """What the order holds or has taken beside the payment provider's authorisation, in minor units."""
        return self.stored_minor + self.deposit_minor

    @property
    def gone(self) -> bool:
        """The carrier has at least one parcel: from here on there is no cancelling."""
        return any(parcel.handed_over for parcel in self.parcels.values())

    def money_calls(self, now: datetime) -> bool:
        """The money that was held needs somebody: news of it, time to renew it, or it has expired while the goods are here."""
        if self.payment_state is PaymentState.EXPIRED:
            return not self.gone and not self.ending
        return bool(self.payment_news and self._held) or self.renewal_due(now)

    def renewal_due(self, now: datetime) -> bool:
        """It is time to reserve the money anew."""
        return self._held and self.renew_at is not None and now >= self.renew_at

    @property
    def _held(self) -> bool:
        return self.payment_state is PaymentState.AUTHORISED and not self.ending

    @property
    def live_parcels(self) -> list[ParcelRun]:
        """The parcels that have not come to an end."""
        return [parcel for parcel in self.parcels.values() if not parcel.end]

    def source_again(self, parcel: ParcelRun, excluded: tuple[str, ...] = ()) -> None:
        """What a dissolved or lost parcel held is sourced anew."""
        replaced = Sourcing(cause=parcel.plan.parcel_id, wants=parcel.plan.wants, excluded=excluded)
        self.to_source = [*(self.to_source or ()), replaced]
        self.try_stock_again()

    def try_stock_again(self) -> None:
        """Purchasing was told of nothing more, or of something else: what was found short has to be looked for again."""
        self.to_source = [one.model_copy(update={"tried": None}) for one in self.to_source or ()]

    def remember(self, fact: str) -> None:
        """Keep the last five facts for the operator's page."""
        self.facts.append(fact)
        del self.facts[:-5]

    def version(self, step: str) -> int:
        """The next version of a step that may run more than once in one order (1, 2, …)."""
        self.attempts[step] = self.attempts.get(step, 0) + 1
        return self.attempts[step]

    def move(
        self,
        order: OrderState | None = None,
        payment: PaymentState | None = None,
        fulfilment: FulfilmentState | None = None,
        risk: RiskVerdict | None = None,
    ) -> None:
        """Move along the axes; an illegal move raises `IllegalMoveError`."""
        if order:
            self.order_state = ORDER_AXIS.move(self.order_state, order)
        if payment:
            self.payment_state = PAYMENT_AXIS.move(self.payment_state, payment)
        if fulfilment:
            self.fulfilment_state = FULFILMENT_AXIS.move(self.fulfilment_state, fulfilment)
        if risk:
            self.risk = RISK_AXIS.move(self.risk, risk)


class StartOrder(Message):
    """What an order's workflow is started with; `run` only after continue-as-new."""

    order: Order
    run: OrderRun | None = None


class OrderResult(Message):
    """What the order's workflow returns."""

    order_number: str
    outcome: Outcome
    state: OrderState


class Snapshot(Message):
    """What the query `snapshot` answers: enough for the auditor to compare with the tables."""

    order_number: str
    stage: Stage
    order_state: OrderState
    payment_state: PaymentState
    fulfilment_state: FulfilmentState
    risk: RiskVerdict
    outcome: Outcome | None
    waiting_for: str
    holds: tuple[HoldReason, ...]
    captured_minor: int
    hold_ids: tuple[str, ...] = ()
