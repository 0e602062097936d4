"""What every desk for disputes behind `DisputeDesk` must do. A real adapter joins as one more param of `bank`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from activities.adapters.psp_simulator import PspDisputes, PspSimulator
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.settlement.disputes.ports import DisputeDesk, DisputeReceipt
from activities.shared.database import Database
from activities.shared.failures import OutcomeUnknown, RequestConflict
from models.settlement.disputes.states import BankStatus
from tests.adapters.journals import rows
from tests.adapters.made_evidence import evidence

pytestmark = pytest.mark.engine
AMOUNT = 23_140
WAITING, REVIEWED, WON, LOST = (
    BankStatus.NEEDS_RESPONSE, BankStatus.UNDER_REVIEW, BankStatus.WON, BankStatus.LOST,
)  # fmt: skip


@dataclass(frozen=True)
class Bank:
    """One implementation: the desk, the same one losing the answer of an operation, and the bank behind it.

    `opens`: from when on (UTC, None: no day) evidence is too late; gives the case's reference. `sent`: how often evidence arrived.
    """

    desk: DisputeDesk
    losing: Callable[[str], DisputeDesk]
    opens: Callable[[datetime | None], Awaitable[str]]
    decides: Callable[[str, bool], Awaitable[bool]]
    sent: Callable[[str], Awaitable[int]]


@pytest.fixture(params=["simulated", "stripe"])
def bank(request: pytest.FixtureRequest) -> Bank:
    named: Bank = request.getfixturevalue(request.param)
    return named


@pytest.fixture
async def simulated(outside: Database) -> Bank:
    paid = await PspSimulator(outside, FaultPlan.none()).authorise(
        "a", "BR-10023", AMOUNT, "BRL", "card", "tok"
    )
    await PspSimulator(outside, FaultPlan.none()).capture("c", paid.reference, AMOUNT)
    desk = PspDisputes(outside, FaultPlan.none())

    async def opens(due: datetime | None) -> str:
        return await desk.open_dispute(paid.reference, "product_not_received", AMOUNT, due)

    async def sent(reference: str) -> int:
        made = "SELECT 1 FROM sim.psp_dispute_request WHERE reference = %s AND operation = 'submit' AND done"
        return len(await rows(outside, made, reference))

    def losing(operation: str) -> DisputeDesk:
        return PspDisputes(outside, FaultPlan.scripted({(operation, 1): Fault.TIMEOUT_AFTER}))

    return Bank(desk, losing, opens, desk.decide_dispute, sent)


@pytest.fixture
async def stripe() -> AsyncIterator[Bank]:
    """The Stripe adapter over a fake of Stripe's API on loopback."""
    pytest.importorskip("stripe", reason="the extra `stripe` is not installed")
    from activities.adapters.stripe import StripeDisputes, stripe_client
    from tests.adapters import stripe_disputes_api as api
    from tests.adapters.stripe_remembering import remembering
    from tests.adapters.stripe_server import LOST as ANSWER_LOST
    from tests.adapters.stripe_server import serving

    async with serving() as server, remembering(server) as gateway:
        await gateway.authorise("a", "BR-10023", AMOUNT, "BRL", "card", "tok_visa")
        await gateway.capture("c", "pi_1", AMOUNT)
        disputes = server.api.disputes

        async def opens(due: datetime | None) -> str:
            due_by = int(due.timestamp()) if due else None
            return api.open_dispute(disputes, "pi_1", AMOUNT, "BRL", "product_not_received", due_by)

        async def decides(reference: str, won: bool) -> bool:
            return api.decide(disputes[reference], won)

        async def sent(reference: str) -> int:
            count: int = disputes[reference]["evidence_details"]["submission_count"]
            return count

        async with stripe_client(server.api.api_key, server.base, 3.0) as client:
            desk = StripeDisputes(client)

            def losing(operation: str) -> DisputeDesk:
                server.plan[operation] = ANSWER_LOST
                return desk

            yield Bank(desk, losing, opens, decides, sent)


def soon() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)


