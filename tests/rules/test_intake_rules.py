"""What kind of order it is, and who is served first."""

from __future__ import annotations

import pytest

from models.intake.rules import classify, prioritise
from models.order.messages import Order, OrderClass, Service
from models.order.policy import ReviewPolicy
from tests.rules.order_bodies import good_body, read

POLICY = ReviewPolicy()
WHOLE = read(good_body())
PLAIN = WHOLE.model_copy(update={"lines": WHOLE.lines[:1]})
LARGE = {"total_minor": 100_000}
EXPRESS = {"service": Service.EXPRESS}
GROUP = {"group_buy": "spring"}


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (PLAIN, OrderClass.ORDINARY),
        (WHOLE, OrderClass.SPECIAL),
        (PLAIN.model_copy(update=GROUP), OrderClass.GROUP_BUY),
        (PLAIN.model_copy(update=EXPRESS), OrderClass.URGENT),
        (PLAIN.model_copy(update=LARGE), OrderClass.LARGE),
        (PLAIN.model_copy(update={"total_minor": 99_999}), OrderClass.ORDINARY),
        (
            PLAIN.model_copy(update={"lines": (PLAIN.lines[0].model_copy(update={"quantity": 50}),)}),
            OrderClass.LARGE,
        ),
        (PLAIN.model_copy(update=EXPRESS | GROUP), OrderClass.URGENT),
        (PLAIN.model_copy(update=LARGE | EXPRESS | GROUP), OrderClass.LARGE),
        (WHOLE.model_copy(update=LARGE | EXPRESS | GROUP), OrderClass.SPECIAL),
    ],
)
def test_the_first_class_that_fits_is_the_orders(order: Order, kind: OrderClass) -> None:
    assert classify(order, POLICY) is kind


@pytest.mark.parametrize(
    ("kind", "priority"),
    [
        (OrderClass.URGENT, 1),
        (OrderClass.SPECIAL, 2),
        (OrderClass.LARGE, 2),
        (OrderClass.ORDINARY, 3),
        (OrderClass.GROUP_BUY, 4),
    ],
)
def test_each_class_has_its_priority_and_express_is_always_first(kind: OrderClass, priority: int) -> None:
    assert prioritise(PLAIN, kind) == priority
    assert prioritise(PLAIN.model_copy(update=EXPRESS), kind) == 1
