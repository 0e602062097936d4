"""Stripe's events: only what Stripe itself says when asked is believed, and what is not ours is counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

pytest.importorskip("stripe", reason="the extra `stripe` is not installed")

from activities.adapters.stripe import StripeEvents, stripe_client
from activities.shared.failures import CallRefused, Unreachable
from tests.adapters.stripe_disputes_api import open_dispute
from tests.adapters.stripe_remembering import Remembering, remembering
from tests.adapters.stripe_server import StripeServer, serving

AT = 1_772_452_800  # 2026-03-02T12:00:00Z


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    async with serving() as one:
        yield one


@pytest.fixture
async def events(server: StripeServer) -> AsyncIterator[StripeEvents]:
    async with stripe_client(server.api.api_key, server.base) as client:
        yield StripeEvents(client)


@pytest.fixture
async def gateway(server: StripeServer) -> AsyncIterator[Remembering]:
    async with remembering(server) as one:
        yield one


def event(kind: str, about: str = "pi_1", event_id: str = "evt_1") -> dict[str, Any]:
    return {"id": event_id, "type": kind, "created": AT, "data": {"object": {"id": about}}}


async def pending(gateway: Remembering) -> None:
    await gateway.authorise("o-1:authorise:1", "DE-1", 1_000, "EUR", "card", "tok_pending")


def news(kind: str, reason: str = "") -> dict[str, Any]:
    return {
        "type": kind,
        "event_id": f"pi_1:{kind}",
        "order_number": "DE-1",
        "reference": "pi_1",
        "reason": reason,
        "amount_minor": 1_000,
        "currency": "EUR",
        "occurred_at": "2026-03-02T12:00:00+00:00",
    }


async def test_a_payment_that_came_is_news(
    server: StripeServer, gateway: Remembering, events: StripeEvents
) -> None:
    await pending(gateway)
    server.api.settle("pi_1", approve=True)
    told = await events(event("payment_intent.amount_capturable_updated"))
    assert told == news("payment.authorised")
    await gateway.capture("o-1:capture:1", "pi_1", 1_000)
    assert await events(event("payment_intent.succeeded", event_id="evt_2")) == told


async def test_a_payment_that_failed_is_news_with_its_reason(
    server: StripeServer, gateway: Remembering, events: StripeEvents
) -> None:
    await pending(gateway)
    server.api.settle("pi_1", approve=False, reason="payment_intent_authentication_failure")
    told = await events(event("payment_intent.payment_failed"))
    assert told == news("payment.declined", "payment_intent_authentication_failure")


async def test_a_payment_that_was_cancelled_will_not_come(gateway: Remembering, events: StripeEvents) -> None:
    await pending(gateway)
    await gateway.void("o-1:void:1", "pi_1")
    told = await events(event("payment_intent.canceled"))
    assert told == news("payment.declined", "cancelled, no reason given")


async def test_an_event_that_claims_more_than_stripe_says_is_not_believed(
    gateway: Remembering, events: StripeEvents
) -> None:
    await pending(gateway)
    assert await events(event("payment_intent.succeeded")) == news("payment.pending")


async def test_what_happens_to_a_charge_leads_to_its_payment(
    gateway: Remembering, events: StripeEvents
) -> None:
    await gateway.authorise("o-1:authorise:1", "DE-1", 1_000, "EUR", "card", "tok_visa")
    assert await events(event("charge.refunded", "ch_1")) == news("payment.refunded")


@pytest.mark.parametrize("kind", ["created", "updated", "funds_withdrawn", "funds_reinstated", "closed"])
@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("needs_response", "payment.dispute_opened"),
        ("under_review", "payment.dispute_under_review"),
        ("won", "payment.dispute_won"),
        ("lost", "payment.dispute_lost"),
    ],
)
async def test_whatever_an_event_says_of_a_dispute_stripe_says_where_it_stands(
    server: StripeServer, gateway: Remembering, events: StripeEvents, kind: str, status: str, told: str
) -> None:
    await gateway.authorise("o-1:authorise:1", "DE-1", 1_000, "EUR", "card", "tok_visa")
    name = open_dispute(server.api.disputes, "pi_1", 700, "EUR", "fraudulent", AT + 86_400)
    server.api.disputes[name] |= {"status": status, "created": AT - 60}
    assert await events(event(f"charge.dispute.{kind}", name)) == {
        "type": told,
        "event_id": f"{name}:{status}",
        "order_number": "DE-1",
        "dispute_reference": name,
        "reference": "pi_1",
        "reason": "fraudulent",
        "amount_minor": 700,
        "currency": "EUR",
        "opened_at": "2026-03-02T11:59:00Z",
        "evidence_due_at": "2026-03-03T12:00:00Z",
        "occurred_at": "2026-03-02T12:00:00+00:00",
    }


async def test_inquiries_and_disputes_of_other_money_are_counted(
    server: StripeServer, gateway: Remembering, events: StripeEvents
) -> None:
    await gateway.authorise("o-1:authorise:1", "DE-1", 1_000, "EUR", "card", "tok_visa")
    inquiry = open_dispute(server.api.disputes, "pi_1", 700, "EUR", "general", None)
    server.api.disputes[inquiry]["status"] = "warning_needs_response"
    other = open_dispute(server.api.disputes, "pi_other", 700, "EUR", "general", None)
    for about in (inquiry, other, "dp_none"):
        assert await events(event("charge.dispute.created", about)) is None
    assert events.ignored == {"charge.dispute.created": 3}


@pytest.mark.parametrize("kind", ["customer.created", "payment_intent.created", "None"])
async def test_an_unknown_type_is_counted_and_nobody_is_asked(
    server: StripeServer, events: StripeEvents, kind: str
) -> None:
    assert await events(event(kind)) is None
    assert await events(event(kind)) is None
    assert events.ignored == {kind: 2}
    assert server.seen == []


async def test_a_payment_of_somebody_else_is_counted(
    server: StripeServer, gateway: Remembering, events: StripeEvents
) -> None:
    await pending(gateway)
    server.api.intents["pi_1"]["metadata"] = {}
    for about in ("pi_1", "pi_2"):
        assert await events(event("payment_intent.succeeded", about)) is None
    assert events.ignored == {"payment_intent.succeeded": 2}


async def test_while_stripe_cannot_be_asked_the_event_waits(
    server: StripeServer, gateway: Remembering, events: StripeEvents
) -> None:
    await pending(gateway)
    wrong = {"error": {"type": "invalid_request_error", "message": "no"}}
    for status, raised in ((500, Unreachable), (401, CallRefused)):
        server.canned.append((status, wrong))
        with pytest.raises(raised):
            await events(event("payment_intent.succeeded"))
