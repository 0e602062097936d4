"""What every payment provider behind `PaymentGateway` must do. A real adapter joins as one more param of `provider`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from activities.adapters.psp_simulator import PspSimulator
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.review.ports import GatewayAuthorisation, GatewayReceipt, PaymentGateway
from activities.shared.database import Database
from activities.shared.failures import OutcomeUnknown, RequestConflict
from models.review.messages import PaymentStatus
from tests.adapters.journals import NOON, rows

pytestmark = pytest.mark.engine
AUTHORISED, PENDING, DECLINED = PaymentStatus.AUTHORISED, PaymentStatus.PENDING, PaymentStatus.DECLINED


@dataclass(frozen=True)
class Provider:
    """One implementation: the gateway, the same one losing the answer of an operation, and its customer."""

    gateway: PaymentGateway
    losing: Callable[[str], PaymentGateway]
    settle: Callable[[str, bool], Awaitable[bool]]
    requests: Callable[[str], Awaitable[int]]


@pytest.fixture(params=["simulated", "stripe"])
def provider(request: pytest.FixtureRequest) -> Provider:
    named: Provider = request.getfixturevalue(request.param)
    return named


@pytest.fixture
async def stripe() -> AsyncIterator[Provider]:
    """The Stripe adapter over a fake of Stripe's API on loopback."""
    pytest.importorskip("stripe", reason="the extra `stripe` is not installed")
    from tests.adapters.stripe_provider import over_the_fake

    async with over_the_fake() as (gateway, losing, settle, requests):
        yield Provider(gateway, losing, settle, requests)


@pytest.fixture
def simulated(outside: Database) -> Provider:
    simulator = PspSimulator(outside, FaultPlan.none())

    def losing(operation: str) -> PaymentGateway:
        return PspSimulator(outside, FaultPlan.scripted({(operation, 1): Fault.TIMEOUT_AFTER}))

    async def settle(reference: str, approve: bool) -> bool:
        return await simulator.settle_pending(reference, approve, NOON)

    async def requests(key: str) -> int:
        return len(await rows(outside, "SELECT 1 FROM sim.psp_request WHERE key = %s", key))

    return Provider(simulator, losing, settle, requests)


async def authorise(
    gateway: PaymentGateway, key: str = "o-1:authorise:1", amount: int = 23_140, token: str = "tok_visa"
) -> GatewayAuthorisation:
    return await gateway.authorise(key, "BR-10023", amount, "BRL", "card", token)


@pytest.mark.parametrize(
    ("token", "status", "reason"),
    [
        ("tok_visa", AUTHORISED, ""),
        ("tok_declined_twice", DECLINED, "insufficient_funds"),
        ("tok_expired", DECLINED, "expired_card"),
        ("tok_pending_slip", PENDING, ""),
    ],
)
async def test_the_token_decides(provider: Provider, token: str, status: PaymentStatus, reason: str) -> None:
    answer = await authorise(provider.gateway, token=token)
    assert answer == GatewayAuthorisation(status, answer.reference, 23_140, "BRL", reason)
    assert answer.reference != ""
    assert await provider.gateway.find("o-1:authorise:1") == answer


async def test_the_same_key_and_body_get_the_same_answer(provider: Provider) -> None:
    first = await authorise(provider.gateway)
    assert await authorise(provider.gateway) == first
    assert await provider.requests("o-1:authorise:1") == 1


async def test_a_repeat_gets_the_first_answer_also_after_the_payment_moved_on(provider: Provider) -> None:
    first = await authorise(provider.gateway)
    await provider.gateway.capture("o-1:capture:1", first.reference, 23_140)
    assert await authorise(provider.gateway) == first
    assert await provider.gateway.find("o-1:authorise:1") == replace(first, captured_minor=23_140)


