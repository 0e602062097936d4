"""What delivery's steps take and give."""

from datetime import datetime
from enum import StrEnum

from models.delivery.states import Tracking
from models.order.messages import Address, Progress, Service
from models.order.policy import DeliveryPolicy
from models.shared.messages import Message


class Quote(Message):
    """What one carrier service asks. Minor units of the rate sheet's currency; days door to door."""

    carrier: str
    service: str
    price_minor: int
    days: int


class CarrierChoice(Message):
    """The chosen quote, those that lost, and why."""

    chosen: Quote
    options: tuple[Quote, ...]
    explained: str


class BookParcel(Message):
    """Choose a carrier and buy one label. Weight in grams, value in minor units."""

    key: str
    order_number: str
    parcel_id: str
    warehouse: str
    ship_to: Address
    recipient: str
    weight_g: int
    value_minor: int
    currency: str
    service: Service
    valuable: bool
    policy: DeliveryPolicy
    progress: Progress


class Booked(Message):
    """`tracking_number` empty: no carrier takes the parcel, `explained` says why."""

    carrier: str = ""
    service: str = ""
    tracking_number: str = ""
    label: str = ""
    price_minor: int = 0
    explained: str = ""


class VoidLabel(Message):
    """Undo a booking."""

    key: str
    order_number: str
    parcel_id: str
    carrier: str
    tracking_number: str
    progress: Progress


class LabelVoided(Message):
    """`done` false: the carrier has the parcel already."""

    done: bool
    said: str = ""


class News(StrEnum):
    """What about a parcel changes what the order does next."""

    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    LOST = "lost"
    RETURNED = "returned"


class ParcelNews(Message):
    """The carrier's news. `signed`: the recipient confirmed receipt. `request_id` is the carrier's event id."""

    request_id: str
    parcel_id: str
    news: News
    signed: bool = False
    at: datetime | None = None


class TrackingEvent(Message):
    """One event of a carrier in our words; `incident` names what went wrong (`carrier_parcel_lost`, …)."""

    event_id: str
    carrier: str
    tracking_number: str
    status: Tracking
    occurred_at: datetime
    incident: str = ""
    signed: bool = False
    raw_code: str = ""
    place: str = ""
