"""What allocation's steps take and give."""

from datetime import datetime

from models.order.messages import Progress, Want
from models.order.policy import AllocationPolicy
from models.shared.messages import Message


class Destination(Message):
    """Where the goods go: enough to measure distance, no personal data."""

    country: str
    postcode: str = ""
    region: str = ""


class Part(Message):
    """What one warehouse sends; it becomes a parcel."""

    warehouse: str
    wants: tuple[Want, ...]


class Tried(Message):
    """When stock was found short: which lines were looked for, and how many arrivals of stock were heard of before."""

    lines: tuple[int, ...]
    arrivals: int


class Sourcing(Message):
    """What is to be sourced together. `cause` tells it apart in this order for ever: `order`, or the parcel that it replaces.

    `rest` counts what was reserved for the cause before: then these are the lines that a hold left out of it.
    """

    cause: str
    wants: tuple[Want, ...]
    excluded: tuple[str, ...] = ()
    rest: int = 0
    tried: Tried | None = None

    @property
    def key(self) -> str:
        """What its effects are keyed by."""
        return f"{self.cause}+{self.rest}" if self.rest else self.cause


class Sourced(Message):
    """Reserved parts that have no parcel yet; `key`: of the sourcing that reserved them."""

    cause: str
    parts: tuple[Part, ...]
    key: str = ""


class Short(Message):
    """What is missing: pieces of a SKU over all warehouses."""

    sku: str
    missing: int


class Reserve(Message):
    """Reserve all of it or none. `now` is the workflow's time (UTC), `transit_days` by zone, for promise dates."""

    key: str
    order_number: str
    wants: tuple[Want, ...]
    destination: Destination
    now: datetime
    policy: AllocationPolicy
    transit_days: dict[str, int]
    progress: Progress
    waiting_progress: Progress
    excluded: tuple[str, ...] = ()


class Allocation(Message):
    """`parts` when everything is reserved, else `short`. `promised_by` is the date told to the customer (UTC)."""

    parts: tuple[Part, ...] = ()
    short: tuple[Short, ...] = ()
    promised_by: datetime | None = None
    explained: str = ""


class ReleaseStock(Message):
    """Give back what is still reserved; empty `wants` means the whole order's."""

    key: str
    order_number: str
    why: str
    progress: Progress
    warehouse: str = ""
    wants: tuple[Want, ...] = ()


class CommitStock(Message):
    """The goods left the warehouse: on hand and reserved both fall."""

    key: str
    order_number: str
    parcel_id: str
    warehouse: str
    wants: tuple[Want, ...]
    progress: Progress


class Restock(Message):
    """Goods come back, or are found missing: `delta` pieces by kind (`returned`, `lost`)."""

    key: str
    order_number: str
    parcel_id: str
    warehouse: str
    wants: tuple[Want, ...]
    kind: str
    progress: Progress


class StockReceipt(Message):
    """Goods from a supplier. `receipt_id` makes a repeat harmless."""

    receipt_id: str
    warehouse: str
    sku: str
    quantity: int
    by: str = "purchasing"


class Received(Message):
    """Orders that wait for the SKU and should try again, oldest first."""

    on_hand: int
    waiting_orders: tuple[str, ...] = ()


class StockArrived(Message):
    """Tells a waiting order to try again."""

    request_id: str
    sku: str


class StockCandidate(Message):
    """What one warehouse could give of one SKU; distance in kilometres."""

    warehouse: str
    sku: str
    available: int
    distance_km: float
    country: str


class Moved(Message):
    """How many pieces a stock step moved."""

    pieces: int
