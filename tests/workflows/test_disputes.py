"""Whole lives of disputes: won, lost, accepted, unanswered, missed; the reserve follows each exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.order.policies import PolicyRecords
from models.order.messages import Decision
from models.settlement.disputes.messages import SubmitDispute
from tests.workflows.disputing import DAYS_TO_ANSWER, Disputed, closed, dispute, payment_of, taken
from tests.workflows.living import Lived

pytestmark = pytest.mark.engine
# One piece for 10.00 and 1.00 freight, commission 12 % of the goods.
LOSS = {"gateway:receivable": -1_100, "merchant:m1:payable": 980, "platform:commission": 120}
RESERVE = LOSS | {"disputes:withdrawn": 1_100, "disputes:reserved": -1_100}
OPENED = [("opened", "customer"), ("task", "operations")]
LOST = [("lost", "customer"), ("clawback", "operations")]


async def policy(lived: Lived, **disputes: object) -> None:
    await PolicyRecords(lived.database).activate({"settlement": {"disputes": disputes}}, "test")


async def test_a_dispute_that_is_answered_and_won_gives_the_reserve_back(lived: Lived) -> None:
    order = await closed(lived)
    before = await lived.row(order)
    case = await dispute(lived, order)
    row = await case.waits("dispute_answer")
    assert (row["state"], row["decision"], row["amount_minor"]) == ("evidence_ready", "", 1_100)
    assert row["evidence_due_at"] - row["deadline_at"] == timedelta(days=2)
    assert await case.money() == RESERVE
    answer = await case.say("submit", SubmitDispute(by="fin", note="signed for at the door"))
    assert (answer.done, answer.said) == (True, "submit: noted")
    row = await case.waits("dispute_verdict")
    assert (row["state"], row["decision"], row["decided_by"]) == ("submitted", "submit", "fin")
    sent = (await lived.one("SELECT evidence FROM sim.psp_dispute"))["evidence"]
    assert sent == (await case.packet("answer")) | {"note": "signed for at the door"}
    await case.decide(won=True)
    row = await case.ended()
    assert (row["state"], row["borne_by"]) == ("won", "")
    assert await case.money() == {}
    assert await case.letters() == [*OPENED, ("won", "customer")]
    assert await case.facts() == [
        "opened", "evidence_packed", "submit_wanted", "evidence_packed", "submitted", "won",
    ]  # fmt: skip
    assert await lived.row(order) == before  # the order's own axes and money stay as they were


async def test_the_evidence_holds_what_speaks_for_us_and_nothing_that_the_bank_must_not_see(
    lived: Lived,
) -> None:
    case = await dispute(lived, await closed(lived))
    await case.waits("dispute_answer")
    packet = await case.packet("opened")
    (parcel,) = packet["parcels"]
    assert (packet["delivered"], parcel["signed"], parcel["status"]) == (True, True, "delivered")
    assert [scan["status"] for scan in parcel["scans"]] == ["picked_up", "delivered"]
    assert [letter["kind"] for letter in packet["letters"]] == [
        "received", "reviewed", "shipped", "delivered", "dispute_opened",
    ]  # fmt: skip
    facts = await lived.all(
        "SELECT what, hash FROM order_fact WHERE order_number = %s ORDER BY seq", case.order.order_number
    )
    told = [(fact["what"], fact["hash"]) for fact in packet["facts"]]
    assert told == [(row["what"], row["hash"]) for row in facts][: len(told)]
    assert told[-1][0] == "dispute_opened"
    assert packet["payment"]["captured_minor"] == 1_100
    text = str(packet)
    secrets = (
        case.order.payment.token,
        case.order.customer.customer_id,
        "tier",
        "credit",
        "'actor'",
        "'why'",
    )
    assert [one for one in secrets if one in text] == []


@pytest.mark.parametrize(
    ("borne_by", "money"),
    [
        ("merchant", LOSS),
        (
            "platform",
            {"gateway:receivable": -1_100, "platform:commission": 120, "platform:dispute_losses": 980},
        ),
    ],
)
async def test_a_lost_dispute_is_borne_by_whom_the_policy_names(
    lived: Lived, borne_by: str, money: dict[str, int]
) -> None:
    order = await closed(lived)
    await policy(lived, borne_by=borne_by)
    case = await dispute(lived, order)
    await case.waits("dispute_answer")
    await case.say("submit", SubmitDispute(by="fin"))
    await case.waits("dispute_verdict")
    await case.decide(won=False)
    row = await case.ended()
    assert (row["state"], row["borne_by"]) == ("lost", borne_by)
    assert await case.money() == money
    assert await case.letters() == [*OPENED, *LOST]


async def test_a_dispute_that_a_person_gives_up_is_closed_at_the_bank_and_booked_once(lived: Lived) -> None:
    case = await dispute(lived, await closed(lived), amount_minor=600)
    await case.waits("dispute_answer")
    assert (await case.say("accept", Decision(by="fin", why="wrong size"))).done
    row = await case.ended()
    assert (row["state"], row["decision"], row["decided_by"]) == ("accepted", "accept", "fin")
    assert await case.money() == {
        "gateway:receivable": -600, "merchant:m1:payable": 535, "platform:commission": 65,
    }  # fmt: skip
    assert (await lived.one("SELECT status FROM sim.psp_dispute"))["status"] == "lost"
    assert await case.letters() == [*OPENED, *LOST]
    assert await case.row() == row  # the bank's own news of it changed nothing


async def test_nobody_answers_what_is_proven_to_have_arrived_it_is_submitted_in_time(lived: Lived) -> None:
    case = await dispute(lived, await closed(lived))
    await case.waits("dispute_answer")
    await case.skip(DAYS_TO_ANSWER - 5.5)
    assert await case.facts() == ["opened", "evidence_packed"]
    await case.skip(1)
    await lived.happens(case.order, "dispute_reminded")
    assert (await case.row())["state"] == "evidence_ready"
    await case.skip(3)
    row = await case.waits("dispute_verdict")
    assert (row["state"], row["decision"], row["decided_by"]) == ("submitted", "submit", "")
    assert await case.letters() == [*OPENED, ("task", "operations")]
    await case.decide(won=True)
    assert (await case.ended())["state"] == "won"


async def test_nobody_answers_what_never_arrived_it_is_accepted_in_time(lived: Lived) -> None:
    """The label was never scanned as delivered: the customer said so, and nothing proves it."""
    order = await closed(lived)
    async with lived.database.transaction() as cursor:
        await cursor.execute("UPDATE shipment SET tracking = 'out_for_delivery', delivered_at = NULL")
    case = await dispute(lived, order)
    await case.waits("dispute_answer")
    await case.skip(DAYS_TO_ANSWER - 1.9)
    row = await case.ended()
    assert (row["state"], row["decision"], row["decided_by"]) == ("accepted", "accept", "")
    assert await case.money() == LOSS


async def test_where_the_policy_says_so_nobody_answers_by_accepting(lived: Lived) -> None:
    order = await closed(lived)
    await policy(lived, unanswered="accept")
    case = await dispute(lived, order, due_in=None)  # the bank names no day: seven days by policy
    row = await case.waits("dispute_answer")
    assert row["deadline_at"] - row["opened_at"] == timedelta(days=7)
    await case.skip(7.1)
    assert (await case.ended())["state"] == "accepted"


@pytest.mark.parametrize("won", [True, False])
async def test_a_dispute_whose_last_day_had_passed_is_missed_and_the_bank_decides(
    lived: Lived, won: bool
) -> None:
    case = await dispute(lived, await closed(lived), due_in=timedelta(hours=-1))
    row = await case.waits("dispute_verdict")
    assert (row["state"], row["submitted_at"]) == ("missed", None)
    assert (await lived.one("SELECT evidence FROM sim.psp_dispute"))["evidence"] is None
    assert await case.money() == RESERVE
    await case.decide(won=won)
    assert (await case.ended())["state"] == ("won" if won else "lost")


async def test_a_dispute_of_an_open_order_leaves_the_order_alone(lived: Lived) -> None:
    order = await taken(lived)
    case = await dispute(lived, order)
    await case.waits("dispute_answer")
    assert (await lived.row(order))["waiting_for"] == "return_window"
    await lived.skip(order, 31)
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"], row["captured_minor"]) == ("completed", "captured", 1_100)
    await case.say("submit", SubmitDispute(by="fin"))
    await case.waits("dispute_verdict")
    assert "ended_completed" in [fact["what"] for fact in (await case.packet("answer"))["facts"]]
    await case.decide(won=False)
    assert (await case.ended())["state"] == "lost"


async def test_two_disputes_of_one_payment_live_side_by_side(lived: Lived) -> None:
    order = await closed(lived)
    first = await dispute(lived, order, amount_minor=600)
    reference = await lived.world.disputes.open_dispute(
        await payment_of(lived, order), "general", 500, case="2"
    )
    await lived.relay()
    second = Disputed(lived, order, reference)
    await first.waits("dispute_answer")
    await second.waits("dispute_answer")
    await first.decide(won=True)
    await second.decide(won=False)
    for one in (first, second):
        await one.until(lambda row: row["closed_at"] is not None)
    assert [(await one.ended())["state"] for one in (first, second)] == ["won", "lost"]
    assert (await first.money(), sum((await second.money()).values())) == ({}, 0)


async def test_a_verdict_whose_news_was_lost_is_asked_for(lived: Lived) -> None:
    case = await dispute(lived, await closed(lived))
    await case.waits("dispute_answer")
    await case.say("submit", SubmitDispute(by="fin"))
    await case.waits("dispute_verdict")
    await case.skip(91)
    await lived.happens(case.order, "dispute_verdict_overdue")
    assert (await case.row())["state"] == "submitted"
    await lived.world.disputes.decide_dispute(case.reference, won=True)
    async with lived.database.transaction() as cursor:
        await cursor.execute("DELETE FROM sim.webhook WHERE subject = %s", (case.reference,))
    await case.skip(91)
    assert (await case.ended())["state"] == "won"
    assert "verdict_asked_for" in await case.facts()


@pytest.mark.parametrize("verb", ["submit", "accept"])
async def test_what_cannot_be_obeyed_is_refused_and_changes_nothing(lived: Lived, verb: str) -> None:
    case = await dispute(lived, await closed(lived))
    await case.waits("dispute_answer")
    await case.say("submit", SubmitDispute(by="fin", request_id="r-1"))
    await case.waits("dispute_verdict")
    before, facts, money = await case.row(), await case.facts(), await case.money()
    assert (await case.say("submit", SubmitDispute(by="fin", request_id="r-1"))).said == "already done"
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await case.say(verb, Decision(by="bo"))
    assert str(refused.value.cause) == "not_allowed_now: the dispute is submitted"
    assert (await case.row(), await case.facts(), await case.money()) == (before, facts, money)
    assert len(await lived.all("SELECT * FROM sim.psp_dispute_request")) == 1


async def test_a_signal_that_cannot_be_obeyed_and_a_cancellation_are_noted_and_the_case_goes_on(
    lived: Lived,
) -> None:
    case = await dispute(lived, await closed(lived))
    await case.waits("dispute_answer")
    await case.handle.signal("attend", {"by": "op", "action": "retry"})
    await lived.happens(case.order, "dispute_attend_ignored")
    await case.handle.cancel()
    await lived.happens(case.order, "dispute_cancel_ignored")
    await case.handle.signal("accept", {"by": "fin"})
    assert (await case.ended())["state"] == "accepted"
