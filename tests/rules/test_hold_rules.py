"""Holds: what may be said about them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from models.order import hold_rules, rules
from models.order.hold_rules import MOST_HOLDS, end_over, lines_here, release, said_of
from models.order.holds import reasons, rules_hold, told
from models.order.messages import Decision, Hold, Release
from models.order.run_state import OrderRun
from models.order.states import HoldReason
from tests.rules.held_orders import LATER, NOW, W1, W2, W3, an_order, held, parcel


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
