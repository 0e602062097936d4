"""The double-entry ledger: append-only, each transaction sums to zero per currency at COMMIT."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Identity, Index
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
