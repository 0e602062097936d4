"""The axes of an order: order, payment, fulfilment, risk, holds. Never one mega-status.

The parcel's own axis is in `models.delivery.states`. `docs/reference/states.md` draws all of them.
"""

from enum import StrEnum

from models.shared.states import Axis


class Stage(StrEnum):
    """The nine rooms, in the order of an order's life."""

    INTAKE = "intake"
    REVIEW = "review"
    ALLOCATION = "allocation"
    PREPARATION = "preparation"
    DELIVERY = "delivery"
    CARE = "care"
    SETTLEMENT = "settlement"
    RETURNS = "returns"
    INSIGHT = "insight"


class OrderState(StrEnum):
    """Where the order as a whole stands."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNDELIVERABLE = "undeliverable"


class PaymentState(StrEnum):
    """Where the money stands. `pending`: the customer still has to pay (bank slip, transfer); `expired`: it was held for too long."""

    NONE = "none"
    PENDING = "pending"
    DECLINED = "declined"
    AUTHORISED = "authorised"
    EXPIRED = "expired"
    CAPTURED = "captured"
    VOIDED = "voided"
    REFUNDED = "refunded"


class FulfilmentState(StrEnum):
    """Where the goods stand."""

    UNALLOCATED = "unallocated"
    SHORT = "short"
    RESERVED = "reserved"
    LABELLED = "labelled"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"
    RELEASED = "released"


class RiskVerdict(StrEnum):
    """What the risk rules say."""

    PENDING = "pending"
    ACCEPT = "accept"
    HOLD = "hold"
    REJECT = "reject"


class HoldReason(StrEnum):
    """Why an order, or some of its lines, may not go on (Shopify's fulfilment hold reasons, and our rules')."""

    RISK = "high_risk_of_fraud"
    LARGE_ORDER = "large_order"
    SPECIAL_GOODS = "special_goods"
    AMOUNT_MISMATCH = "amount_mismatch"
    PRICE_DIFFERS = "price_differs"
    ADDRESS_CONFLICT = "incorrect_address"
    POOR_CREDIT = "poor_credit"
    CREDIT_LIMIT = "credit_limit"
    DUPLICATE = "possible_duplicate"
    OUT_OF_STOCK = "inventory_out_of_stock"
    UNKNOWN_DELIVERY_DATE = "unknown_delivery_date"
    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_RETURN_ITEMS = "awaiting_return_items"
    BY_PERSON = "other"


class Outcome(StrEnum):
    """How an order ended. `unpaid`: never sent; `written_off`: delivered, and never paid."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNPAID = "unpaid"
    WRITTEN_OFF = "written_off"
    RETURNED_TO_SENDER = "returned_to_sender"
    LOST = "lost"


_O, _P, _F, _R = OrderState, PaymentState, FulfilmentState, RiskVerdict

ORDER_AXIS = Axis(
    "order",
    _O.RECEIVED,
    {
        _O.RECEIVED: frozenset({_O.CONFIRMED, _O.CANCELLED, _O.REJECTED}),
        _O.CONFIRMED: frozenset({_O.DISPATCHED, _O.CANCELLED, _O.REJECTED}),
        _O.DISPATCHED: frozenset({_O.DELIVERED, _O.UNDELIVERABLE, _O.CANCELLED}),
        _O.DELIVERED: frozenset({_O.CLOSED, _O.CANCELLED}),
        _O.CLOSED: frozenset(),
        _O.CANCELLED: frozenset(),
        _O.REJECTED: frozenset(),
        _O.UNDELIVERABLE: frozenset(),
    },
)

PAYMENT_AXIS = Axis(
    "payment",
    _P.NONE,
    {
        # To refunded before anything is captured: a deposit goes back.
        _P.NONE: frozenset({_P.PENDING, _P.DECLINED, _P.AUTHORISED, _P.VOIDED, _P.REFUNDED}),
        _P.PENDING: frozenset({_P.AUTHORISED, _P.DECLINED, _P.VOIDED, _P.REFUNDED}),
        _P.DECLINED: frozenset({_P.AUTHORISED, _P.PENDING, _P.VOIDED, _P.REFUNDED}),
        _P.AUTHORISED: frozenset({_P.CAPTURED, _P.VOIDED, _P.EXPIRED, _P.REFUNDED}),
        _P.EXPIRED: frozenset({_P.AUTHORISED, _P.PENDING, _P.DECLINED, _P.VOIDED, _P.REFUNDED}),
        _P.CAPTURED: frozenset({_P.REFUNDED}),
        _P.VOIDED: frozenset(),
        _P.REFUNDED: frozenset(),
    },
)

FULFILMENT_AXIS = Axis(
    "fulfilment",
    _F.UNALLOCATED,
    {
        _F.UNALLOCATED: frozenset({_F.SHORT, _F.RESERVED, _F.RELEASED}),
        _F.SHORT: frozenset({_F.RESERVED, _F.RELEASED}),
        _F.RESERVED: frozenset({_F.LABELLED, _F.RELEASED, _F.SHORT, _F.DISPATCHED}),
        _F.LABELLED: frozenset({_F.DISPATCHED, _F.RELEASED, _F.RESERVED}),
        # Back to reserved or short: a lost parcel is sent again.
        _F.DISPATCHED: frozenset({_F.DELIVERED, _F.RETURNED, _F.LOST, _F.RESERVED, _F.SHORT}),
        _F.DELIVERED: frozenset(),
        _F.RETURNED: frozenset(),
        _F.LOST: frozenset(),
        _F.RELEASED: frozenset(),
    },
)

RISK_AXIS = Axis(
    "risk",
    _R.PENDING,
    {
        _R.PENDING: frozenset({_R.ACCEPT, _R.HOLD, _R.REJECT}),
        _R.HOLD: frozenset({_R.ACCEPT, _R.REJECT}),
        _R.ACCEPT: frozenset({_R.HOLD}),
        _R.REJECT: frozenset(),
    },
)

# schema.org OrderStatus, for display.
_DISPLAY = {
    _O.RECEIVED: "OrderProcessing",
    _O.CONFIRMED: "OrderProcessing",
    _O.DISPATCHED: "OrderInTransit",
    _O.DELIVERED: "OrderDelivered",
    _O.CLOSED: "OrderDelivered",
    _O.CANCELLED: "OrderCancelled",
    _O.REJECTED: "OrderCancelled",
    _O.UNDELIVERABLE: "OrderReturned",
}


def display_status(order: OrderState, payment: PaymentState, holds: int) -> str:
    """The schema.org `OrderStatus` that a storefront shows."""
    if order in (OrderState.RECEIVED, OrderState.CONFIRMED):
        if holds:
            return "OrderProblem"
        if payment in (PaymentState.PENDING, PaymentState.DECLINED, PaymentState.EXPIRED):
            return "OrderPaymentDue"
    return _DISPLAY[order]
