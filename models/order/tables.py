"""Tables of the whole order. Money is minor units, times are timestamptz in UTC."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.order.states import FulfilmentState, OrderState, Outcome, PaymentState, RiskVerdict, Stage


def one_of(column: str, values: type[Any]) -> CheckConstraint:
    """An enum as text and CHECK: it can grow by a migration that takes no lock for long."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{column}")


def utc(nullable: bool = False, default_now: bool = False) -> Any:
    """A timestamptz column."""
    return Column(
        DateTime(timezone=True), nullable=nullable, server_default=text("now()") if default_now else None
    )


class SalesOrder(SQLModel, table=True):
    """One row an order: where it stands on every axis, and the document as it came."""

    __tablename__ = "sales_order"
    __table_args__ = (
        UniqueConstraint("channel", "source_id", name="uq_sales_order_source"),
        CheckConstraint("total_minor >= 0", name="ck_total"),
        CheckConstraint(
            "0 <= captured_minor AND captured_minor <= authorised_minor AND authorised_minor <= total_minor"
            " AND 0 <= refunded_minor AND refunded_minor <= captured_minor",
            name="ck_money_taken",
        ),
        one_of("stage", Stage),
        one_of("order_state", OrderState),
        one_of("payment_state", PaymentState),
        one_of("fulfilment_state", FulfilmentState),
        one_of("risk_verdict", RiskVerdict),
        CheckConstraint(
            "outcome IS NULL OR outcome IN (" + ", ".join(f"'{o.value}'" for o in Outcome) + ")",
            name="ck_outcome",
        ),
        Index(
            "ix_sales_order_waiting",
            "waiting_for",
            "waiting_since",
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_sales_order_customer", "customer_id", "placed_at"),
        Index(
            "ix_sales_order_held",
            "recorded_at",
            "order_number",
            postgresql_where=text("hold_reasons <> '{}'"),
        ),
    )

    order_number: str = Field(primary_key=True)
    channel: str
    source_id: str
    fingerprint: str
    customer_id: str
    goods: str
    placed_at: datetime = Field(sa_column=utc())
    recorded_at: datetime = Field(sa_column=utc(default_now=True))
    currency: str
    total_minor: int = Field(sa_type=BigInteger)
    country: str
    order_class: str
    priority: int
    stage: str
    order_state: str = OrderState.RECEIVED.value
    payment_state: str = PaymentState.NONE.value
    fulfilment_state: str = FulfilmentState.UNALLOCATED.value
    risk_verdict: str = RiskVerdict.PENDING.value
    authorised_minor: int = Field(default=0, sa_type=BigInteger)
    captured_minor: int = Field(default=0, sa_type=BigInteger)
    refunded_minor: int = Field(default=0, sa_type=BigInteger)
    stored_minor: int = Field(default=0, sa_type=BigInteger)
    deposit_minor: int = Field(default=0, sa_type=BigInteger)
    waiting_for: str = ""
    waiting_since: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    deadline_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    hold_reasons: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )
    holds: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )
    desk: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=text("'{}'"))
    )
    promised_by: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    outcome: str | None = None
    closed_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    policy_version: int
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class SalesOrderLine(SQLModel, table=True):
    """One line of an order, prices for one piece in minor units."""

    __tablename__ = "sales_order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price_minor >= 0 AND freight_minor >= 0", name="ck_line"),
    )

    order_number: str = Field(primary_key=True, foreign_key="sales_order.order_number")
    line_no: int = Field(primary_key=True)
    sku: str
    quantity: int
    unit_price_minor: int = Field(sa_type=BigInteger)
    freight_minor: int = Field(sa_type=BigInteger)
    merchant_id: str


class OrderFact(SQLModel, table=True):
    """The audit trail: append-only and hash-chained per order by the trigger `order_fact_chain`."""

    __tablename__ = "order_fact"

    order_number: str = Field(primary_key=True, foreign_key="sales_order.order_number")
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_column=utc(default_now=True))
    actor: str
    what: str
    why: str
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    prev_hash: str
    hash: str


class StepRecord(SQLModel, table=True):
    """One row an effect, unique by its idempotency key: `intended` → `done`, or `refused`; what it gave is in `result`."""

    __tablename__ = "step_record"
    __table_args__ = (
        CheckConstraint("state IN ('intended', 'done', 'refused')", name="ck_state"),
        Index("ix_step_record_order", "order_number"),
        Index("ix_step_record_open", "step", postgresql_where=text("state = 'intended'")),
    )

    key: str = Field(primary_key=True)
    order_number: str
    step: str
    state: str
    request: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    created_at: datetime = Field(sa_column=utc(default_now=True))


class NoticeOutbox(SQLModel, table=True):
    """The outbox of notices: written with the fact that they tell, sent by the relay, each once."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("order_number", "kind", "about", name="uq_notice_once"),
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed')", name="ck_notice_state"),
        Index("ix_notice_open", "next_at", postgresql_where=text("state IN ('queued', 'sending')")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    order_number: str
    kind: str
    about: str = ""
    audience: str
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = "queued"
    attempts: int = 0
    created_at: datetime = Field(sa_column=utc(default_now=True))
    next_at: datetime = Field(sa_column=utc(default_now=True))
    sent_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    error: str = ""


class Inbox(SQLModel, table=True):
    """What the world told us, unique by source and event id: `received` → `applied` → `done`, or `dead`."""

    __tablename__ = "inbox"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'applied', 'done', 'dead')", name="ck_inbox_state"),
        Index("ix_inbox_open", "next_at", postgresql_where=text("state IN ('received', 'applied')")),
    )

    source: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    payload: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    signals: list[Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    state: str = "received"
    attempts: int = 0
    received_at: datetime = Field(sa_column=utc(default_now=True))
    next_at: datetime = Field(sa_column=utc(default_now=True))
    error: str = ""


class PolicyVersion(SQLModel, table=True):
    """Policies as versioned data; one is active."""

    __tablename__ = "policy_version"
    __table_args__ = (Index("uq_policy_active", "active", unique=True, postgresql_where=text("active")),)

    version: int = Field(primary_key=True)
    name: str
    active: bool = False
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_column=utc(default_now=True))
    created_by: str
