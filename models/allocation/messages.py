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
    """When stock was found short: which lines were looked for, how many arrivals of stock were heard of before, and until when
    the order may wait (UTC)."""

    lines: tuple[int, ...]
    arrivals: int
    due_at: datetime | None = None


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

    @property
    def next_key(self) -> str:
        """What the effects of its rest are keyed by."""
        return f"{self.cause}+{self.rest + 1}"


class Sourced(Message):
    """Reserved parts that have no parcel yet; `key`: of the sourcing that reserved them."""

    cause: str
    parts: tuple[Part, ...]
    key: str = ""


class Short(Message):
    """What is missing: pieces of a SKU over all warehouses."""

    sku: str
    missing: int


# What an order is sourced for at first; any other cause is the parcel that is replaced.
FIRST_CAUSE = "order"


class Reserve(Message):
    """Reserve all of it or none. `now` is the workflow's time (UTC), `transit_days` by zone, for promise dates.

    `cause` as in `Sourcing`: only an order's first sourcing may claim pieces of a preorder, and a `rest` of it no more.
    `rest_key`: set when held lines are left out; their claims go on under it.
    """

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
    cause: str = FIRST_CAUSE
    rest: bool = False
    rest_key: str = ""


class Allocation(Message):
    """`parts` when everything is reserved, else `short`. `promised_by` is the date told to the customer (UTC).

    `ships_from`: when the last of its preordered goods are expected (UTC). `sold_out`: SKUs whose preorder has too few pieces
    left; then nothing is claimed, and the order cannot wait.
    """

    parts: tuple[Part, ...] = ()
    short: tuple[Short, ...] = ()
    promised_by: datetime | None = None
    explained: str = ""
    ships_from: datetime | None = None
    sold_out: tuple[str, ...] = ()


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
    """Orders that wait for the SKU and should try again: those with a claim in their order, then by priority and age."""

    on_hand: int
    waiting_orders: tuple[str, ...] = ()


class StockArrived(Message):
    """Tells a waiting order to try again."""

    request_id: str
    sku: str


class StockCandidate(Message):
    """What one warehouse could give of one SKU; distance in kilometres.

    `ready_at`: when its goods would be handed to the carrier (UTC). `spoken_for`: pieces of the SKU, over all warehouses, that
    orders with an earlier claim wait for; `claimed`: this order has an open claim of it.
    """

    warehouse: str
    sku: str
    available: int
    distance_km: float
    country: str
    ready_at: datetime | None = None
    spoken_for: int = 0
    claimed: bool = False


class Moved(Message):
    """How many pieces a stock step moved, and which orders wait for what came free: they should try again."""

    pieces: int
    waiting_orders: tuple[str, ...] = ()
