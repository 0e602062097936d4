"""Stock. `0 <= reserved <= on_hand` is a constraint; movements are append-only and rebuild every level."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
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
    """A place that holds stock. Coordinates in degrees; `calendar` as in `models.allocation.calendars`, None: it never closes."""

    __tablename__ = "warehouse"

    code: str = Field(primary_key=True)
    name: str
    country: str
    latitude: float
    longitude: float
    calendar: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


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


class PreorderSale(SQLModel, table=True):
    """A SKU that is sold before it is there: up to `cap` pieces, of which `sold` are claimed or were served from the stock.

    `revision` counts the changes of `ships_from`.
    """

    __tablename__ = "preorder"
    __table_args__ = (CheckConstraint("0 <= sold AND sold <= cap", name="ck_preorder_cap"),)

    sku: str = Field(primary_key=True)
    ships_from: datetime = Field(sa_column=utc())
    cap: int
    sold: int = 0
    open: bool = True
    note: str = ""
    revision: int = 1
    changed_at: datetime = Field(sa_column=utc(default_now=True))


class PreorderClaim(SQLModel, table=True):
    """Pieces of the cap that an order waits for: `open` → `settled` (served from the stock) or `released`, exactly once.

    `id` is the order in which they are served; `revision` the last change of the date that the customer heard of.
    """

    __tablename__ = "preorder_claim"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="ck_preorder_claim_quantity"),
        CheckConstraint("state IN ('open', 'settled', 'released')", name="ck_preorder_claim_state"),
        UniqueConstraint("key", "sku", name="uq_preorder_claim"),
        Index("ix_preorder_claim_open", "sku", "id", postgresql_where=text("state = 'open'")),
        Index("ix_preorder_claim_order", "order_number"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    key: str
    sku: str
    order_number: str
    quantity: int
    state: str = "open"
    revision: int
    created_at: datetime = Field(sa_column=utc(default_now=True))


class PreorderMovement(SQLModel, table=True):
    """One change of a claim; append-only. Replayed, they give `sold` and what is still waited for."""

    __tablename__ = "preorder_movement"
    __table_args__ = (
        CheckConstraint("kind IN ('claimed', 'settled', 'released')", name="ck_preorder_movement_kind"),
        UniqueConstraint("key", "sku", "kind", name="uq_preorder_movement"),
        Index("ix_preorder_movement_sku", "sku"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    at: datetime = Field(sa_column=utc(default_now=True))
    sku: str
    order_number: str
    kind: str
    sold_delta: int
    waiting_delta: int
    key: str
