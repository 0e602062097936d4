"""What the risk rules decided, with all that is needed to explain it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, Identity, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.order.tables import utc


class RiskDecisionRow(SQLModel, table=True):
    """One verdict of the rules."""

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
