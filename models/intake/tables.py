"""The catalogue that intake checks an order against, orders that were taken while the engine did not answer, faulty bodies, drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.order.tables import utc


class Product(SQLModel, table=True):
    """What can be ordered. `list_price_minor` in `list_currency` is None where no list price is known."""

    __tablename__ = "product"
    __table_args__ = (CheckConstraint("weight_g >= 0", name="ck_product_weight"),)

    sku: str = Field(primary_key=True)
    title: str
    merchant_id: str
    category: str = ""
    weight_g: int = 0
    special_goods: bool = False
    list_price_minor: int | None = Field(default=None, sa_type=BigInteger)
    list_currency: str = ""


class TakenOrder(SQLModel, table=True):
    """An order that the door took before its workflow answered, with the answer it gave: `waiting` until the workflow has
    recorded the order (then the row goes), `dead` when no workflow will."""

    __tablename__ = "taken_order"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'dead')", name="ck_taken_order_state"),
        Index("ix_taken_order_number", "order_number"),
        Index("ix_taken_order_open", "next_at", postgresql_where=text("state = 'waiting'")),
    )

    channel: str = Field(primary_key=True)
    source_id: str = Field(primary_key=True)
    order_number: str
    fingerprint: str
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    answer: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = "waiting"
    attempts: int = 0
    error: str = ""
    taken_at: datetime = Field(sa_column=utc(default_now=True))
    next_at: datetime = Field(sa_column=utc())


class IntakeTask(SQLModel, table=True):
    """A faulty body that customer service mends: `open` until it is `mended`, an order with a number, or `dropped`.

    `body` as it came, `body_now` as it stands; `version` counts every change; of a channel's source id only one stands.
    """

    __tablename__ = "intake_task"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'mended', 'dropped')", name="ck_intake_task_state"),
        CheckConstraint("(state = 'mended') = (order_number <> '')", name="ck_intake_task_order"),
        Index(
            "uq_intake_task_source",
            "channel",
            "source_id",
            unique=True,
            postgresql_where=text("state <> 'dropped'"),
        ),
        Index("ix_intake_task_open", "created_at", "id", postgresql_where=text("state = 'open'")),
    )

    id: str = Field(primary_key=True)
    channel: str
    source_id: str
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    body_now: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    problems: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    reach: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = "open"
    owner: str = ""
    why: str = ""
    order_number: str = ""
    version: int = 1
    created_at: datetime = Field(sa_column=utc(default_now=True))
    updated_at: datetime = Field(sa_column=utc(default_now=True))
    history: list[Any] = Field(sa_column=Column(JSONB, nullable=False))


class OrderDraft(SQLModel, table=True):
    """A body that is still written, until it is confirmed as an order (then with the answer) or expires.

    `fingerprint` of the first body; `version` counts every change.
    """

    __tablename__ = "order_draft"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (order_number = '')", name="ck_order_draft_order"),
        Index("ix_order_draft_expires", "expires_at", postgresql_where=text("answer IS NULL")),
    )

    id: str = Field(primary_key=True)
    fingerprint: str
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    version: int = 1
    order_number: str = ""
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    created_at: datetime = Field(sa_column=utc(default_now=True))
    updated_at: datetime = Field(sa_column=utc(default_now=True))
    expires_at: datetime = Field(sa_column=utc())
