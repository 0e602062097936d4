"""Gift cards and store credit: what steps take and give, and how a sum is spread over tenders. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.order.messages import Progress
from models.order.paying import StoredTender
from models.shared.messages import Message


class HoldStoredValue(Message):
    """Hold the order's tenders of stored value, all or none. `now` is UTC, `customer_id` whose order it is."""

    key: str
    order_number: str
    customer_id: str
    currency: str
    tenders: tuple[StoredTender, ...]
    now: datetime
    progress: Progress


class StoredHeld(Message):
    """How much is held, minor units. 0 with `said`: nothing, and why, in words for the customer."""

    held_minor: int = 0
    said: str = ""


class ReleaseStoredValue(Message):
    """The undo of a hold: what the order still holds is free again."""

    key: str
    order_number: str
    progress: Progress


class StoredReleased(Message):
    """How much became free, minor units."""

    released_minor: int = 0


def spread(amount_minor: int, limits: Mapping[str, int], order: Sequence[str]) -> dict[str, int]:
    """An amount over tenders, each up to its limit, in the given order; names that the order does not list come last, by name.

    Raises ValueError when the limits do not carry the amount.
    """
    names = [name for name in order if name in limits]
    names += sorted(name for name in limits if name not in names)
    left, parts = amount_minor, {}
    for name in names:
        part = min(left, limits[name])
        if part > 0:
            parts[name] = part
            left -= part
    if left:
        raise ValueError(f"{amount_minor} is more than the tenders carry")
    return parts
