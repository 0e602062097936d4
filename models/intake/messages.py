"""What intake's steps take and give."""

from datetime import datetime

from models.order.credit import CreditStanding
from models.order.messages import CustomerHistory, Order, OrderClass, Progress
from models.order.policy import Policy
from models.shared.messages import Message


class RecordOrder(Message):
    """Write the order down, with its first fact and the notice that it was received.

    `first_run_id` is Temporal's id of the first run of the order's workflow, `now` its time (UTC).
    """

    key: str
    first_run_id: str
    order: Order
    progress: Progress
    now: datetime


class Recorded(Message):
    """What intake learned while writing.

    `first_run_id` of another run: the number was used before, long ago; `duplicate_source`: the channel's source id already belongs to another order, nothing was written.
    `promised_by` (UTC) is what the storefront is told; `possible_duplicate_of`: same customer and same goods within a day, empty when none.
    `credit`: how the order stands to the customer's credit account; None: there is none.
    """

    first_run_id: str = ""
    history: CustomerHistory = CustomerHistory()
    policy: Policy = Policy()
    order_class: OrderClass = OrderClass.ORDINARY
    priority: int = 3
    promised_by: datetime | None = None
    duplicate_source: bool = False
    possible_duplicate_of: str = ""
    credit: CreditStanding | None = None
