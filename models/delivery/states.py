"""The parcel's axis: twelve carrier-neutral tracking statuses."""

from enum import StrEnum

from models.shared.states import Axis


class Tracking(StrEnum):
    """Carrier-neutral tracking status; `unknown` is counted, never dropped."""

    PENDING = "pending"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    DELIVERY_DELAYED = "delivery_delayed"
    DELIVERY_FAILED = "delivery_failed"
    ON_HOLD = "on_hold"
    RETURN_TO_SENDER = "return_to_sender"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


_T = Tracking
_MOVING = frozenset(
    {
        _T.PICKED_UP, _T.IN_TRANSIT, _T.OUT_FOR_DELIVERY, _T.READY_FOR_PICKUP, _T.DELIVERED,
        _T.DELIVERY_DELAYED, _T.DELIVERY_FAILED, _T.ON_HOLD, _T.RETURN_TO_SENDER, _T.UNKNOWN,
    }
)  # fmt: skip

TRACKING_AXIS = Axis(
    "tracking",
    _T.PENDING,
    {
        _T.PENDING: _MOVING | {_T.CANCELLED},
        **{state: _MOVING - {state} for state in _MOVING - {_T.DELIVERED, _T.RETURN_TO_SENDER}},
        _T.DELIVERED: frozenset(),
        _T.RETURN_TO_SENDER: frozenset(),
        _T.CANCELLED: frozenset(),
    },
)

# The carrier has it: from here on there is no undo but a return.
HANDED_OVER = frozenset(_MOVING - {_T.UNKNOWN})
