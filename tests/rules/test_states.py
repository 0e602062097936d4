"""Every axis is sound: each state is reached from the first, an end is reached from each."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest

from models.delivery.states import HANDED_OVER, TRACKING_AXIS, Tracking
from models.intake.states import TASK_AXIS, TaskState
from models.order.states import (
    FULFILMENT_AXIS,
    ORDER_AXIS,
    PAYMENT_AXIS,
    RISK_AXIS,
    FulfilmentState,
    OrderState,
    PaymentState,
    RiskVerdict,
    display_status,
)
from models.settlement.disputes.states import DISPUTE_AXIS, DisputeState
from models.shared.states import Axis, IllegalMoveError

AXES: list[tuple[Axis[Any], type[StrEnum]]] = [
    (ORDER_AXIS, OrderState),
    (PAYMENT_AXIS, PaymentState),
    (FULFILMENT_AXIS, FulfilmentState),
    (RISK_AXIS, RiskVerdict),
    (TRACKING_AXIS, Tracking),
    (DISPUTE_AXIS, DisputeState),
    (TASK_AXIS, TaskState),
]
ENDS = {
    "order": {"closed", "cancelled", "rejected", "undeliverable"},
    "payment": {"voided", "refunded"},
    "fulfilment": {"delivered", "returned", "lost", "released"},
    "risk": {"reject"},
    "tracking": {"delivered", "return_to_sender", "cancelled"},
    "dispute": {"accepted", "won", "lost"},
    "task": {"mended", "dropped"},
}
every_axis: Callable[..., Any] = pytest.mark.parametrize(
    ("axis", "states"), AXES, ids=lambda one: getattr(one, "name", "")
)


def reached(axis: Axis[Any], start: StrEnum) -> set[StrEnum]:
    """Every state that can follow `start`, however far, and itself."""
    seen, todo = {start}, [start]
    while todo:
        fresh = axis.moves[todo.pop()] - seen
        seen |= fresh
        todo += fresh
    return seen


@every_axis
def test_the_table_speaks_of_every_state_and_of_no_other(axis: Axis[Any], states: type[StrEnum]) -> None:
    assert set(axis.moves) == set(states)
    assert {to for moves in axis.moves.values() for to in moves} <= set(states)


@every_axis
def test_every_state_is_reached_from_the_first(axis: Axis[Any], states: type[StrEnum]) -> None:
    assert reached(axis, axis.first) == set(states)


@every_axis
def test_an_end_is_reached_from_every_state(axis: Axis[Any], states: type[StrEnum]) -> None:
    assert [state for state in states if not reached(axis, state) & axis.ends] == []


@every_axis
def test_the_ends_are_those_that_everybody_counts_on(axis: Axis[Any], states: type[StrEnum]) -> None:
    del states
    assert {end.value for end in axis.ends} == ENDS[axis.name]


@every_axis
def test_a_move_is_what_the_table_allows_or_staying(axis: Axis[Any], states: type[StrEnum]) -> None:
    for now in states:
        for to in states:
            if to is now or to in axis.moves[now]:
                assert axis.move(now, to) is to
            else:
                with pytest.raises(IllegalMoveError, match=rf"^{axis.name}: {now.value} → {to.value}$"):
                    axis.move(now, to)


def test_no_axis_lists_staying_as_a_move() -> None:
    assert [(axis.name, state) for axis, _ in AXES for state, to in axis.moves.items() if state in to] == []


def test_once_the_carrier_has_a_parcel_it_is_not_cancelled() -> None:
    assert [state for state in HANDED_OVER if Tracking.CANCELLED in TRACKING_AXIS.moves[state]] == []
    assert set(Tracking) - HANDED_OVER == {Tracking.PENDING, Tracking.CANCELLED, Tracking.UNKNOWN}


@pytest.mark.parametrize(
    ("order", "payment", "holds", "shown"),
    [
        (OrderState.RECEIVED, PaymentState.NONE, 0, "OrderProcessing"),
        (OrderState.RECEIVED, PaymentState.NONE, 1, "OrderProblem"),
        (OrderState.RECEIVED, PaymentState.DECLINED, 1, "OrderProblem"),
        (OrderState.RECEIVED, PaymentState.DECLINED, 0, "OrderPaymentDue"),
        (OrderState.CONFIRMED, PaymentState.PENDING, 0, "OrderPaymentDue"),
        (OrderState.CONFIRMED, PaymentState.AUTHORISED, 0, "OrderProcessing"),
        (OrderState.DISPATCHED, PaymentState.AUTHORISED, 1, "OrderInTransit"),
        (OrderState.DELIVERED, PaymentState.CAPTURED, 0, "OrderDelivered"),
        (OrderState.CLOSED, PaymentState.REFUNDED, 0, "OrderDelivered"),
        (OrderState.CANCELLED, PaymentState.VOIDED, 0, "OrderCancelled"),
        (OrderState.REJECTED, PaymentState.VOIDED, 0, "OrderCancelled"),
        (OrderState.UNDELIVERABLE, PaymentState.VOIDED, 0, "OrderReturned"),
    ],
)
def test_a_storefront_shows_the_status_of_schema_org(
    order: OrderState, payment: PaymentState, holds: int, shown: str
) -> None:
    assert display_status(order, payment, holds) == shown
