"""Disputes: what is reserved comes back to the last minor unit, when somebody must answer, and who may say what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.order.messages import Attend, Decision
from models.settlement.disputes.letters import about_end
from models.settlement.disputes.messages import Dispute, DisputeNews, SubmitDispute
from models.settlement.disputes.policy import DisputePolicy
from models.settlement.disputes.rules import (
    LOSSES,
    NOTE_LIMIT,
    RESERVED,
    WITHDRAWN,
    after_submitting,
    answer_by,
    loss_postings,
    objection,
    release_postings,
    reserve_postings,
    unanswered,
    withdrawn,
)
from models.settlement.disputes.run_state import DisputeRun
from models.settlement.disputes.states import BankStatus, DisputeState
from models.settlement.messages import MerchantShare, Posting
from models.settlement.rules import COMMISSION, GATEWAY, STORED, capture_postings, payable
from models.settlement.rules import amount_minor as shares_minor

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARTS = (
    MerchantShare(merchant_id="m-a", goods_minor=2_900, freight_minor=0),
    MerchantShare(merchant_id="m-b", goods_minor=3_000, freight_minor=290),
)
TOTAL = 6_190
CAPTURED = capture_postings(PARTS, TOTAL, "EUR", 1_200)
CASE = Dispute(
    reference="dp_1", payment_reference="pay_1", order_number="DE-1", amount_minor=TOTAL, currency="EUR",
    reason="fraudulent", opened_at=AT, evidence_due_at=AT + timedelta(days=14),
)  # fmt: skip


def balances(*transactions: tuple[Posting, ...]) -> dict[str, int]:
    """What several transactions leave on each account, without those that are even."""
    sums: dict[str, int] = {}
    for posting in (posting for postings in transactions for posting in postings):
        sums[posting.account] = sums.get(posting.account, 0) + posting.amount_minor
    return {account: amount for account, amount in sums.items() if amount}


def test_the_whole_of_a_payment_is_reserved_from_those_who_got_it() -> None:
    reserved = reserve_postings(CAPTURED, TOTAL)
    assert balances(reserved) == {
        GATEWAY: -TOTAL, payable("m-a"): 2_552, payable("m-b"): 2_930, COMMISSION: 708,
        WITHDRAWN: TOTAL, RESERVED: -TOTAL,
    }  # fmt: skip
    assert withdrawn(reserved) == TOTAL
    assert balances(CAPTURED, reserved, release_postings(reserved)) == balances(CAPTURED)


def test_a_loss_empties_the_reserve_and_leaves_the_gateway_short() -> None:
    reserved = reserve_postings(CAPTURED, TOTAL)
    assert balances(CAPTURED, reserved, loss_postings(reserved, "merchant")) == {}
    assert balances(CAPTURED, reserved, loss_postings(reserved, "platform")) == {
        payable("m-a"): -2_552, payable("m-b"): -2_930, LOSSES: 5_482,
    }  # fmt: skip


@given(
    parts=st.lists(
        st.builds(
            MerchantShare,
            merchant_id=st.sampled_from(("a", "b", "c", "d")),
            goods_minor=st.integers(0, 10**9),
            freight_minor=st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda part: part.merchant_id,
    ),
    commission=st.integers(0, 10_000),
    by_gift_card=st.integers(0, 100),
    share=st.integers(1, 10_000),
    bearer=st.sampled_from(("merchant", "platform")),
)
def test_every_reserve_release_and_loss_sums_to_zero_and_moves_exactly_the_amount(
    parts: list[MerchantShare], commission: int, by_gift_card: int, share: int, bearer: str
) -> None:
    whole = shares_minor(tuple(parts))
    stored = whole * by_gift_card // 100
    total = whole - stored
    captured = capture_postings(tuple(parts), total, "EUR", commission, stored_minor=stored)
    amount = total * share // 10_000
    reserved = reserve_postings(captured, amount)
    if not amount:
        assert reserved == ()
        return
    for postings in (reserved, release_postings(reserved), loss_postings(reserved, bearer)):
        assert sum(posting.amount_minor for posting in postings) == 0
    held = balances(reserved)
    assert (held[GATEWAY], held[RESERVED], held[WITHDRAWN]) == (-amount, -amount, amount)
    after = balances(reserved, loss_postings(reserved, bearer))
    assert (after[GATEWAY], RESERVED in after, WITHDRAWN in after) == (-amount, False, False)


def test_of_an_order_paid_by_gift_card_too_the_bank_holds_only_what_the_card_paid() -> None:
    captured = capture_postings(PARTS, 1_190, "EUR", 1_200, stored_minor=5_000)
    reserved = reserve_postings(captured, 1_190)
    held = balances(reserved)
    assert (held[GATEWAY], held[RESERVED], STORED in held) == (-1_190, -1_190, False)
    assert held[payable("m-a")] + held[payable("m-b")] + held[COMMISSION] == 1_190
    assert balances(captured, reserved, release_postings(reserved)) == balances(captured)


def test_nothing_is_reserved_of_what_was_never_captured() -> None:
    assert reserve_postings((), 100) == ()


@pytest.mark.parametrize(
    ("due", "margin_s", "expected"),
    [
        (AT + timedelta(days=14), 172_800, AT + timedelta(days=12)),
        (AT + timedelta(days=1), 172_800, AT),
        (AT - timedelta(days=1), 172_800, AT),
        (AT + timedelta(days=14), 0, AT + timedelta(days=14)),
        (None, 172_800, AT + timedelta(days=7)),
    ],
)
def test_we_act_by_ourselves_before_the_banks_last_day(
    due: datetime | None, margin_s: int, expected: datetime
) -> None:
    case = CASE.model_copy(update={"evidence_due_at": due})
    assert answer_by(case, DisputePolicy(answer_margin_s=margin_s)) == expected


@pytest.mark.parametrize(
    ("policy", "delivered", "done"),
    [
        ("submit_if_delivered", True, "submit"),
        ("submit_if_delivered", False, "accept"),
        ("submit", False, "submit"),
        ("accept", True, "accept"),
    ],
)
def test_what_nobody_answers_is_answered_by_policy(policy: str, delivered: bool, done: str) -> None:
    assert unanswered(DisputePolicy.model_validate({"unanswered": policy}), delivered) == done


@pytest.mark.parametrize(
    ("done", "status", "state"),
    [
        (True, BankStatus.UNDER_REVIEW, DisputeState.SUBMITTED),
        (False, BankStatus.UNDER_REVIEW, DisputeState.SUBMITTED),
        (False, BankStatus.NEEDS_RESPONSE, DisputeState.MISSED),
        (False, BankStatus.WON, None),
        (False, BankStatus.LOST, None),
    ],
)
def test_the_banks_answer_leads_on(done: bool, status: BankStatus, state: DisputeState | None) -> None:
    assert after_submitting(done, "", status) is state


SUBMIT, ACCEPT, RETRY = SubmitDispute(by="fin"), Decision(by="fin"), Attend(by="op")


@pytest.mark.parametrize(
    ("changes", "verb", "message", "said"),
    [
        ({"state": DisputeState.EVIDENCE_READY}, "submit", SUBMIT, ""),
        ({"state": DisputeState.OPENED}, "accept", ACCEPT, ""),
        ({"state": DisputeState.SUBMITTED}, "submit", SUBMIT, "the dispute is submitted"),
        ({"state": DisputeState.MISSED}, "accept", ACCEPT, "the dispute is missed"),
        ({"state": DisputeState.WON}, "accept", ACCEPT, "the dispute has ended: won"),
        ({"decision": "accept", "decided_by": "bo"}, "submit", SUBMIT, "bo has answered already: accept"),
        ({"decision": "accept"}, "submit", SUBMIT, "the policy has answered already: accept"),
        ({"verdict": BankStatus.LOST}, "submit", SUBMIT, "the bank has decided: lost"),
        ({}, "submit", SubmitDispute(by="fin", note="x" * (NOTE_LIMIT + 1)), "the note is longer than 5000 letters"),
        ({}, "attend", RETRY, "no step waits for an operator"),
        ({"attention_step": "s"}, "attend", RETRY, ""),
        ({"attention_step": "s"}, "attend", Attend(by="op", action="skip"), "a step of a dispute can only be tried again: retry"),
        (
            {"state": DisputeState.SUBMITTED, "seen": ["submit:r-1"]},
            "submit", SubmitDispute(by="fin", request_id="r-1"), "",
        ),
    ],
)  # fmt: skip
def test_who_may_say_what_when(changes: dict[str, object], verb: str, message: Decision, said: str) -> None:
    run = DisputeRun.model_validate({"dispute": CASE, **changes})
    assert objection(run, verb, message) == said


def news(event: str, status: BankStatus, hours: int = 0) -> DisputeNews:
    return DisputeNews(request_id=event, status=status, at=AT + timedelta(hours=hours))


def test_of_the_banks_news_each_counts_once_and_the_later_verdict_stands() -> None:
    run = DisputeRun(dispute=CASE)
    run.hear(news("1", BankStatus.NEEDS_RESPONSE))
    assert (run.verdict, run.under_review) == (None, False)
    run.hear(news("2", BankStatus.UNDER_REVIEW))
    assert (run.verdict, run.under_review) == (None, True)
    run.hear(news("3", BankStatus.WON, 2))
    run.hear(news("4", BankStatus.LOST, 1))
    run.hear(news("3", BankStatus.LOST, 9))  # the same event cannot say something else
    assert run.model_dump()["verdict"] == "won"
    run.hear(news("5", BankStatus.LOST, 3))
    assert run.model_dump()["verdict"] == "lost"


def test_a_loss_tells_finance_whose_shares_are_gone() -> None:
    customer, finance = about_end(CASE, False, reserve_postings(CAPTURED, TOTAL), "merchant")
    assert (customer.audience.value, customer.data) == ("customer", {"amount": "EUR 61.90"})
    assert (finance.audience.value, finance.data["shares"], finance.data["bearer"]) == (
        "operations", "m-a EUR 25.52, m-b EUR 29.30", "merchant",
    )  # fmt: skip
