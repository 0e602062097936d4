"""What the Olist files say, as frozen values. Money is cents of BRL; times have no zone there and are read as UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """How an order ended in the record, or where it stood when the record was cut."""

    CREATED = "created"
    APPROVED = "approved"
    INVOICED = "invoiced"
    PROCESSING = "processing"
    UNAVAILABLE = "unavailable"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Customer:
    """A person, whose orders share `unique_id`; `postcode_prefix` has five digits, `state` two letters."""

    unique_id: str
    postcode_prefix: str
    city: str
    state: str


@dataclass(frozen=True)
class Item:
    """One piece."""

    product_id: str
    seller_id: str
    price_minor: int
    freight_minor: int


@dataclass(frozen=True)
class Paid:
    """One payment; an order may have several."""

    method: str
    installments: int
    amount_minor: int


@dataclass(frozen=True)
class Record:
    """One order with all that hangs on it; items and payments in their recorded order."""

    order_id: str
    status: Status
    customer: Customer
    purchased_at: datetime
    approved_at: datetime | None
    handed_over_at: datetime | None
    delivered_at: datetime | None
    estimated_at: datetime | None
    items: tuple[Item, ...]
    payments: tuple[Paid, ...]

    @property
    def sold_minor(self) -> int:
        """Price and freight of all items."""
        return sum(item.price_minor + item.freight_minor for item in self.items)

    @property
    def paid_minor(self) -> int:
        """All payments together."""
        return sum(one.amount_minor for one in self.payments)


@dataclass(frozen=True)
class Product:
    """A product; the record knows no name and no list price of it."""

    product_id: str
    category: str
    weight_g: int


@dataclass(frozen=True)
class Seller:
    """A merchant of the marketplace."""

    seller_id: str
    postcode_prefix: str


@dataclass(frozen=True)
class Point:
    """One of several positions of a postcode prefix, in degrees."""

    postcode_prefix: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Olist:
    """Everything that was read, orders in order of purchase."""

    orders: tuple[Record, ...]
    products: dict[str, Product]
    sellers: dict[str, Seller]
    points: tuple[Point, ...]