async def test_a_key_with_another_body_is_a_conflict_and_changes_nothing(provider: Provider) -> None:
    first = await authorise(provider.gateway)
    with pytest.raises(RequestConflict):
        await authorise(provider.gateway, amount=23_141)
    with pytest.raises(RequestConflict):
        await provider.gateway.capture("o-1:authorise:1", first.reference, 23_140)
    assert await provider.gateway.find("o-1:authorise:1") == first
    await provider.gateway.capture("o-1:capture:1", first.reference, 100)
    with pytest.raises(RequestConflict):
        await provider.gateway.capture("o-1:capture:1", first.reference, 101)
    assert await provider.gateway.find("o-1:authorise:1") == replace(first, captured_minor=100)


async def test_ten_calls_at_once_with_one_key_are_one_authorisation(provider: Provider) -> None:
    answers = await asyncio.gather(*(authorise(provider.gateway) for _ in range(10)))
    assert answers == [answers[0]] * 10
    assert await provider.requests("o-1:authorise:1") == 1


async def test_ten_calls_at_once_with_one_key_capture_once(provider: Provider) -> None:
    reference = (await authorise(provider.gateway)).reference
    calls = (provider.gateway.capture("o-1:capture:1", reference, 2_000) for _ in range(10))
    assert await asyncio.gather(*calls) == [GatewayReceipt(True, reference, 2_000)] * 10
    assert await provider.requests("o-1:capture:1") == 1
    found = await provider.gateway.find("o-1:authorise:1")
    assert isinstance(found, GatewayAuthorisation)
    assert found.captured_minor == 2_000


async def test_captures_in_parts_end_at_the_authorised_amount(provider: Provider) -> None:
    reference = (await authorise(provider.gateway, amount=1_000)).reference
    done = [await provider.gateway.capture(f"o-1:capture:{n}", reference, 400) for n in (1, 2, 3)]
    assert done == [
        GatewayReceipt(True, reference, 400),
        GatewayReceipt(True, reference, 400),
        GatewayReceipt(False, reference, 0, "amount_too_large"),
    ]
    assert await provider.gateway.capture("o-1:capture:4", reference, 200) == GatewayReceipt(
        True, reference, 200
    )


async def test_rival_captures_never_take_more_than_was_authorised(provider: Provider) -> None:
    reference = (await authorise(provider.gateway, amount=1_000)).reference
    calls = (provider.gateway.capture(f"o-1:capture:{n}", reference, 300) for n in range(10))
    done = [receipt.done for receipt in await asyncio.gather(*calls)]
    assert done.count(True) == 3
    found = await provider.gateway.find("o-1:authorise:1")
    assert isinstance(found, GatewayAuthorisation)
    assert found.captured_minor == 900


@pytest.mark.parametrize("amount", [0, -5])
async def test_nothing_and_less_cannot_be_captured(provider: Provider, amount: int) -> None:
    reference = (await authorise(provider.gateway)).reference
    receipt = await provider.gateway.capture("o-1:capture:1", reference, amount)
    assert receipt == GatewayReceipt(False, reference, 0, "amount_invalid")


async def test_a_void_gives_the_whole_authorisation_back_once(provider: Provider) -> None:
    first = await authorise(provider.gateway)
    receipt = GatewayReceipt(True, first.reference, 23_140)
    assert await provider.gateway.void("o-1:void:1", first.reference) == receipt
    assert await provider.gateway.void("o-1:void:1", first.reference) == receipt
    assert await provider.gateway.find("o-1:void:1") == receipt
    assert await provider.gateway.find("o-1:authorise:1") == replace(first, voided=True)
    again = await provider.gateway.void("o-1:void:2", first.reference)
    assert again == GatewayReceipt(False, first.reference, 0, "already_voided")


