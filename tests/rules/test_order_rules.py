"""What may be said to an order, and when: one answer for signals and updates alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from models.order import rules
from models.order.messages import Attend, Decision, Hold, PayAgain, Release, Resolve, Want
from models.order.rules import bench_objection
from models.order.run_state import SEEN_LIMIT, OrderRun, ParcelRun
from models.order.states import FulfilmentState, OrderState, Outcome, PaymentState
from models.order.waits import WAITS, WaitingFor
from models.preparation.messages import BenchStep, BenchWork, ParcelPlan
from models.shared.states import IllegalMoveError

P1 = "DE-1-P1"
PICK, CHECK, PACK, LABEL = BenchStep
PEOPLE = Decision(by="ana")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def parcel(**changes: Any) -> ParcelRun:
    """Two mugs and a pan."""
    wants = (Want(line_no=1, sku="MUG", quantity=2), Want(line_no=2, sku="PAN", quantity=1))
    plan = ParcelPlan(parcel_id=P1, warehouse="BER", wants=wants, weight_g=900, value_minor=5_900)
    return ParcelRun(plan=plan, **changes)


def objection(order: OrderRun, verb: str, message: Decision) -> str:
    return rules.objection(order, verb, message, NOW)


def run(**changes: Any) -> OrderRun:
    return OrderRun(parcels={P1: parcel()}, **changes)


def gone(**changes: Any) -> OrderRun:
    return OrderRun(parcels={P1: parcel(handed_over=True)}, order_state=OrderState.DISPATCHED, **changes)


@pytest.mark.parametrize(
    "verb", ["approve", "hold", "release", "reject", "cancel", "pay_again", "confirm_receipt"]
)
@pytest.mark.parametrize(
    "state", [OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED, OrderState.UNDELIVERABLE]
)
def test_nothing_is_said_to_an_order_that_has_ended(verb: str, state: OrderState) -> None:
    assert objection(run(order_state=state), verb, PEOPLE) == f"the order is {state.value}"


@pytest.mark.parametrize("verb", ["approve", "hold", "release", "reject", "cancel"])
def test_an_order_that_is_ending_is_left_to_end(verb: str) -> None:
    assert objection(run(ending=Outcome.CANCELLED), verb, PEOPLE) == "the order is being cancelled"


def test_an_operator_may_help_an_order_that_is_ending() -> None:
    stuck = run(ending=Outcome.CANCELLED, waiting_for=WaitingFor.ATTENTION)
    assert objection(stuck, "attend", Attend(action="retry")) == ""


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("approve", "the order passed review already"),
        ("reject", "the order passed review already: cancel it instead"),
        ("hold", ""),
        ("cancel", ""),
        ("release", ""),
    ],
)
def test_once_the_money_is_held_review_is_over(verb: str, said: str) -> None:
    assert objection(run(money_held=True), verb, PEOPLE) == said


@pytest.mark.parametrize("verb", ["approve", "hold", "release", "reject", "cancel"])
def test_before_that_a_reviewer_may_do_anything(verb: str) -> None:
    assert objection(run(), verb, PEOPLE) == ""


@pytest.mark.parametrize("verb", ["hold", "cancel", "reject"])
def test_what_the_carrier_has_is_no_longer_stopped(verb: str) -> None:
    said = "the carrier has the parcel: it can be returned, no longer stopped"
    assert objection(gone(), verb, Hold(by="ana")) == said


def test_a_hold_can_be_released_whatever_the_carrier_has() -> None:
    assert objection(gone(), "release", Release(by="ana")) == ""


@pytest.mark.parametrize(
    ("order", "action", "said"),
    [
        (run(), "retry", "no step waits for an operator"),
        (run(waiting_for=WaitingFor.STOCK), "retry", "no step waits for an operator"),
        (run(waiting_for=WaitingFor.ATTENTION), "retry", ""),
        (run(waiting_for=WaitingFor.ATTENTION), "abort", ""),
        (run(waiting_for=WaitingFor.ATTENTION), "sleep", "action is retry, skip or abort, not 'sleep'"),
        (
            run(waiting_for=WaitingFor.ATTENTION, attention_step="capture"),
            "skip",
            "step capture cannot be skipped: retry or abort",
        ),
        (run(waiting_for=WaitingFor.ATTENTION, can_skip=True), "skip", ""),
        (
            gone(waiting_for=WaitingFor.ATTENTION),
            "abort",
            "the carrier has the parcel: retry, or skip where offered",
        ),
        (gone(waiting_for=WaitingFor.ATTENTION), "retry", ""),
    ],
)
def test_an_operator_may_do_what_the_step_allows(order: OrderRun, action: str, said: str) -> None:
    assert objection(order, "attend", Attend(action=action)) == said


@pytest.mark.parametrize(
    ("waiting_for", "resolution", "said"),
    [
        (WaitingFor.DELIVERY, "refund", "no parcel waits for a decision"),
        (WaitingFor.PARCEL_DECISION, "refund", ""),
        (WaitingFor.PARCEL_DECISION, "reship", ""),
        (WaitingFor.PARCEL_DECISION, "shrug", "resolution is reship or refund, not 'shrug'"),
    ],
)
def test_care_decides_only_on_a_parcel_that_waits_for_it(
    waiting_for: WaitingFor, resolution: str, said: str
) -> None:
    assert objection(gone(waiting_for=waiting_for), "resolve", Resolve(resolution=resolution)) == said


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        (PaymentState.DECLINED, ""),
        (PaymentState.NONE, "payment is none, not declined"),
        (PaymentState.PENDING, "payment is pending, not declined"),
        (PaymentState.AUTHORISED, "payment is authorised, not declined"),
    ],
)
def test_another_payment_is_taken_only_after_a_declined_one(payment: PaymentState, said: str) -> None:
    assert objection(run(payment_state=payment), "pay_again", PayAgain(token="t")) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [(OrderState.DELIVERED, ""), (OrderState.DISPATCHED, "the order is dispatched, not delivered")],
)
def test_receipt_is_confirmed_of_what_was_delivered(state: OrderState, said: str) -> None:
    assert objection(run(order_state=state), "confirm_receipt", PEOPLE) == said


@pytest.mark.parametrize(
    ("done", "steps", "said"),
    [
        ([], (PICK,), ""),
        ([], (PICK, CHECK, PACK, LABEL), ""),
        ([PICK, CHECK], (PACK, LABEL), ""),
        ([], (CHECK,), "next at the bench: pick, check, pack, label"),
        ([PICK], (PICK,), "next at the bench: check, pack, label"),
        ([PICK], (CHECK, LABEL), "next at the bench: check, pack, label"),
        ([], (), "next at the bench: pick, check, pack, label"),
        ([PICK, CHECK, PACK, LABEL], (LABEL,), "next at the bench: nothing"),
    ],
)
def test_the_bench_works_in_order_each_step_once(
    done: list[BenchStep], steps: tuple[BenchStep, ...], said: str
) -> None:
    order = OrderRun(parcels={P1: parcel(steps=done)})
    assert bench_objection(order, BenchWork(parcel_id=P1, steps=steps)) == said


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (OrderRun(), "no parcel 'DE-1-P1' in this order: none yet"),
        (OrderRun(parcels={"DE-1-P2": parcel()}), "no parcel 'DE-1-P1' in this order: DE-1-P2"),
        (OrderRun(parcels={P1: parcel(end="cancelled")}), "parcel DE-1-P1 is cancelled"),
        (OrderRun(parcels={P1: parcel(handed_over=True)}), "parcel DE-1-P1 is with the carrier"),
        (run(ending=Outcome.UNPAID), "the order is being unpaid"),
    ],
)
def test_the_bench_keeps_its_hands_off(order: OrderRun, said: str) -> None:
    assert bench_objection(order, BenchWork(parcel_id=P1, steps=(PICK,))) == said


@pytest.mark.parametrize(
    ("sku", "missing", "said"),
    [
        ("MUG", 1, ""),
        ("MUG", 2, ""),
        ("MUG", 3, "missing must be 1 to 2 pieces of a SKU of the parcel"),
        ("MUG", 0, "missing must be 1 to 2 pieces of a SKU of the parcel"),
        ("CUP", 1, "missing must be 1 to 0 pieces of a SKU of the parcel"),
    ],
)
def test_only_what_is_in_the_parcel_can_be_missing(sku: str, missing: int, said: str) -> None:
    assert bench_objection(run(), BenchWork(parcel_id=P1, missing_sku=sku, missing=missing)) == said


def test_nothing_is_missing_of_a_parcel_that_has_its_label() -> None:
    order = OrderRun(parcels={P1: parcel(tracking_number="N1")})
    work = BenchWork(parcel_id=P1, missing_sku="MUG", missing=1)
    assert bench_objection(order, work) == "the parcel is labelled already"


def test_a_request_id_counts_once_and_no_id_always() -> None:
    order = OrderRun()
    assert [order.first_time(name) for name in ("a", "a", "b", "", "")] == [True, False, True, True, True]


def test_the_request_ids_that_are_remembered_are_bounded() -> None:
    order = OrderRun()
    assert all(order.first_time(str(n)) for n in range(SEEN_LIMIT + 1))
    assert (len(order.seen), order.first_time("1"), order.first_time("0")) == (SEEN_LIMIT, False, True)


def test_steps_that_run_again_get_the_next_version() -> None:
    order = OrderRun()
    assert [order.version(step) for step in ("a", "a", "b", "a")] == [1, 2, 1, 3]


def test_an_order_moves_on_its_axes_or_not_at_all() -> None:
    order = OrderRun()
    order.move(
        order=OrderState.CONFIRMED, payment=PaymentState.AUTHORISED, fulfilment=FulfilmentState.RESERVED
    )
    assert (order.order_state, order.payment_state) == (OrderState.CONFIRMED, PaymentState.AUTHORISED)
    with pytest.raises(IllegalMoveError, match=r"^payment: authorised → pending$"):
        order.move(payment=PaymentState.PENDING)
    assert order.payment_state is PaymentState.AUTHORISED


def test_every_wait_says_who_can_end_it_and_where_its_runbook_is() -> None:
    assert list(WAITS) == list(WaitingFor)
    assert [wait for wait in WAITS.values() if not (wait.what and wait.who)] == []
    assert WAITS[WaitingFor.STOCK].runbook(WaitingFor.STOCK) == "docs/runbooks/stock.md"
    # Only the return window is waited for by nobody.
    assert [name for name, wait in WAITS.items() if not wait.how] == [WaitingFor.RETURN_WINDOW]
