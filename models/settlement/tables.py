"""The double-entry ledger: append-only, each transaction sums to zero per currency at COMMIT. Disputes and their evidence."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.order.tables import one_of, utc
from models.settlement.disputes.states import DisputeState


class LedgerTransaction(SQLModel, table=True):
    """One business event that moved money; `key` makes it unique."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (Index("ix_ledger_transaction_order", "order_number"),)

    key: str = Field(primary_key=True)
    order_number: str
    kind: str
    at: datetime = Field(sa_column=utc(default_now=True))


class StoredValue(SQLModel, table=True):
    """A gift card or a customer's store credit; a card may belong to anybody who knows its code (`customer_id` empty)."""

    __tablename__ = "stored_value"
    __table_args__ = (CheckConstraint("0 <= held_minor AND held_minor <= balance_minor", name="ck_stored"),)

    code: str = Field(primary_key=True)
    kind: str
    customer_id: str = ""
    currency: str
    balance_minor: int = Field(sa_type=BigInteger)
    held_minor: int = Field(default=0, sa_type=BigInteger)
    expires_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    created_at: datetime = Field(sa_column=utc(default_now=True))
    created_by: str


class StoredValueMovement(SQLModel, table=True):
    """One change of stored value, append-only: replaying them gives every balance and what is held. `order_number` empty: none."""

    __tablename__ = "stored_value_movement"
    __table_args__ = (
        UniqueConstraint("key", "code", name="uq_stored_value_movement"),
        Index("ix_stored_value_movement_order", "order_number"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    code: str = Field(foreign_key="stored_value.code")
    kind: str
    balance_delta: int = Field(sa_type=BigInteger)
    held_delta: int = Field(sa_type=BigInteger)
    order_number: str
    key: str
    at: datetime = Field(sa_column=utc(default_now=True))


class LedgerEntry(SQLModel, table=True):
    """One leg: debit positive, credit negative, in minor units."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_entry_key", "key"),
        Index("ix_ledger_entry_account", "account", "currency"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    key: str = Field(foreign_key="ledger_transaction.key")
    account: str
    currency: str
    amount_minor: int = Field(sa_type=BigInteger)


class DisputeRow(SQLModel, table=True):
    """One dispute (chargeback) of a payment, and where it stands. `decided_by` empty: nobody answered, the policy did."""

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="ck_dispute_amount"),
        one_of("state", DisputeState),
        Index("ix_dispute_order", "order_number"),
        Index("ix_dispute_open", "deadline_at", postgresql_where=text("closed_at IS NULL")),
        Index("ix_dispute_newest", "opened_at", "reference"),
    )

    reference: str = Field(primary_key=True)
    order_number: str = Field(foreign_key="sales_order.order_number")
    payment_reference: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    reason: str
    state: str = DisputeState.OPENED.value
    opened_at: datetime = Field(sa_column=utc())
    evidence_due_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    recorded_at: datetime = Field(sa_column=utc(default_now=True))
    waiting_for: str = ""
    waiting_since: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    deadline_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    policy_version: int
    decision: str = ""
    decided_by: str = ""
    note: str = ""
    borne_by: str = ""
    submitted_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    closed_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))


class DisputeEvidence(SQLModel, table=True):
    """The evidence as it was packed: append-only. `hash` is SHA-256 (hex) of the packet's text in PostgreSQL."""

    __tablename__ = "dispute_evidence"

    reference: str = Field(primary_key=True, foreign_key="dispute.reference")
    cause: str = Field(primary_key=True)
    packed_at: datetime = Field(sa_column=utc(default_now=True))
    delivered: bool
    packet: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    hash: str
