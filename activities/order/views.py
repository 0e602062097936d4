"""What doors show of orders: frozen values, JSON-ready. Money is minor units, times are UTC."""

from datetime import datetime
from typing import Any

from models.order.holds import OpenHold
from models.order.states import FulfilmentState, OrderState, Outcome, PaymentState, RiskVerdict, Stage
from models.review.desk import DeskView
from models.shared.messages import Message


class OrderRow(Message):
    """One order on a board. `status` is schema.org's OrderStatus; `waiting_for` empty means that it is working."""

    order_number: str
    channel: str
    source_id: str
    status: str
    stage: Stage
    order_state: OrderState
    payment_state: PaymentState
    fulfilment_state: FulfilmentState
    risk_verdict: RiskVerdict
    order_class: str
    priority: int
    currency: str
    total_minor: int
    country: str
    customer_id: str
    waiting_for: str
    waiting_since: datetime | None
    deadline_at: datetime | None
    hold_reasons: tuple[str, ...]
    holds: tuple[OpenHold, ...] = ()
    desk: DeskView
    promised_by: datetime | None
    outcome: Outcome | None
    placed_at: datetime
    closed_at: datetime | None


class LineView(Message):
    """One line of an order."""

    line_no: int
    sku: str
    quantity: int
    unit_price_minor: int
    freight_minor: int
    merchant_id: str
    title: str = ""


class FactView(Message):
    """One line of the audit trail."""

    seq: int
    at: datetime
    actor: str
    what: str
    why: str
    data: dict[str, Any]


class ShipmentView(Message):
    """One label and where its parcel is."""

    parcel_id: str
    carrier: str
    service: str
    tracking_number: str
    state: str
    tracking: str
    incident: str
    handed_over_at: datetime | None
    delivered_at: datetime | None


class NoticeView(Message):
    """What somebody was written about."""

    kind: str
    about: str
    audience: str
    state: str
    created_at: datetime
    sent_at: datetime | None


class OrderView(Message):
    """An order with everything that hangs on it."""

    order: OrderRow
    authorised_minor: int
    captured_minor: int
    refunded_minor: int
    policy_version: int
    ship_to: dict[str, Any]
    lines: tuple[LineView, ...]
    facts: tuple[FactView, ...]
    shipments: tuple[ShipmentView, ...]
    notices: tuple[NoticeView, ...]


class OrderPage(Message):
    """Orders, newest first. `next` goes into `after` to read on; empty at the end."""

    orders: tuple[OrderRow, ...]
    next: str = ""


class Counts(Message):
    """How many open orders wait for what (`""`: working), and how many ended how."""

    waiting_for: dict[str, int]
    outcomes: dict[str, int]
