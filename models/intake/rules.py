"""Classify and prioritise (M1.2). Pure: frozen values in, a decision out."""

from datetime import datetime, timedelta

from models.order.messages import Acceptance, Order, OrderClass, Service, Verdict
from models.order.policy import Policy, ReviewPolicy

# Temporal priority keys: 1 is served first, 5 last.
_PRIORITY = {
    OrderClass.URGENT: 1,
    OrderClass.SPECIAL: 2,
    OrderClass.LARGE: 2,
    OrderClass.ORDINARY: 3,
    OrderClass.GROUP_BUY: 4,
}


def classify(order: Order, policy: ReviewPolicy) -> OrderClass:
    """The kind of an order; special goods and size decide who must look, so they come before urgency."""
    if any(line.special_goods for line in order.lines):
        return OrderClass.SPECIAL
    if order.total_minor >= policy.large_minor(order.currency) or order.pieces >= policy.many_pieces:
        return OrderClass.LARGE
    if order.service is Service.EXPRESS:
        return OrderClass.URGENT
    if order.group_buy:
        return OrderClass.GROUP_BUY
    return OrderClass.ORDINARY


def prioritise(order: Order, order_class: OrderClass) -> int:
    """Temporal's priority key, 1 (first) to 5; an urgent order keeps its urgency whatever its class."""
    if order.service is Service.EXPRESS:
        return _PRIORITY[OrderClass.URGENT]
    return _PRIORITY[order_class]


def accept(order: Order, policy: Policy, now: datetime, ships_from: datetime | None = None) -> Acceptance:
    """What the storefront is told of an order that is taken at `now` (UTC).

    `ships_from`: when the last of its goods that are sold as a preorder, and are not there, are expected.
    """
    order_class = classify(order, policy.review)
    begins = max(now, ships_from) if ships_from else now
    return Acceptance(
        verdict=Verdict.ACCEPTED,
        order_number=order.order_number,
        order_class=order_class,
        priority=prioritise(order, order_class),
        promised_by=begins + timedelta(days=policy.allocation.expected_days),
    )