async def test_a_case_is_found_as_it_stands(bank: Bank) -> None:
    due = soon()
    reference = await bank.opens(due)
    found = await bank.desk.find(reference)
    assert found is not None
    assert (found.reference, found.order_number, found.amount_minor, found.currency) == (
        reference, "BR-10023", AMOUNT, "BRL",
    )  # fmt: skip
    assert (found.reason, found.evidence_due_at, found.status) == ("product_not_received", due, WAITING)
    assert await bank.decides(reference, True) is True
    assert await bank.decides(reference, False) is False
    again = await bank.desk.find(reference)
    assert again == found.model_copy(update={"status": WON})
    assert await bank.desk.find("dp_none") is None


async def test_evidence_goes_to_the_bank_once_and_a_repeat_gets_the_same_answer(bank: Bank) -> None:
    reference = await bank.opens(soon())
    done = DisputeReceipt(True, reference, REVIEWED)
    for _ in range(2):
        assert await bank.desk.submit_evidence("d:submit:1", reference, evidence("n")) == done
    with pytest.raises(RequestConflict):
        await bank.desk.submit_evidence("d:submit:1", reference, evidence("another"))
    other = await bank.desk.submit_evidence("d:submit:2", reference, evidence("n"))
    assert other == DisputeReceipt(False, reference, REVIEWED, "already_submitted")
    assert await bank.sent(reference) == 1


async def test_rivals_with_one_key_send_it_once(bank: Bank) -> None:
    reference = await bank.opens(soon())
    calls = (bank.desk.submit_evidence("d:submit:1", reference, evidence()) for _ in range(5))
    assert {receipt.done for receipt in await asyncio.gather(*calls)} == {True}
    assert await bank.sent(reference) == 1


async def test_a_lost_answer_is_told_by_the_same_call(bank: Bank) -> None:
    reference = await bank.opens(soon())
    with pytest.raises(OutcomeUnknown):
        await bank.losing("dispute_submit").submit_evidence("d:submit:1", reference, evidence())
    again = await bank.desk.submit_evidence("d:submit:1", reference, evidence())
    assert again == DisputeReceipt(True, reference, REVIEWED)
    assert await bank.sent(reference) == 1


async def test_a_case_that_is_given_up_is_lost_at_once_and_for_good(bank: Bank) -> None:
    reference = await bank.opens(soon())
    done = DisputeReceipt(True, reference, LOST)
    with pytest.raises(OutcomeUnknown):
        await bank.losing("dispute_accept").accept("d:accept:1", reference)
    for _ in range(2):
        assert await bank.desk.accept("d:accept:1", reference) == done
    late = await bank.desk.submit_evidence("d:submit:1", reference, evidence())
    assert late == DisputeReceipt(False, reference, LOST, "already_decided")
    assert (await bank.decides(reference, True), await bank.sent(reference)) == (False, 0)


async def test_what_is_under_review_cannot_be_given_up_and_what_is_decided_not_answered(bank: Bank) -> None:
    reference = await bank.opens(soon())
    await bank.desk.submit_evidence("d:submit:1", reference, evidence())
    refused = await bank.desk.accept("d:accept:1", reference)
    assert refused == DisputeReceipt(False, reference, REVIEWED, "already_submitted")
    await bank.decides(reference, True)
    refused = await bank.desk.accept("d:accept:2", reference)
    assert refused == DisputeReceipt(False, reference, WON, "already_decided")
    found = await bank.desk.find(reference)
    assert found is not None
    assert found.status is WON


async def test_evidence_after_the_last_day_is_refused_and_giving_up_is_not(bank: Bank) -> None:
    reference = await bank.opens(datetime.now(UTC) - timedelta(hours=1))
    refused = await bank.desk.submit_evidence("d:submit:1", reference, evidence())
    assert refused == DisputeReceipt(False, reference, WAITING, "past_due")
    assert await bank.sent(reference) == 0
    assert await bank.desk.accept("d:accept:1", reference) == DisputeReceipt(True, reference, LOST)


async def test_a_case_that_nobody_knows_is_refused(bank: Bank) -> None:
    unknown = DisputeReceipt(False, "dp_none", WAITING, "unknown_reference")
    assert await bank.desk.submit_evidence("d:submit:1", "dp_none", evidence()) == unknown
    assert await bank.desk.accept("d:accept:1", "dp_none") == unknown
