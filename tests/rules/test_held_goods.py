"""What holds stop: lines still to be sourced, parcels, and the order when nothing of it is left."""

from __future__ import annotations

import pytest

from models.allocation.messages import Part, Sourced, Tried
from models.delivery.messages import News, ParcelNews
from models.order import hold_rules, rules
from models.order.fulfilment import due_news, due_sourcing, held_back, next_wait, parcel_names, rest_of
from models.order.hold_rules import release, stopped
from models.order.holds import rules_hold
from models.order.messages import Release, Want
from models.order.run_state import ParcelRun
from models.order.states import HoldReason, OrderState
from models.order.waits import WaitingFor
from models.preparation.messages import BenchStep, BenchWork
from tests.rules.held_orders import NOW, W1, W2, W3, an_order, held, parcel


@pytest.mark.parametrize(
    ("lines", "parcels", "to_source", "is_stopped", "waits"),
    [
        ((), (), (W1, W2, W3), True, "release"),
        ((1, 2, 3), (), (W1, W2, W3), True, "release"),
        ((2,), (), (W1, W2, W3), False, "stock"),
        ((2,), (parcel("P1", W1, W3),), (W2,), False, "bench"),
        ((2,), (parcel("P1", W1, W3, tracking_number="N"),), (W2,), False, "handover"),
        ((2,), (parcel("P1", W1, W3, tracking_number="N", handed_over=True),), (W2,), False, "delivery"),
        ((2,), (parcel("P1", W1, W3, handed_over=True, end="delivered"),), (W2,), True, "release"),
        ((2,), (parcel("P1", W1, W2, W3),), (), True, "release"),
        ((2,), (parcel("P1", W1, W3, tracking_number="N"), parcel("P2", W2)), (), False, "handover"),
        ((2,), (parcel("P1", W1, W3), parcel("P2", W2, tracking_number="N")), (), False, "bench"),
        ((1, 3), (parcel("P1", W1, W3), parcel("P2", W2, handed_over=True)), (), False, "delivery"),
        ((), (parcel("P1", W1, W3, handed_over=True), parcel("P2", W2)), (), False, "delivery"),
        ((), (parcel("P1", W1, W2, W3, handed_over=True),), (), False, "delivery"),
    ],
)
def test_what_is_held_waits_for_its_release_only_when_nothing_else_is_left(
    lines: tuple[int, ...], parcels: tuple[ParcelRun, ...], to_source: tuple[Want, ...], is_stopped: bool, waits: str
) -> None:  # fmt: skip
    run = an_order(*(one.model_copy(deep=True) for one in parcels), to_source=to_source)
    held(run, *lines)
    assert (stopped(run), next_wait(run)) == (is_stopped, WaitingFor(waits))
    run.holds.clear()
    assert stopped(run) is False


@pytest.mark.parametrize(
    ("lines", "is_stopped"), [((), True), ((1, 2, 3), True), ((1, 2), False), ((3,), False)]
)
def test_before_anything_is_sourced_all_lines_together_stop_the_order(
    lines: tuple[int, ...], is_stopped: bool
) -> None:
    run = an_order(to_source=None)
    for line in lines:
        held(run, line, by=f"person {line}")
    if not lines:
        held(run)
    assert stopped(run) is is_stopped


def test_held_lines_are_left_out_of_what_is_sourced_and_are_the_rest() -> None:
    run = an_order(to_source=(W1, W2, W3))
    assert run.to_source is not None
    held(run, 2)
    (wanted,) = run.to_source
    assert hold_rules.free_wants(run, wanted) == (W1, W3)
    (rest,) = rest_of(wanted, (Part(warehouse="BER", wants=(W1,)), Part(warehouse="LYS", wants=(W3,))))
    assert (rest.key, rest.cause, rest.wants) == ("order+1", "order", (W2,))
    assert rest_of(rest, (Part(warehouse="BER", wants=(W2,)),)) == ()


def test_what_was_short_is_looked_for_again_when_stock_arrives_or_other_lines_are_free() -> None:
    run = an_order(to_source=(W1, W2))
    assert run.to_source is not None
    assert due_sourcing(run) is run.to_source[0]
    run.to_source = [run.to_source[0].model_copy(update={"tried": Tried(lines=(1, 2), arrivals=0)})]
    assert (due_sourcing(run), next_wait(run)) == (None, WaitingFor.STOCK)
    one = held(run, 2)
    assert due_sourcing(run) is run.to_source[0]
    release(run, Release(hold_id=one.hold_id))
    assert due_sourcing(run) is None
    run.stock_arrivals += 1
    assert due_sourcing(run) is run.to_source[0]


def test_parcels_of_the_rest_are_numbered_after_those_before() -> None:
    run = an_order(parcel("DE-1-P1", W1), parcel("DE-1-P1R1", W1), parcel("DE-1-P2", W3))
    part = Part(warehouse="BER", wants=(W2,))
    assert parcel_names(run, "DE-1", Sourced(cause="order", parts=(part, part))) == ("DE-1-P3", "DE-1-P4")
    assert parcel_names(run, "DE-1", Sourced(cause="DE-1-P1", parts=(part,))) == ("DE-1-P1R2",)


def test_the_hand_over_of_a_held_parcel_waits_and_what_the_carrier_has_goes_on() -> None:
    def news(name: str, what: News) -> ParcelNews:
        return ParcelNews(request_id=f"{name}:{what}", parcel_id=name, news=what)

    run = an_order(
        parcel("P1", W1, tracking_number="N1"), parcel("P2", W2, tracking_number="N2", handed_over=True)
    )
    held(run, 1), held(run, 2)  # the second was placed before the carrier took it
    run.parcel_news = [news("P1", News.HANDED_OVER), news("P1", News.DELIVERED), news("P2", News.DELIVERED)]
    assert [held_back(run, one) for one in run.parcel_news] == [True, True, False]
    assert due_news(run) is run.parcel_news[2]
    release(run, Release(lines=(1,)))
    assert due_news(run) is run.parcel_news[0]


def test_the_bench_leaves_a_held_parcel_alone_and_works_on_the_others() -> None:
    run = an_order(parcel("P1", W1, W3), parcel("P2", W2), order_state=OrderState.CONFIRMED)
    one = held(run, 2, owner="care")
    work = [BenchWork(parcel_id=name, steps=(BenchStep.PICK,)) for name in ("P1", "P2")]
    said = f"parcel P2 is on hold: {one.hold_id} (line 2; owner care)"
    assert [rules.bench_objection(run, each) for each in work] == ["", said]
    run.holds = [rules_hold(HoldReason.RISK, "", NOW)]
    held(run)
    assert rules.bench_objection(run, work[0]) == "the order is on hold: high_risk_of_fraud, other"
