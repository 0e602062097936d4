"""What the risk rules decided, with all that is needed to explain it; credit accounts, credit models, and what orders owe."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.order.tables import utc


class RiskDecisionRow(SQLModel, table=True):
    """One verdict of the rules. `score`: probability of default, with the model that gave it and what it looked at."""

    __tablename__ = "risk_decision"
    __table_args__ = (Index("ix_risk_decision_order", "order_number"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    order_number: str
    at: datetime = Field(sa_column=utc(default_now=True))
    verdict: str
    tier: str
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    explained: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    policy_version: int
    score: float | None = None
    model_version: str | None = None
    features: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))


class CreditAccountRow(SQLModel, table=True):
    """A customer who buys on credit, up to a limit in one currency. `history`: six months, a `CreditAccount`."""

    __tablename__ = "credit_account"
    __table_args__ = (CheckConstraint("limit_minor >= 0", name="ck_credit_limit"),)

    customer_id: str = Field(primary_key=True)
    currency: str
    limit_minor: int = Field(sa_type=BigInteger)
    history: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    updated_at: datetime = Field(sa_column=utc(default_now=True))
    updated_by: str


class CreditModelRow(SQLModel, table=True):
    """Trained credit models by their own versions; one is active, or none."""

    __tablename__ = "credit_model"
    __table_args__ = (
        Index("uq_credit_model_active", "active", unique=True, postgresql_where=text("active")),
    )

    version: str = Field(primary_key=True)
    active: bool = False
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_column=utc(default_now=True))
    created_by: str


class CreditUse(SQLModel, table=True):
    """An order of a customer with an account, and how it stood to the limit. It never changes but for an approval.

    `exposure_minor`: what the customer's orders on credit owed together with this one, `limit_minor`: the limit then.
    `turn` orders those that count; NULL: over the limit, and nobody let it pass yet. `approved_at`: a person did.
    """

    __tablename__ = "credit_use"
    __table_args__ = (
        CheckConstraint(
            "turn IS NULL OR approved_at IS NOT NULL OR exposure_minor <= limit_minor", name="ck_credit_fits"
        ),
        Index("ix_credit_use_customer", "customer_id", "currency"),
    )

    order_number: str = Field(primary_key=True, foreign_key="sales_order.order_number")
    customer_id: str
    currency: str
    limit_minor: int = Field(sa_type=BigInteger)
    exposure_minor: int = Field(sa_type=BigInteger)
    turn: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True, unique=True))
    approved_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
