"""Parcels and the bench's work on them."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from models.order.tables import utc


class Parcel(SQLModel, table=True):
    """One parcel. `steps` are the finished bench steps; `state`: open, labelled, gone, cancelled."""

    __tablename__ = "parcel"
    __table_args__ = (
        Index("ix_parcel_order", "order_number"),
        Index("ix_parcel_open", "warehouse", "opened_at", postgresql_where=text("state = 'open'")),
    )

    parcel_id: str = Field(primary_key=True)
    order_number: str = Field(foreign_key="sales_order.order_number")
    warehouse: str
    weight_g: int
    value_minor: int = Field(sa_type=BigInteger)
    steps: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )
    state: str = "open"
    opened_at: datetime = Field(sa_column=utc(default_now=True))


class ParcelLine(SQLModel, table=True):
    """What is in a parcel."""

    __tablename__ = "parcel_line"

    parcel_id: str = Field(primary_key=True, foreign_key="parcel.parcel_id")
    line_no: int = Field(primary_key=True)
    sku: str
    quantity: int
