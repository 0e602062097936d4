"""What each desk does of its own: the simulated bank's limits and news, Stripe's fields and errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from activities.adapters.psp_simulator import PspDisputes, PspSimulator
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.shared.database import Database
from activities.shared.failures import CallRefused, Unreachable
from tests.adapters.journals import NOON, rows
from tests.adapters.made_evidence import evidence

pytest.importorskip("stripe", reason="the extra `stripe` is not installed")

from activities.adapters.stripe import StripeDisputes, stripe_client
from activities.adapters.stripe.dispute_reading import TEXT_LIMIT, evidence_form
from tests.adapters import stripe_disputes_api as api
from tests.adapters.stripe_remembering import remembering
from tests.adapters.stripe_server import StripeServer, serving

pytestmark = pytest.mark.engine


async def paid(outside: Database, captured: int = 1_000) -> str:
    simulator = PspSimulator(outside, FaultPlan.none(), webhooks=False)
    reference = (await simulator.authorise("a", "BR-1", 1_000, "BRL", "card", "tok")).reference
    await simulator.capture("c", reference, captured)
    return reference


async def test_a_bank_takes_no_more_than_was_paid_and_not_given_back(outside: Database) -> None:
    reference = await paid(outside, captured=900)
    await PspSimulator(outside, FaultPlan.none(), webhooks=False).refund("r", reference, 100)
    bank = PspDisputes(outside, FaultPlan.none())
    for amount in (0, -1, 801):
        assert await bank.open_dispute(reference, "general", amount) == ""
    assert await bank.open_dispute("pay_none", "general", 1) == ""
    first = await bank.open_dispute(reference, "general", 600)
    assert await bank.open_dispute(reference, "general", 100) == ""  # the same case again
    assert await bank.open_dispute(reference, "general", 201, case="2") == ""
    await bank.decide_dispute(first, won=True)
    assert await bank.open_dispute(reference, "general", 800, case="2") != ""
    assert await rows(outside, "SELECT amount_minor, status FROM sim.psp_dispute ORDER BY amount_minor") == [
        (600, "won"), (800, "needs_response"),
    ]  # fmt: skip


async def test_every_turn_of_a_case_is_told_in_full_and_once(outside: Database) -> None:
    reference = await paid(outside)
    bank = PspDisputes(outside, FaultPlan.scripted({("dispute_tell", 1): Fault.DUPLICATE}))
    first = await bank.open_dispute(reference, "fraudulent", 400, NOON + timedelta(days=9), at=NOON)
    second = await bank.open_dispute(reference, "general", 300, case="2", at=NOON)
    await bank.submit_evidence("s", first, evidence())
    await bank.decide_dispute(first, won=True, at=NOON)
    for _ in range(2):
        await bank.accept("x", second)
    told = await rows(
        outside,
        "SELECT payload->>'type' AS a, payload->>'dispute_reference' AS b, (payload->>'amount_minor')::int AS c,"
        " event_id = payload->>'event_id' AS d"
        " FROM sim.webhook ORDER BY id",
    )
    assert told == [
        ("payment.dispute_opened", first, 400, True),
        ("payment.dispute_opened", first, 400, True),
        ("payment.dispute_opened", second, 300, True),
        ("payment.dispute_won", first, 400, True),
        ("payment.dispute_lost", second, 300, True),
    ]
    (payload,) = (await rows(outside, "SELECT payload FROM sim.webhook ORDER BY id LIMIT 1"))[0]
    assert isinstance(payload, dict)
    assert (payload["reference"], payload["order_number"], payload["currency"], payload["reason"]) == (
        reference, "BR-1", "BRL", "fraudulent",
    )  # fmt: skip
    assert payload["evidence_due_at"].startswith("2026-03-11T12:00:00")
    assert payload["occurred_at"] == "2026-03-02T12:00:00+00:00"


async def test_a_bank_that_does_not_tell_still_journals(outside: Database) -> None:
    bank = PspDisputes(outside, FaultPlan.none(), webhooks=False)
    await bank.accept("x", await bank.open_dispute(await paid(outside), "general", 1))
    assert await rows(outside, "SELECT status FROM sim.psp_dispute") == [("lost",)]
    assert await rows(outside, "SELECT 1 FROM sim.webhook") == []


def test_the_evidence_speaks_stripes_language_and_tells_no_more() -> None:
    form = evidence_form(evidence("the customer wrote that it arrived"))
    text = form.pop("uncategorized_text")
    assert form == {
        "customer_name": "Ana Souza",
        "customer_email_address": "ana@customer.example",
        "product_description": "2 × Mug at BRL 110.00",
        "shipping_address": "Rua Augusta 1200, 01304-001, São Paulo, BR",
        "shipping_carrier": "northpost",
        "shipping_date": "2026-03-02",
        "shipping_tracking_number": "NP1BR",
    }
    assert text.splitlines()[0] == "the customer wrote that it arrived"
    assert "Parcel BR-10023-P1 by northpost NP1BR: delivered, signed for by the recipient." in text
    assert "customer_purchase_ip" not in form
    assert (
        len(
            evidence_form(evidence("n" * 5_000).model_copy(update={"facts": evidence().facts * 500}))[
                "uncategorized_text"
            ]
        )
        == TEXT_LIMIT
    )


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    async with serving() as one, remembering(one) as gateway:
        await gateway.authorise("a", "DE-1", 1_000, "EUR", "card", "tok_visa")
        api.open_dispute(one.api.disputes, "pi_1", 700, "EUR", "general", None)
        yield one


async def test_what_the_fields_say_is_what_stripe_gets(server: StripeServer) -> None:
    async with stripe_client(server.api.api_key, server.base) as client:
        assert (await StripeDisputes(client).submit_evidence("d:submit:1", "dp_1", evidence())).done
    kept = server.api.disputes["dp_1"]
    assert kept["evidence"] == evidence_form(evidence())
    assert kept["metadata"]["orderloom_key"] == "d:submit:1"
    assert [operation for operation, _ in server.api.journal] == ["authorise", "dispute_submit"]


async def test_a_refusal_that_the_case_does_not_explain_is_an_error_and_nothing_is_sent(
    server: StripeServer,
) -> None:
    wrong = {"error": {"type": "invalid_request_error", "message": "no"}}
    async with stripe_client(server.api.api_key, server.base) as client:
        desk = StripeDisputes(client)
        for status, raised in ((500, Unreachable), (401, CallRefused)):
            server.canned.append((status, wrong))
            with pytest.raises(raised):
                await desk.submit_evidence("d:submit:1", "dp_1", evidence())
    async with stripe_client("sk_wrong", server.base) as client:
        with pytest.raises(CallRefused):
            await StripeDisputes(client).accept("d:accept:1", "dp_1")
    assert (server.api.disputes["dp_1"]["status"], server.api.disputes["dp_1"]["metadata"]) == (
        "needs_response",
        {},
    )
