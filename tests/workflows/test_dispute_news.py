"""The bank's news: twice, out of order, of payments that are not ours, after the end, and past us."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from activities.insight.audit import audit
from activities.shared.inbox import receive
from activities.shared.inbox_store import MOST_ATTEMPTS
from models.order.messages import Decision
from models.settlement.disputes.messages import Dispute, DisputeResult, StartDispute, SubmitDispute
from models.shared.ids import dispute_workflow_id
from tests.workflows.disputing import closed, dispute, payment_of
from tests.workflows.living import Lived

pytestmark = pytest.mark.engine


async def told(lived: Lived) -> list[dict[str, Any]]:
    """What the provider has to tell of disputes, oldest first."""
    rows = await lived.all(
        "SELECT payload FROM sim.webhook WHERE payload->>'type' LIKE 'payment.dispute%%' ORDER BY id"
    )
    return [row["payload"] for row in rows]


async def bring(lived: Lived, payload: dict[str, Any], event_id: str) -> None:
    """One event through the inbox under an id of its own, worked off once."""
    await receive(lived.database, "psp", event_id, payload)
    await lived.relay()


async def footprints(lived: Lived) -> list[int]:
    """How many rows anything about disputes left behind: disputes, evidence, postings, facts, letters, steps."""
    counted = await lived.one(
        "SELECT (SELECT count(*) FROM dispute) AS a, (SELECT count(*) FROM dispute_evidence) AS b,"
        " (SELECT count(*) FROM ledger_transaction WHERE kind LIKE 'dispute%%') AS c,"
        " (SELECT count(*) FROM order_fact WHERE what LIKE 'dispute%%') AS d,"
        " (SELECT count(*) FROM notice WHERE kind LIKE 'dispute%%') AS e,"
        " (SELECT count(*) FROM step_record WHERE key LIKE 'dispute%%') AS f"
    )
    return list(counted.values())


async def test_a_verdict_that_overtakes_the_opening_closes_the_dispute_once(lived: Lived) -> None:
    order = await closed(lived)
    case = await dispute(lived, order, tell=False)
    await lived.world.disputes.decide_dispute(case.reference, won=False)
    opened, lost = await told(lived)
    async with lived.database.transaction() as cursor:
        await cursor.execute(
            "UPDATE sim.webhook SET deliver_at = now() + interval '1 day' WHERE subject = %s",
            (case.reference,),
        )
    await bring(lived, lost, "late-1")
    assert (await case.until(lambda row: row["closed_at"] is not None))["state"] == "lost"
    await asyncio.wait_for(case.handle.result(), 30)
    before = await footprints(lived)
    for nth, payload in enumerate((opened, lost, opened, lost)):
        await bring(lived, payload, f"again-{nth}")
    assert await footprints(lived) == before
    assert {row["state"] for row in await lived.all("SELECT state FROM inbox")} == {"done"}
    assert (await case.ended())["state"] == "lost"


async def test_news_that_comes_again_and_again_makes_one_dispute(lived: Lived) -> None:
    case = await dispute(lived, await closed(lived))
    (opened,) = await told(lived)
    await case.waits("dispute_answer")
    before = await footprints(lived)
    for nth in range(3):
        await bring(lived, opened, f"again-{nth}")
    assert await footprints(lived) == before
    await case.say("accept", Decision(by="fin"))
    assert (await case.ended())["state"] == "accepted"


@pytest.mark.plants_faults
@pytest.mark.parametrize(
    "change",
    [
        {"reference": "pay_unknown"},
        {"order_number": "DE-NONE"},
        {"currency": "USD"},
        {"amount_minor": 0},
        {"dispute_reference": "no such: name"},
        {"opened_at": "yesterday"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_dispute_of_a_payment_that_is_not_ours_leaves_nothing_but_a_dead_letter(
    lived: Lived, change: dict[str, Any]
) -> None:
    order = await closed(lived)
    payload = {
        "type": "payment.dispute_opened",
        "event_id": "evt_x",
        "dispute_reference": "dp_x",
        "reference": await payment_of(lived, order),
        "order_number": order.order_number,
        "amount_minor": 1_100,
        "currency": "EUR",
        "reason": "fraudulent",
        "opened_at": "2026-03-02T12:00:00Z",
        "occurred_at": "2026-03-02T12:00:00Z",
        "evidence_due_at": None,
    }
    await receive(lived.database, "psp", "evt_x", payload | change)
    async with lived.database.transaction() as cursor:
        await cursor.execute("UPDATE inbox SET attempts = %s WHERE event_id = 'evt_x'", (MOST_ATTEMPTS - 1,))
    await lived.relay()
    row = await lived.one("SELECT state, error FROM inbox WHERE event_id = 'evt_x'")
    assert (row["state"], row["error"].partition(":")[0]) == ("dead", "UnknownPaymentError")
    assert await footprints(lived) == [0] * 6
    report = await audit(lived.database, None, journals=True, grace_s=3_600)
    assert [(one.invariant, one.subject) for one in report.findings] == [("inbox_drains", "psp evt_x")]


async def test_a_dispute_that_somebody_starts_by_hand_over_money_that_is_not_ours_does_nothing(
    lived: Lived,
) -> None:
    order = await closed(lived)
    for nth, payment in enumerate(("pay_none", await payment_of(lived, order))):
        case = Dispute(
            reference=f"dp_hand_{nth}", payment_reference=payment, order_number=f"DE-NONE{nth}", amount_minor=5,
            currency="EUR", reason="general", opened_at=order.placed_at,
        )  # fmt: skip
        result = await lived.environment.client.execute_workflow(
            "DisputeWorkflow",
            StartDispute(dispute=case),
            id=dispute_workflow_id(case.reference),
            task_queue=lived.task_queue,
            result_type=DisputeResult,
        )
        assert result == DisputeResult(reference=case.reference, state=None)
    assert await footprints(lived) == [0] * 6


@pytest.mark.plants_faults
async def test_a_bank_that_changes_its_mind_after_the_end_is_a_dead_letter_and_a_finding(
    lived: Lived,
) -> None:
    case = await dispute(lived, await closed(lived))
    await case.waits("dispute_answer")
    await case.decide(won=False)
    await case.ended()
    before = await footprints(lived)
    lost = (await told(lived))[-1]
    async with lived.database.transaction() as cursor:
        await cursor.execute(
            "UPDATE sim.psp_dispute SET status = 'won', changed_at = now() - interval '1 day'"
        )
    await bring(lived, lost | {"type": "payment.dispute_won", "event_id": "evt_won"}, "evt_won")
    row = await lived.one("SELECT state, error FROM inbox WHERE event_id = 'evt_won'")
    assert (row["state"], row["error"].partition(":")[0]) == ("received", "ContradictionError")
    assert await footprints(lived) == before
    report = await audit(lived.database, None, journals=True, grace_s=3_600)
    assert [one.invariant for one in report.findings] == ["disputes_agree"]


async def test_a_bank_that_decides_while_we_answer_has_the_last_word(lived: Lived) -> None:
    for verb, won in (("submit", True), ("accept", False)):
        case = await dispute(lived, await closed(lived))
        await case.waits("dispute_answer")
        await lived.world.disputes.decide_dispute(case.reference, won)  # its news is not here yet
        await case.say(verb, SubmitDispute(by="fin") if verb == "submit" else Decision(by="fin"))
        row = await case.ended()
        assert (row["state"], row["decision"], row["submitted_at"]) == ("won" if won else "lost", verb, None)


async def test_a_case_that_was_answered_at_the_providers_own_desk_waits_for_the_bank(lived: Lived) -> None:
    case = await dispute(lived, await closed(lived))
    await case.waits("dispute_answer")
    (opened,) = await told(lived)
    async with lived.database.transaction() as cursor:
        await cursor.execute("UPDATE sim.psp_dispute SET status = 'under_review'")
    await bring(lived, opened | {"type": "payment.dispute_under_review", "event_id": "evt_2"}, "evt_2")
    row = await case.waits("dispute_verdict")
    assert (row["state"], row["decision"], row["submitted_at"]) == ("submitted", "", None)
    await case.decide(won=True)
    assert (await case.ended())["state"] == "won"
    assert await lived.all("SELECT * FROM sim.psp_dispute_request") == []


@pytest.mark.plants_faults
async def test_news_of_a_dispute_whose_workflow_was_terminated_is_not_swallowed(lived: Lived) -> None:
    case = await dispute(lived, await closed(lived))
    await case.waits("dispute_answer")
    await case.handle.terminate("by mistake")
    before = await footprints(lived)
    await case.decide(won=True)
    row = await lived.one("SELECT state, error FROM inbox WHERE payload->>'type' = 'payment.dispute_won'")
    assert (row["state"], row["error"].partition(":")[0]) == ("applied", "ContradictionError")
    assert await footprints(lived) == before
