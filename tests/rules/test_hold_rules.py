"""Holds: what may be said about them, what they stop, and what is left out of an order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from models.allocation.messages import Part, Sourced, Sourcing, Tried
from models.delivery.messages import News, ParcelNews
from models.order import hold_rules, rules
from models.order.fulfilment import due_news, due_sourcing, held_back, next_wait, parcel_names, rest_of
from models.order.hold_rules import MOST_HOLDS, end_over, lines_here, place, release, said_of, stopped
from models.order.holds import OpenHold, reasons, rules_hold, told
from models.order.messages import Decision, Hold, Release, Want
from models.order.run_state import OrderRun, ParcelRun
from models.order.states import HoldReason, OrderState
from models.order.waits import WaitingFor
from models.preparation.messages import BenchStep, BenchWork, ParcelPlan

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
W1, W2, W3 = (Want(line_no=nth, sku=f"S{nth}", quantity=nth) for nth in (1, 2, 3))


def parcel(name: str, *wants: Want, **changes: object) -> ParcelRun:
    plan = ParcelPlan(parcel_id=name, warehouse="BER", wants=wants, weight_g=1, value_minor=1)
    return ParcelRun.model_validate({"plan": plan} | changes)


def an_order(*parcels: ParcelRun, to_source: tuple[Want, ...] | None = (), **changes: object) -> OrderRun:
    """Three lines; what is not in a parcel is to be sourced when it is told."""
    sourcing = [Sourcing(cause="order", wants=to_source)] if to_source else []
    run = OrderRun(line_nos=(1, 2, 3), to_source=None if to_source is None else sourcing)
    run.parcels = {one.plan.parcel_id: one for one in parcels}
    return run.model_copy(update=changes)


def held(run: OrderRun, *lines: int, by: str = "ana", **more: object) -> OpenHold:
    place(run, Hold.model_validate({"by": by, "lines": lines} | more), NOW)
    return run.holds[-1]


def objection(run: OrderRun, message: Decision) -> str:
    verb = "hold" if isinstance(message, Hold) else "release"
    return rules.objection(run, verb, message, NOW)


def test_a_hold_is_told_apart_by_its_cause() -> None:
    run = an_order(to_source=None)
    first = held(run, 2)
    assert (first.hold_id, first.placed_by, first.placed_at, first.why) == (
        "other-9e4a37ad72", "ana", NOW, "held by ana",
    )  # fmt: skip
    ids = [
        held(run, 2, by="bo").hold_id,
        held(run, 3).hold_id,
        held(run).hold_id,
        held(run, 2, reason="awaiting_payment").hold_id,
        held(run, 2, request_id="r-1").hold_id,
    ]
    assert len({first.hold_id, *ids}) == len(run.holds) == 6


def test_the_same_cause_says_its_hold_anew() -> None:
    run = an_order(to_source=None)
    first = held(run, 3, 2, 2, why="call first")
    again = held(run, 2, 3, owner="care", until=LATER)
    assert run.holds == [again]
    assert (first.hold_id, first.lines) == (again.hold_id, (2, 3))
    assert told([again]) == f"{again.hold_id} (lines 2, 3; owner care; until 2026-03-02 11:00 UTC)"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (Hold(), ""),
        (Hold(lines=(1, 3), owner="care", until=LATER, reason=HoldReason.OUT_OF_STOCK), ""),
        (Hold(lines=(2, 7, 9)), "lines: the order has no lines 7, 9, only lines 1, 2, 3"),
        (Hold(until=NOW), "until: 2026-03-02 09:00 UTC is over already"),
        (Hold(until=datetime(2026, 3, 9)), "until: has no time zone, add Z or an offset"),  # noqa: DTZ001
        (Hold(owner="x" * 101), "owner: 101 characters, 100 at most"),
        (
            Hold(until=NOW.astimezone(timezone(timedelta(hours=1))), lines=(4,), owner="x" * 101),
            "until: 2026-03-02 10:00 UTC+01:00 is over already; lines: the order has no line 4, only lines 1, 2, 3; "
            "owner: 101 characters, 100 at most",
        ),
    ],
)  # fmt: skip
def test_a_hold_that_cannot_be_placed_is_told_everything_that_is_wrong(message: Hold, said: str) -> None:
    assert objection(an_order(to_source=None), message) == said


def test_lines_that_the_carrier_has_are_no_longer_held_and_the_others_are() -> None:
    run = an_order(parcel("P1", W1, handed_over=True, tracking_number="N"), parcel("P2", W2), to_source=(W3,))
    assert lines_here(run) == {2, 3}
    assert objection(run, Hold(lines=(2, 3))) == ""
    first = held(run, 3)
    assert objection(run, Hold(lines=(1, 2))) == (
        "lines: the carrier has all of line 1, which can be returned, no longer held; "
        f"open holds: {first.hold_id} (line 3)"
    )
    assert objection(run, Hold()) == (
        "the carrier has the parcel: it can be returned, no longer stopped: name the lines that are still here, "
        f"lines 2, 3; open holds: {first.hold_id} (line 3)"
    )


def test_a_line_in_two_parcels_is_held_while_one_of_them_is_here() -> None:
    run = an_order(parcel("P1", W1, handed_over=True), parcel("P2", W1, W2))
    assert objection(run, Hold(lines=(1,))) == ""
    run.parcels["P2"].end = "cancelled"
    assert "carrier has all of line 1" in objection(run, Hold(lines=(1,)))


def test_an_order_has_fifty_holds_at_most_and_one_of_them_may_be_said_anew() -> None:
    run = an_order(to_source=None)
    for nth in range(MOST_HOLDS):
        held(run, request_id=str(nth))
    assert objection(run, Hold(request_id="one more")).startswith("the order has 50 holds, 50 at most: ")
    assert objection(run, Hold(request_id="7")) == ""


@pytest.mark.parametrize(
    ("release_of", "left"),
    [
        ({}, []),
        ({"reason": "other"}, [("awaiting_payment", (3,))]),
        ({"reason": "awaiting_payment"}, [("other", ()), ("other", (2, 3))]),
        ({"lines": (3,)}, [("other", ()), ("other", (2,))]),
        ({"lines": (2, 3)}, [("other", ())]),
        ({"lines": (3,), "reason": "awaiting_payment"}, [("other", ()), ("other", (2, 3))]),
        ({"hold_id": 0}, [("other", (2, 3)), ("awaiting_payment", (3,))]),
        ({"hold_id": 1}, [("other", ()), ("awaiting_payment", (3,))]),
        ({"hold_id": 1, "lines": (2,)}, [("other", ()), ("other", (3,)), ("awaiting_payment", (3,))]),
    ],
)
def test_a_release_ends_what_fits_all_that_it_says(
    release_of: dict[str, object], left: list[tuple[str, tuple[int, ...]]]
) -> None:
    run = an_order(to_source=None)
    placed = [held(run), held(run, 2, 3, by="bo"), held(run, 3, reason="awaiting_payment")]
    nth = release_of.get("hold_id")
    named = release_of if nth is None else release_of | {"hold_id": placed[int(str(nth))].hold_id}
    message = Release.model_validate({"by": "ana"} | named)
    assert objection(run, message) == ""
    release(run, message)
    assert [(hold.reason.value, hold.lines) for hold in run.holds] == left


def test_a_narrowed_hold_keeps_its_id() -> None:
    run = an_order(to_source=None)
    before = held(run, 2, 3)
    release(run, Release(lines=(2,)))
    assert run.holds == [before.model_copy(update={"lines": (3,)})]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (Release(hold_id="other-gone"), "hold_id: no open hold 'other-gone'"),
        (Release(reason=HoldReason.RISK), "reason: no open hold for high_risk_of_fraud"),
        (Release(lines=(1,)), "lines: no open hold on line 1 alone"),
        (
            Release(hold_id="x", reason=HoldReason.RISK, lines=(1,)),
            "hold_id: no open hold 'x'; reason: no open hold for high_risk_of_fraud; lines: no open hold on line 1 alone",
        ),
        (
            Release(reason=HoldReason.AWAITING_PAYMENT, lines=(3,)),
            "no open hold is all that is said in hold_id, reason and lines",
        ),
    ],
)  # fmt: skip
def test_a_release_of_what_is_not_open_names_the_field_and_what_is_open(message: Release, said: str) -> None:
    run = an_order(to_source=None)
    one, two = held(run, 2, 3), held(run, reason="awaiting_payment", owner="finance")
    before = list(run.holds)
    assert objection(run, message) == (
        f"{said}; open holds: {one.hold_id} (lines 2, 3); {two.hold_id} (owner finance)"
    )
    assert run.holds == before
    assert objection(an_order(), Release(reason=HoldReason.RISK)) == (
        "reason: no open hold for high_risk_of_fraud; open holds: none"
    )


def test_two_approvals_are_not_passed_by_with_an_id_and_a_persons_own_hold_may_be_released() -> None:
    run = an_order(to_source=None)
    run.desk.about, run.desk.needed = "order|1", 2
    run.holds = [rules_hold(HoldReason.LARGE_ORDER, "large", NOW)]
    mine = held(run, reason="large_order")
    pass_by = "2 persons must approve it: a release would pass them by"
    assert objection(run, Release(hold_id="large_order")) == pass_by
    assert objection(run, Release(reason=HoldReason.LARGE_ORDER)) == pass_by
    assert objection(run, Release()) == pass_by
    assert objection(run, Release(hold_id=mine.hold_id)) == ""
    release(run, Release(hold_id=mine.hold_id))
    assert rules.rule_holds(run) == [HoldReason.LARGE_ORDER]


def test_only_the_rules_holds_are_reviewed() -> None:
    run = an_order(to_source=None)
    run.holds = [rules_hold(reason, "odd", NOW) for reason in (HoldReason.RISK, HoldReason.DUPLICATE)]
    held(run, reason="large_order")
    assert rules.rule_holds(run) == [HoldReason.RISK, HoldReason.DUPLICATE]
    assert reasons(run.holds) == (HoldReason.RISK, HoldReason.DUPLICATE, HoldReason.LARGE_ORDER)


def test_a_hold_ends_in_its_moment_and_not_before() -> None:
    run = an_order(to_source=None)
    one, two = held(run, until=LATER), held(run, 2)
    assert end_over(run, LATER - timedelta(microseconds=1)) == []
    assert end_over(run, LATER) == [one]
    assert run.holds == [two]


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


def test_the_history_is_told_what_a_hold_and_a_release_said() -> None:
    hold = Hold(by="ana", lines=(3, 2), owner="care", until=LATER)
    assert said_of(hold) == {
        "reason": "other",
        "lines": "2, 3",
        "hold_id": hold_rules.id_of(hold),
        "owner": "care",
        "until": "2026-03-02T11:00:00+00:00",
    }
    assert said_of(Release(by="ana", hold_id="x")) == {"hold_id": "x"}
    assert said_of(Decision(by="ana")) == {}
