"""An order whose money is at Stripe: paid late, told by an event, captured; over a fake of Stripe's API."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
from temporalio.testing import WorkflowEnvironment

pytest.importorskip("stripe", reason="the extra `stripe` is not installed")

from activities.adapters.stripe import StripeDisputes, StripeEvents, StripeGateway, stripe_client
from activities.adapters.stripe.asked import StepRecall
from activities.insight.audit import audit
from activities.review.ports import GatewayAuthorisation
from activities.shared.database import Database
from activities.shared.inbox import receive
from models.delivery.messages import News
from models.settlement.disputes.messages import SubmitDispute
from starter.http.stripe_events import kept
from starter.settings import Settings
from tests.adapters.stripe_disputes_api import decide, open_dispute
from tests.adapters.stripe_server import LOST, StripeServer, serving
from tests.workflows.disputing import Disputed
from tests.workflows.living import Lived
from tests.workflows.made import an_order, seed
from workers import wiring
from workers.worker import build_worker

# The simulated provider's journal knows nothing of this money: the test audits without it.
pytestmark = [pytest.mark.engine, pytest.mark.plants_faults]


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    async with serving() as one:
        yield one


@pytest.fixture
async def lived(
    skipping: WorkflowEnvironment, database: Database, server: StripeServer
) -> AsyncIterator[Lived]:
    """A worker whose money goes to Stripe and whose parcels go with the simulated carriers."""
    await seed(database)
    settings = Settings(task_queue=f"test-stripe-{os.getpid()}-{id(server)}", workflow_sandbox=True)
    simulated = wiring.outside(database, settings)
    async with stripe_client(server.api.api_key, server.base) as client:
        world = wiring.World(
            StripeGateway(client, StepRecall(database)), simulated.carriers, StripeDisputes(client)
        )
        async with build_worker(skipping.client, database, world, settings):
            one = Lived(skipping, database, simulated, settings.task_queue)
            yield one
            await one.settle()


async def tell(lived: Lived, server: StripeServer, kind: str, event_id: str, about: str = "pi_1") -> None:
    """Stripe's event, through the inbox and its relay, as the door would keep it."""
    event = {"id": event_id, "type": kind, "created": 1_772_452_800, "data": {"object": {"id": about}}}
    await receive(lived.database, "stripe", event_id, kept(event))
    async with stripe_client(server.api.api_key, server.base) as client:
        hears = {"stripe": StripeEvents(client)}
        with lived.environment.with_time_skipping_disabled():
            relay = wiring.inbox_relay(
                lived.database, lived.environment.client, hears, task_queue=lived.task_queue
            )
            await relay.work_due()


async def test_a_payment_that_comes_late_is_heard_of_and_captured_once(
    lived: Lived, server: StripeServer
) -> None:
    server.plan = {"authorise": LOST, "capture": LOST}
    order = an_order(token="tok_pending")
    await lived.submit(order)
    await lived.waits(order, "payment")
    await tell(lived, server, "payment_intent.amount_capturable_updated", "evt_1")  # a lie: nothing came yet
    assert (await lived.row(order))["payment_state"] == "pending"
    server.api.settle("pi_1", approve=True)
    await tell(lived, server, "payment_intent.amount_capturable_updated", "evt_2")
    row = await lived.waits(order, "bench")
    assert (row["payment_state"], row["authorised_minor"]) == ("authorised", order.total_minor)
    await lived.pack(order)
    await lived.carrier(order, News.HANDED_OVER)
    await lived.carrier(order, News.DELIVERED, signed=True)
    row = await lived.until(order, lambda row: row["captured_minor"] > 0)
    assert row["captured_minor"] == order.total_minor
    assert [operation for operation, _ in server.api.journal] == ["authorise", "capture"]
    report = await audit(lived.database, None, journals=False, grace_s=3_600)
    assert [finding.invariant for finding in report.findings] == []


async def test_our_own_record_tells_what_was_asked(lived: Lived, server: StripeServer) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    asked = await lived.one("SELECT key FROM step_record WHERE step = 'authorise_payment'")
    async with stripe_client(server.api.api_key, server.base) as client:
        found = await StripeGateway(client, StepRecall(lived.database)).find(asked["key"])
        assert await StripeGateway(client, StepRecall(lived.database)).find("never") is None
    assert isinstance(found, GatewayAuthorisation)
    assert (found.reference, found.amount_minor) == ("pi_1", order.total_minor)


async def test_a_cancelled_order_gives_the_authorisation_back(lived: Lived, server: StripeServer) -> None:
    server.plan = {"void": LOST}
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.say(order, "cancel")
    row = await lived.closed(order)
    assert (row["outcome"], row["payment_state"]) == ("cancelled", "voided")
    assert server.api.intents["pi_1"]["status"] == "canceled"
    assert [operation for operation, _ in server.api.journal] == ["authorise", "void"]


async def test_a_source_that_nobody_hears_stays_in_the_inbox(lived: Lived) -> None:
    await receive(
        lived.database, "stripe", "evt_1", kept({"id": "evt_1", "type": "payment_intent.succeeded"})
    )
    await wiring.inbox_relay(lived.database, lived.environment.client).work_due()
    row = await lived.one("SELECT state, attempts FROM inbox WHERE source = 'stripe'")
    assert (row["state"], row["attempts"]) == ("received", 1)


async def test_a_dispute_at_stripe_is_answered_with_our_evidence_and_its_verdict_is_booked(
    lived: Lived, server: StripeServer
) -> None:
    server.plan = {"dispute_submit": LOST}
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.carrier(order, News.HANDED_OVER)
    await lived.carrier(order, News.DELIVERED, signed=True)
    await lived.waits(order, "return_window")
    name = open_dispute(server.api.disputes, "pi_1", order.total_minor, "EUR", "fraudulent", None)
    case = Disputed(lived, order, name)
    await tell(lived, server, "charge.dispute.created", "evt_1", name)
    await case.waits("dispute_answer")
    assert (await case.money())["disputes:reserved"] == -order.total_minor
    await case.say("submit", SubmitDispute(by="fin", note="signed for"))
    await case.waits("dispute_verdict")
    assert server.api.disputes[name]["evidence"]["uncategorized_text"].startswith("signed for\n")
    assert server.api.disputes[name]["evidence"]["customer_name"] == "A Buyer"
    assert [made for made, _ in server.api.journal].count("dispute_submit") == 1
    await tell(lived, server, "charge.dispute.closed", "evt_2", name)  # a lie: it is under review
    assert (await case.row())["state"] == "submitted"
    decide(server.api.disputes[name], won=True)
    await tell(lived, server, "charge.dispute.closed", "evt_3", name)
    assert (await case.until(lambda row: row["closed_at"] is not None))["state"] == "won"
    assert await case.money() == {}
    report = await audit(lived.database, None, journals=False, grace_s=3_600)
    assert [finding.invariant for finding in report.findings] == []
