"""The double-entry ledger: append-only, each transaction sums to zero per currency at COMMIT."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.order.tables import utc


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
