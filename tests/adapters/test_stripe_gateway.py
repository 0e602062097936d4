"""The Stripe adapter: every class of error, lost answers with one effect, and what it says after Stripe forgot a key."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

pytest.importorskip("stripe", reason="the extra `stripe` is not installed")

from activities.review.ports import GatewayAuthorisation, GatewayReceipt
from activities.shared.failures import (
    CallRefused,
    GatewayError,
    OutcomeUnknown,
    RequestConflict,
    Unreachable,
)
from models.review.messages import PaymentStatus
from tests.adapters.stripe_remembering import Remembering, remembering
from tests.adapters.stripe_server import CUT, HANGS, LOST, StripeServer, serving

KEY = "o-1:authorise:1"


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    async with serving() as one:
        yield one


async def authorise(
    gateway: Remembering, amount: int = 1_000, currency: str = "EUR", token: str = "tok_visa"
) -> GatewayAuthorisation:
    return await gateway.authorise(KEY, "DE-1", amount, currency, "card", token)


@pytest.mark.parametrize(("currency", "minor"), [("KWD", 1_234), ("MGA", 1_250), ("XXX", 1)])
async def test_what_stripe_cannot_express_is_refused_before_any_call(
    server: StripeServer, currency: str, minor: int
) -> None:
    async with remembering(server) as gateway:
        with pytest.raises(CallRefused, match=currency):
            await authorise(gateway, minor, currency)
    assert server.seen == []


@pytest.mark.parametrize(("token", "means"), [("pm_1", "payment_method"), ("ctoken_1", "confirmation_token")])
async def test_the_token_is_a_payment_method_or_a_confirmation_token(
    server: StripeServer, token: str, means: str
) -> None:
    async with remembering(server) as gateway:
        await authorise(gateway, token=token)
    assert server.api.paid_by == [(means, token)]


async def test_an_authorisation_says_what_it_is_and_for_which_order(server: StripeServer) -> None:
    async with remembering(server) as gateway:
        answer = await authorise(gateway, 7, "ISK", "pm_card_visa")
    assert answer == GatewayAuthorisation(PaymentStatus.AUTHORISED, "pi_1", 7, "ISK")
    intent = server.api.intents["pi_1"]
    assert (intent["amount"], intent["currency"], intent["capture_method"]) == (700, "isk", "manual")
    assert intent["metadata"] == {"order_number": "DE-1", "orderloom_key": KEY}


def told(kind: str, **more: Any) -> dict[str, Any]:
    return {"error": {"type": kind, "message": "so it is", **more}}


@pytest.mark.parametrize(
    ("status", "body", "raised", "words"),
    [
        (401, told("invalid_request_error"), CallRefused, "ORDERLOOM_STRIPE_API_KEY"),
        (403, told("invalid_request_error"), CallRefused, "lacks a right"),
        (400, told("invalid_request_error", code="parameter_missing"), CallRefused, "parameter_missing"),
        (404, told("invalid_request_error"), CallRefused, "so it is"),
        (400, told("idempotency_error"), RequestConflict, "so it is"),
        (429, told("rate_limit_error"), Unreachable, "req_1"),
        (409, told("api_error"), OutcomeUnknown, "so it is"),
        (500, told("api_error"), OutcomeUnknown, "so it is"),
        (503, {}, OutcomeUnknown, "authorise"),
    ],
)
async def test_an_error_of_stripes_says_what_to_do_and_nothing_is_done(
    server: StripeServer, status: int, body: dict[str, Any], raised: type[GatewayError], words: str
) -> None:
    server.canned.append((status, body))
    async with remembering(server) as gateway:
        with pytest.raises(raised, match=words):
            await authorise(gateway)
    assert server.api.journal == []
    assert [method for method, _ in server.seen] == ["POST"]


@pytest.mark.parametrize(("status", "raised"), [(500, Unreachable), (429, Unreachable), (401, CallRefused)])
async def test_a_question_that_fails_before_the_money_moves_did_surely_nothing(
    server: StripeServer, status: int, raised: type[GatewayError]
) -> None:
    async with remembering(server) as gateway:
        await authorise(gateway)
        server.canned.append((status, told("api_error")))
        with pytest.raises(raised):
            await gateway.capture("o-1:capture:1", "pi_1", 1_000)
    assert server.api.journal == [("authorise", KEY)]


async def test_nobody_listening_is_unreachable(server: StripeServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server.base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with remembering(server) as gateway:
            with pytest.raises(Unreachable, match="ConnectError"):
                await authorise(gateway)


async def test_a_wrong_api_key_is_named(server: StripeServer) -> None:
    async with remembering(server, api_key="sk_test_wrong") as gateway:
        with pytest.raises(CallRefused, match="ORDERLOOM_STRIPE_API_KEY"):
            await authorise(gateway)
    assert server.api.journal == []


@pytest.mark.parametrize("fault", [LOST, HANGS, CUT])
@pytest.mark.parametrize("searchable", [True, False])
async def test_a_lost_authorisation_is_found_by_key_and_made_once(
    server: StripeServer, fault: str, searchable: bool
) -> None:
    server.plan["authorise"] = fault
    server.api.searchable = searchable
    async with remembering(server, answer_s=0.3) as gateway:
        with pytest.raises(OutcomeUnknown):
            await authorise(gateway)
        found = await gateway.find(KEY)
        assert found == GatewayAuthorisation(PaymentStatus.AUTHORISED, "pi_1", 1_000, "EUR")
        assert await authorise(gateway) == found
    assert server.api.journal == [("authorise", KEY)]
    assert len(server.api.intents) == 1


@pytest.mark.parametrize("fault", [LOST, HANGS, CUT])
@pytest.mark.parametrize(("operation", "made"), [("capture", 1_000), ("refund", 400)])
async def test_lost_money_is_found_by_key_and_moved_once(
    server: StripeServer, fault: str, operation: str, made: int
) -> None:
    async with remembering(server, answer_s=0.3) as gateway:
        await authorise(gateway)
        if operation == "refund":
            await gateway.capture("o-1:capture:1", "pi_1", 1_000)
        server.plan[operation] = fault
        key, move = f"o-1:{operation}:9", getattr(gateway, operation)
        with pytest.raises(OutcomeUnknown):
            await move(key, "pi_1", made)
        assert await move(key, "pi_1", made) == GatewayReceipt(True, "pi_1", made)
        assert await gateway.find(key) == GatewayReceipt(True, "pi_1", made)
        assert await move(key, "pi_1", made) == GatewayReceipt(True, "pi_1", made)
    assert server.api.journal.count((operation, key)) == 1
    charge = server.api.charges["ch_1"]
    assert (charge["amount_captured"], charge["amount_refunded"]) == (1_000, 400 * (operation == "refund"))


async def test_a_lost_void_is_found_without_its_reference(server: StripeServer) -> None:
    async with remembering(server) as gateway:
        await authorise(gateway)
        server.plan["void"] = LOST
        with pytest.raises(OutcomeUnknown):
            await gateway.void("o-1:void:1", "pi_1")
        gateway.notebook.asked.pop("o-1:void:1")
        gateway.notebook.note("void", "o-1:void:1", authorise_key=KEY)
        assert await gateway.find("o-1:void:1") == GatewayReceipt(True, "pi_1", 1_000)
    assert server.api.journal == [("authorise", KEY), ("void", "o-1:void:1")]


async def test_when_stripe_forgot_the_keys_what_stands_there_is_still_found(server: StripeServer) -> None:
    async with remembering(server, multicapture=True) as gateway:
        await authorise(gateway)
        await gateway.capture("o-1:capture:1", "pi_1", 600)
        await gateway.refund("o-1:refund:1", "pi_1", 100)
    server.api.answers.clear()
    server.api.searchable = True
    async with remembering(server, multicapture=True, days_later=2, notebook=gateway.notebook) as later:
        found = await later.find(KEY)
        assert isinstance(found, GatewayAuthorisation)
        assert (found.reference, found.captured_minor) == ("pi_1", 600)
        assert await later.capture("o-1:capture:1", "pi_1", 600) == GatewayReceipt(True, "pi_1", 600)
        assert await later.refund("o-1:refund:1", "pi_1", 100) == GatewayReceipt(True, "pi_1", 100)
        with pytest.raises(RequestConflict):
            await later.refund("o-1:refund:1", "pi_1", 101)
    assert [operation for operation, _ in server.api.journal] == ["authorise", "capture", "refund"]


async def test_a_day_later_what_search_does_not_know_was_never_made(server: StripeServer) -> None:
    async with remembering(server, days_later=2) as gateway:
        server.plan["authorise"] = CUT
        with pytest.raises(OutcomeUnknown):
            await authorise(gateway)
        assert await gateway.find(KEY) is None
    assert server.api.journal == []


async def test_without_multicapture_the_first_capture_lets_the_rest_go(server: StripeServer) -> None:
    async with remembering(server) as gateway:
        await authorise(gateway)
        assert await gateway.capture("o-1:capture:1", "pi_1", 600) == GatewayReceipt(True, "pi_1", 600)
        again = await gateway.capture("o-1:capture:2", "pi_1", 400)
    assert again == GatewayReceipt(False, "pi_1", 0, "already_captured")


async def test_money_that_is_only_authorised_is_never_refunded(server: StripeServer) -> None:
    async with remembering(server) as gateway:
        await authorise(gateway)
        receipt = await gateway.refund("o-1:refund:1", "pi_1", 1_000)
    assert receipt == GatewayReceipt(False, "pi_1", 0, "amount_too_large")
    assert ("POST", "/v1/refunds") not in server.seen


async def test_a_token_that_leads_to_nothing_is_declined(server: StripeServer) -> None:
    async with remembering(server) as gateway:
        answer = await authorise(gateway, token="tok_used")
        assert await gateway.find(KEY) == answer
    assert answer == GatewayAuthorisation(PaymentStatus.DECLINED, KEY, 1_000, "EUR", "token_already_used")


async def test_a_refusal_that_no_state_explains_is_no_business_no(server: StripeServer) -> None:
    async with remembering(server, multicapture=True) as gateway:
        await authorise(gateway)
        server.api.intents["pi_1"]["multicapture"] = False  # this card cannot
        with pytest.raises(CallRefused, match="no multicapture"):
            await gateway.capture("o-1:capture:1", "pi_1", 600)
    assert server.api.charges["ch_1"]["amount_captured"] == 0
