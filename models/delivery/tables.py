"""Shipments and what carriers say about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.delivery.states import Tracking
from models.order.tables import one_of, utc


class Shipment(SQLModel, table=True):
    """One label. `state`: live or voided; at most one live label a parcel (a partial unique index)."""

    __tablename__ = "shipment"
    __table_args__ = (
        UniqueConstraint("carrier", "tracking_number", name="uq_shipment_tracking"),
        Index("uq_one_live_label", "parcel_id", unique=True, postgresql_where="state = 'live'"),
        Index("ix_shipment_order", "order_number"),
        one_of("tracking", Tracking),
    )

    key: str = Field(primary_key=True)
    order_number: str
    parcel_id: str
    carrier: str
    service: str
    tracking_number: str
    label: str
    price_minor: int = Field(sa_type=BigInteger)
    currency: str
    state: str = "live"
    tracking: str = Tracking.PENDING.value
    incident: str = ""
    choice: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    booked_at: datetime = Field(sa_column=utc(default_now=True))
    handed_over_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    delivered_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))


class TrackingEventRow(SQLModel, table=True):
    """One event of a carrier, kept as it came; the shipment's status is a fold over all of them."""

    __tablename__ = "tracking_event"

    carrier: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    tracking_number: str = Field(index=True)
    status: str
    incident: str = ""
    signed: bool = False
    raw_code: str = ""
    place: str = ""
    occurred_at: datetime = Field(sa_column=utc())
    received_at: datetime = Field(sa_column=utc(default_now=True))