async def test_what_is_captured_cannot_be_voided_and_what_is_void_not_captured(provider: Provider) -> None:
    taken = (await authorise(provider.gateway, key="o-1:authorise:1")).reference
    await provider.gateway.capture("o-1:capture:1", taken, 1)
    refused = GatewayReceipt(False, taken, 0, "already_captured")
    assert await provider.gateway.void("o-1:void:1", taken) == refused
    assert await provider.gateway.find("o-1:void:1") == refused
    given = (await authorise(provider.gateway, key="o-2:authorise:1")).reference
    await provider.gateway.void("o-2:void:1", given)
    late = await provider.gateway.capture("o-2:capture:1", given, 1)
    assert late == GatewayReceipt(False, given, 0, "already_voided")


@pytest.mark.parametrize("token", ["tok_declined", "tok_pending"])
async def test_what_is_not_authorised_cannot_be_captured(provider: Provider, token: str) -> None:
    reference = (await authorise(provider.gateway, token=token)).reference
    receipt = await provider.gateway.capture("o-1:capture:1", reference, 1)
    assert receipt == GatewayReceipt(False, reference, 0, "not_authorised")


async def test_a_reference_that_nobody_knows_is_refused(provider: Provider) -> None:
    for call in (
        provider.gateway.void("o-1:void:1", "pay_none"),
        provider.gateway.capture("o-1:capture:1", "pay_none", 1),
        provider.gateway.refund("o-1:refund:1", "pay_none", 1),
    ):
        assert await call == GatewayReceipt(False, "pay_none", 0, "unknown_reference")


async def test_refunds_in_parts_end_at_what_was_captured(provider: Provider) -> None:
    reference = (await authorise(provider.gateway, amount=1_000)).reference
    none_yet = await provider.gateway.refund("o-1:refund:0", reference, 1)
    assert none_yet == GatewayReceipt(False, reference, 0, "amount_too_large")
    await provider.gateway.capture("o-1:capture:1", reference, 600)
    assert await provider.gateway.refund("o-1:refund:1", reference, 350) == GatewayReceipt(
        True, reference, 350
    )
    over = await provider.gateway.refund("o-1:refund:2", reference, 251)
    assert over == GatewayReceipt(False, reference, 0, "amount_too_large")
    assert await provider.gateway.refund("o-1:refund:3", reference, 250) == GatewayReceipt(
        True, reference, 250
    )


async def test_a_lost_answer_is_found_by_key_and_the_same_call_tells_it(provider: Provider) -> None:
    with pytest.raises(OutcomeUnknown):
        await authorise(provider.losing("authorise"))
    found = await provider.gateway.find("o-1:authorise:1")
    assert isinstance(found, GatewayAuthorisation)
    assert (found.status, found.amount_minor) == (AUTHORISED, 23_140)
    assert await authorise(provider.gateway) == found
    for operation in ("capture", "refund"):
        with pytest.raises(OutcomeUnknown):
            await getattr(provider.losing(operation), operation)(f"o-1:{operation}", found.reference, 500)
        assert await provider.gateway.find(f"o-1:{operation}") == GatewayReceipt(True, found.reference, 500)


async def test_a_key_never_seen_leads_to_nothing(provider: Provider) -> None:
    assert await provider.gateway.find("o-1:authorise:1") is None


@pytest.mark.parametrize(
    ("approve", "status", "reason"), [(True, AUTHORISED, ""), (False, DECLINED, "payment_not_received")]
)
async def test_a_pending_payment_settles_once(
    provider: Provider, approve: bool, status: PaymentStatus, reason: str
) -> None:
    first = await authorise(provider.gateway, token="tok_pending")
    assert await provider.settle(first.reference, approve) is True
    assert await provider.settle(first.reference, not approve) is False
    assert await provider.gateway.find("o-1:authorise:1") == replace(first, status=status, reason=reason)


async def test_a_pending_payment_that_was_voided_settles_no_more(provider: Provider) -> None:
    first = await authorise(provider.gateway, token="tok_pending")
    assert (await provider.gateway.void("o-1:void:1", first.reference)).done is True
    assert await provider.settle(first.reference, True) is False
    assert await provider.gateway.find("o-1:authorise:1") == replace(first, voided=True)
