"""Whole lives of disputes: won, lost, accepted, unanswered, missed; the reserve follows each exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.settlement.disputes.messages import SubmitDispute
from tests.workflows.disputing import closed, dispute
from tests.workflows.living import Lived

pytestmark = pytest.mark.engine
# One piece for 10.00 and 1.00 freight, commission 12 % of the goods.
RESERVE = {
    "gateway:receivable": -1_100,
    "merchant:m1:payable": 980,
    "platform:commission": 120,
    "disputes:withdrawn": 1_100,
    "disputes:reserved": -1_100,
}
LOSS = {"gateway:receivable": -1_100, "merchant:m1:payable": 980, "platform:commission": 120}


async def test_a_dispute_that_is_answered_and_won_gives_the_reserve_back(lived: Lived) -> None:
    case = await dispute(lived, await closed(lived))
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
    assert await case.letters() == [("opened", "customer"), ("task", "operations"), ("won", "customer")]
    assert await case.facts() == [
        "opened", "evidence_packed", "submit_wanted", "evidence_packed", "submitted", "won",
    ]  # fmt: skip
