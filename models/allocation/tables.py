"""Stock. `0 <= reserved <= on_hand` is a constraint; movements are append-only and rebuild every level."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.order.tables import one_of, utc


class MovementKind(StrEnum):
    """Why a level changed. Each movement changes `on_hand` and `reserved` by its own two deltas."""

    RECEIVED = "received"
    RESERVED = "reserved"
    RELEASED = "released"
    SHIPPED = "shipped"
    RETURNED = "returned"
    MISSING = "missing"


class Warehouse(SQLModel, table=True):
    """A place that holds stock. Coordinates in degrees."""

    __tablename__ = "warehouse"

    code: str = Field(primary_key=True)
    name: str
    country: str
    latitude: float
    longitude: float


class Place(SQLModel, table=True):
    """Centroid of a postcode prefix, to measure distance; an empty prefix is the whole country's or region's."""

    __tablename__ = "place"

    country: str = Field(primary_key=True)
    postcode_prefix: str = Field(primary_key=True)
    latitude: float
    longitude: float


class StockLevel(SQLModel, table=True):
    """How many pieces of a SKU lie in a warehouse, and how many of those are promised."""

    __tablename__ = "stock_level"
    __table_args__ = (CheckConstraint("0 <= reserved AND reserved <= on_hand", name="ck_never_oversold"),)

    sku: str = Field(primary_key=True)
    warehouse: str = Field(primary_key=True, foreign_key="warehouse.code")
    on_hand: int
    reserved: int = 0


class StockMovement(SQLModel, table=True):
    """One change of one level; append-only."""

    __tablename__ = "stock_movement"
    __table_args__ = (one_of("kind", MovementKind), Index("ix_stock_movement_level", "sku", "warehouse"))

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    at: datetime = Field(sa_column=utc(default_now=True))
    sku: str
    warehouse: str
    kind: str
    on_hand_delta: int
    reserved_delta: int
    order_number: str = ""
    key: str


class Reservation(SQLModel, table=True):
    """Pieces promised to an order's line: `open` → `committed` or `released`, exactly once."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="ck_reservation_quantity"),
        CheckConstraint("state IN ('open', 'committed', 'released')", name="ck_reservation_state"),
        UniqueConstraint("key", "line_no", "warehouse", name="uq_reservation"),
        Index("ix_reservation_order", "order_number"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    order_number: str
    line_no: int
    sku: str
    warehouse: str
    quantity: int
    state: str = "open"
    key: str
    created_at: datetime = Field(sa_column=utc(default_now=True))


class PurchaseRequest(SQLModel, table=True):
    """What purchasing was asked for: pieces of a SKU that an order lacks."""

    __tablename__ = "purchase_request"

    order_number: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)
    missing: int
    state: str = Field(default="open", sa_column_kwargs={"server_default": text("'open'")})
    created_at: datetime = Field(sa_column=utc(default_now=True))
