"""The reviewers' desk: who may decide, how many must, and what an approval is bound to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.shared.calendars import working_time_from
from models.order.messages import Decision, Release
from models.order.policy import BusinessHours, ReviewPolicy
from models.order.states import HoldReason
from models.review.desk import Approve, Ask, Claim, Delegate, Desk, Reply, desk_objection, note_approval, take
from models.shared.business_time import add_working_time

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LARGE, RISK = HoldReason.LARGE_ORDER, HoldReason.RISK


def desk(**changes: object) -> Desk:
    return Desk(about="order|1").model_copy(update=changes)


def said(one: Desk, verb: str, message: Decision, holds: list[HoldReason] | None = None) -> str:
    return desk_objection(one, [LARGE] if holds is None else holds, verb, message, NOW)


def test_one_approval_is_enough_where_one_is_needed_and_then_it_is_decided() -> None:
    one = desk()
    assert note_approval(one, [LARGE], "ana") is True
    assert said(one, "approve", Approve(by="bo"), []) == "ana approved it already"
    assert said(one, "reject", Decision(by="bo"), []) == "ana approved it already: cancel it instead"


def test_two_persons_must_approve_the_same_proposal() -> None:
    one = desk(needed=2)
    assert note_approval(one, [LARGE], "ana") is False
    assert said(one, "approve", Approve(by="ana")) == "ana has approved it: another person must as well"
    assert (
        note_approval(one, [LARGE, RISK], "bo") is False
    )  # a reason came: what ana approved is no longer it
    assert one.approved_by([LARGE, RISK]) == ("bo",)
    assert note_approval(one, [LARGE, RISK], "ana") is True
    assert one.decided_by == "ana"


@pytest.mark.parametrize("by", ["", "unknown"])
def test_where_two_must_approve_nobody_stays_nameless(by: str) -> None:
    assert (
        said(desk(needed=2), "approve", Approve(by=by))
        == "2 persons must approve it: say in `by` who you are"
    )
    assert said(desk(), "approve", Approve(by=by)) == ""


def test_an_approval_of_something_else_than_now_is_refused() -> None:
    one = desk()
    now = one.proposal([LARGE])
    assert said(one, "approve", Approve(by="ana", proposal=now)) == ""
    assert said(one, "approve", Approve(by="ana", proposal="old")) == (
        f"the proposal is {now}, not old: look at the order again"
    )


@pytest.mark.parametrize("reason", [None, LARGE])
def test_a_release_does_not_pass_two_approvals_by(reason: HoldReason | None) -> None:
    message = Release(by="ana", reason=reason)
    assert (
        said(desk(needed=2), "release", message) == "2 persons must approve it: a release would pass them by"
    )
    assert said(desk(needed=1), "release", message) == ""
    assert said(desk(needed=2), "release", Release(by="ana", reason=HoldReason.BY_PERSON)) == ""


@pytest.mark.parametrize(
    ("verb", "message"),
    [
        ("approve", Approve(by="bo")),
        ("reject", Decision(by="bo")),
        ("claim", Claim(by="bo")),
        ("ask", Ask(by="bo", question="?")),
    ],
)
def test_a_claimed_order_is_left_to_its_claimer_until_the_claim_is_over(verb: str, message: Decision) -> None:
    one = desk()
    take(one, "ana", NOW + timedelta(minutes=1))
    assert said(one, verb, message) == "ana has claimed it until 2026-03-02 09:01 UTC"
    assert said(one, verb, message.model_copy(update={"by": "ana"})) == ""
    assert said(one, "delegate", Delegate(by="bo", to="bo")) == ""
    take(one, "ana", NOW)
    assert said(one, verb, message) == ""


@pytest.mark.parametrize("verb", ["claim", "delegate", "ask"])
def test_without_something_to_review_the_desk_is_closed(verb: str) -> None:
    assert said(Desk(), verb, Ask(by="ana", question="?")) == "there is nothing to review"
    assert said(desk(), verb, Ask(by="ana", question="?"), []) == "there is nothing to review"


def test_questions_and_answers_belong_together() -> None:
    assert said(desk(), "reply", Reply(by="customer", text="yes")) == "the customer was asked nothing"
    assert said(desk(), "ask", Ask(by="ana")) == "question is missing"
    assert said(desk(question="Is it you?"), "reply", Reply(by="customer", text="yes")) == ""


def test_two_persons_are_needed_from_ten_times_a_large_order_on() -> None:
    policy = ReviewPolicy()
    limit = 10 * policy.large_minor("EUR")
    assert [policy.approvals_needed(total, "EUR") for total in (limit - 1, limit)] == [1, 2]
    assert ReviewPolicy(four_eyes_times_large=0).approvals_needed(limit * 100, "EUR") == 1


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02T08:00:00+00:00", 4, "2026-03-02T12:00:00+00:00"),  # Monday 9 h in Berlin
        ("2026-03-02T05:00:00+00:00", 4, "2026-03-02T12:00:00+00:00"),  # before they open
        ("2026-03-06T15:00:00+00:00", 2, "2026-03-09T09:00:00+00:00"),  # Friday at 16 h, over the weekend
        ("2026-04-02T14:00:00+00:00", 2, "2026-04-07T08:00:00+00:00"),  # over Good Friday and Easter Monday
        ("2026-03-27T15:00:00+00:00", 2, "2026-03-30T08:00:00+00:00"),  # over the change to summer time
        ("2026-03-02T08:00:00+00:00", 80, "2026-03-13T16:00:00+00:00"),
    ],
)
def test_working_hours_skip_nights_weekends_and_holidays(start: str, hours: float, end: str) -> None:
    found = working_time_from(datetime.fromisoformat(start), hours, BusinessHours())
    assert found == datetime.fromisoformat(end)


@given(st.integers(0, 40_000), st.integers(1, 6_000), st.integers(0, 3_000))
def test_working_time_adds_up_and_never_ends_outside_working_hours(
    offset: int, first: int, second: int
) -> None:
    zone = ZoneInfo("America/Sao_Paulo")

    def add(start: datetime, minutes: int) -> datetime:
        return add_working_time(
            start, timedelta(minutes=minutes), zone, time(8), time(18), lambda day: day.weekday() < 6
        )

    start = NOW + timedelta(minutes=offset)
    there = add(start, first)
    assert time(8) <= there.astimezone(zone).time() <= time(18)
    assert add(start, first + second) == add(there, second) or second == 0


@pytest.mark.parametrize(("opens", "closes", "works"), [(time(9), time(9), True), (time(9), time(17), False)])
def test_a_calendar_without_working_time_is_a_mistake(opens: time, closes: time, works: bool) -> None:
    def works_on(day: date) -> bool:
        return works

    with pytest.raises(ValueError, match=r"close|working day"):
        add_working_time(NOW, timedelta(hours=1), UTC, opens, closes, works_on)
