"""Everything that goes wrong between us and the bank: the evidence is sent once, the loss is booked once, what is stuck is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.adapters.simulator.faults import SUFFERS, Fault, FaultPlan
from activities.insight.audit import audit
from activities.settlement.disputes.ports import DisputeReceipt
from activities.shared.failures import CallRefused
from models.order.messages import Attend, Decision
from models.settlement.disputes.evidence import Evidence
from models.settlement.disputes.messages import SubmitDispute
from tests.workflows.disputing import dispute, taken
from tests.workflows.living import Lived

pytestmark = pytest.mark.engine


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> FaultPlan:
    """The plan of the test's parameter, (operation, fault); none without one."""
    if not hasattr(request, "param"):
        return FaultPlan.none()
    operation, fault = request.param
    return FaultPlan.scripted({(operation, 1): fault}, slow_s=0.05, late_s=0.1)


def of(operation: str) -> list[tuple[str, Fault]]:
    """Every fault that an operation can suffer."""
    return [(operation, fault) for fault in sorted(SUFFERS[operation])]


@pytest.mark.parametrize("faults", [*of("dispute_submit"), *of("dispute_tell")], indirect=True)
async def test_whatever_happens_on_the_way_the_evidence_is_sent_once(lived: Lived, faults: FaultPlan) -> None:
    case = await dispute(lived, await taken(lived))
    await asyncio.sleep(0.15)  # news may be late
    await lived.relay()
    await case.waits("dispute_answer")
    await case.say("submit", SubmitDispute(by="fin", note="n"))
    await case.waits("dispute_verdict")
    requests = await lived.all("SELECT operation, done FROM sim.psp_dispute_request")
    assert [(one["operation"], one["done"]) for one in requests] == [("submit", True)]
    assert (await lived.one("SELECT evidence->>'note' AS note FROM sim.psp_dispute"))["note"] == "n"
    await case.decide(won=True)
    assert (await case.ended())["state"] == "won"
    assert await case.money() == {}


@pytest.mark.parametrize("faults", of("dispute_accept"), indirect=True)
async def test_whatever_happens_on_the_way_the_loss_is_booked_once(lived: Lived, faults: FaultPlan) -> None:
    case = await dispute(lived, await taken(lived))
    await case.waits("dispute_answer")
    await case.say("accept", Decision(by="fin"))
    row = await case.ended()
    assert row["state"] == "accepted"
    kinds = await lived.all("SELECT kind FROM ledger_transaction WHERE kind LIKE 'dispute%%' ORDER BY kind")
    assert [one["kind"] for one in kinds] == ["dispute_lost", "dispute_reserved"]


@dataclass
class Refusing:
    """Whether the provider refuses every evidence of ours: a right of our key is missing."""

    broken: bool = True


@pytest.fixture
def refusing(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> Refusing:
    one, inner = Refusing(), lived.world.disputes.submit_evidence

    async def submit(key: str, reference: str, evidence: Evidence) -> DisputeReceipt:
        if one.broken:
            raise CallRefused("the key lacks a right")
        return await inner(key, reference, evidence)

    monkeypatch.setattr(lived.world.disputes, "submit_evidence", submit)
    return one


async def test_a_step_that_used_up_its_attempts_waits_for_an_operator(
    lived: Lived, refusing: Refusing
) -> None:
    case = await dispute(lived, await taken(lived))
    await case.waits("dispute_answer")
    await case.say("submit", SubmitDispute(by="fin"))
    row = await case.waits("dispute_attention")
    assert row["deadline_at"] > row["waiting_since"]
    assert ("stuck", "operations") in await case.letters()
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await case.say("attend", Attend(by="op", action="skip"))
    assert "can only be tried again" in str(refused.value.cause)
    refusing.broken = False
    assert (await case.say("attend", Attend(by="op"))).done
    await case.waits("dispute_verdict")
    await case.decide(won=True)
    assert (await case.ended())["state"] == "won"


@pytest.mark.plants_faults
async def test_a_verdict_ends_a_step_that_cannot_be_done(lived: Lived, refusing: Refusing) -> None:
    """Its intent stays open, and the auditor says so: nobody knows whether it was done."""
    case = await dispute(lived, await taken(lived))
    await case.waits("dispute_answer")
    await case.say("submit", SubmitDispute(by="fin"))
    await case.waits("dispute_attention")
    await case.decide(won=False)
    row = await case.until(lambda row: row["closed_at"] is not None)
    assert row["state"] == "lost"
    report = await audit(lived.database, None, journals=True, grace_s=3_600)
    assert [one.invariant for one in report.findings] == ["steps_settle"]


async def test_a_step_that_is_not_attended_to_is_tried_again_by_itself(
    lived: Lived, refusing: Refusing
) -> None:
    case = await dispute(lived, await taken(lived))
    await case.waits("dispute_answer")
    await case.say("submit", SubmitDispute(by="fin"))
    await case.waits("dispute_attention")
    refusing.broken = False
    await case.skip(0.1)
    await case.waits("dispute_verdict")
    await case.decide(won=True)
    assert (await case.ended())["state"] == "won"
