"""Contract: what the adapter sends fits Stripe's own OpenAPI description. stripe-mock checks it; it keeps no state and no keys."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

pytest.importorskip("stripe", reason="the extra `stripe` is not installed")

from activities.adapters.stripe import StripeDisputes, StripeEvents, StripeGateway, stripe_client
from activities.adapters.stripe.asked import Asked
from activities.adapters.stripe.transport import telling_apart
from activities.review.ports import GatewayAuthorisation
from activities.shared.failures import CallRefused
from models.review.messages import PaymentStatus
from tests.adapters.made_evidence import evidence

PROGRAM = os.environ.get("STRIPE_MOCK") or shutil.which("stripe-mock")
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="stripe-mock is not there: set STRIPE_MOCK, or have it on PATH"
)


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """stripe-mock on a free port of loopback."""
    assert PROGRAM
    with subprocess.Popen(
        [PROGRAM, "-http-addr", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout
        try:
            said = ""
            for line in process.stdout:
                said += line
                if found := re.search(r"HTTP at address: (127\.0\.0\.1:\d+)", line):
                    yield f"http://{found[1]}"
                    break
            else:
                pytest.fail(f"stripe-mock did not start: {said}")
        finally:
            process.terminate()


async def recall(key: str) -> Asked | None:
    return Asked("authorise", key, datetime.now(UTC), "DE-1", 1_000, "EUR", "card", "pm_card_visa")


@pytest.fixture
async def gateway(mock: str) -> AsyncIterator[StripeGateway]:
    async with stripe_client("sk_test_123", mock) as client:
        yield StripeGateway(client, recall, multicapture=True)


@pytest.mark.parametrize("token", ["pm_card_visa", "ctoken_1"])
async def test_an_authorisation_is_a_valid_request_and_its_answer_is_read(
    gateway: StripeGateway, token: str
) -> None:
    answer = await gateway.authorise("o-1:authorise:1", "DE-1", 1_000, "EUR", "card", token)
    # The answer is an example, with the amount and currency that were asked for.
    assert (answer.amount_minor, answer.currency, answer.reference[:3]) == (1_000, "EUR", "pi_")


async def test_search_and_question_are_valid_requests(gateway: StripeGateway) -> None:
    found = await gateway.find("o-1:authorise:1")
    assert isinstance(found, GatewayAuthorisation)
    assert found.status in PaymentStatus


async def test_void_and_capture_are_valid_requests(gateway: StripeGateway) -> None:
    voided = await gateway.void("o-1:void:1", "pi_123")
    captured = await gateway.capture("o-1:capture:1", "pi_123", 500)
    assert (voided.done, captured.done, captured.amount_minor) == (True, True, 500)


async def test_a_refund_is_a_valid_request(mock: str) -> None:
    async with stripe_client("sk_test_123", mock) as client:
        made = await client.v1.refunds.create_async(
            {"payment_intent": "pi_123", "amount": 300, "metadata": {"orderloom_key": "o-1:refund:1"}},
            {"idempotency_key": "o-1:refund:1"},
        )
        listed = await client.v1.refunds.list_async({"payment_intent": "pi_123", "limit": 100})
    assert (made.amount, made.status, listed.has_more) == (300, "succeeded", False)


async def test_reading_answering_and_closing_a_dispute_are_valid_requests(mock: str) -> None:
    """The example is an inquiry, so the desk's own rules stop nothing."""
    async with stripe_client("sk_test_123", mock) as client:
        desk = StripeDisputes(client)
        assert await desk.find("dp_1") is None  # the example bears no order number
        submitted = await desk.submit_evidence("d:submit:1", "dp_1", evidence("a note"))
        accepted = await desk.accept("d:accept:1", "dp_1")
    assert (submitted.done, accepted.done) == (True, True)


@pytest.mark.parametrize("kind", ["payment_intent.succeeded", "charge.refunded", "charge.dispute.created"])
async def test_what_events_are_about_can_be_fetched_back(mock: str, kind: str) -> None:
    async with stripe_client("sk_test_123", mock) as client:
        events = StripeEvents(client)
        event = {"id": "evt_1", "type": kind, "created": 1, "data": {"object": {"id": "xx_1"}}}
        assert await events(event) is None  # the examples bear no order number
    assert events.ignored == {kind: 1}


async def test_a_wrong_request_is_seen(mock: str) -> None:
    async with stripe_client("sk_test_123", mock) as client:
        with pytest.raises(CallRefused), telling_apart("authorise", writes=True):
            await client.v1.payment_intents.create_async({"amount": 1_000})  # type: ignore[typeddict-item]
