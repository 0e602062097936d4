"""What the payment simulator tells: each change once and in full."""

from __future__ import annotations

import pytest

from activities.adapters.psp_simulator import PspSimulator
from activities.adapters.simulator.faults import FaultPlan
from activities.shared.database import Database
from tests.adapters.journals import NOON, rows

pytestmark = pytest.mark.engine


async def test_every_change_of_a_payment_is_told_once_and_refusals_are_not(outside: Database) -> None:
    simulator = PspSimulator(outside, FaultPlan.none())
    first = await simulator.authorise("1", "BR-1", 1_000, "BRL", "slip", "tok_pending")
    await simulator.settle_pending(first.reference, True, NOON)
    for _ in range(2):  # a repeat tells nothing
        await simulator.capture("2", first.reference, 700)
    await simulator.void("3", first.reference)  # refused
    await simulator.refund("4", first.reference, 300)
    other = await simulator.authorise("5", "BR-2", 50, "EUR", "card", "tok_expired")
    third = await simulator.authorise("6", "BR-3", 60, "JPY", "card", "tok_visa")
    await simulator.void("7", third.reference)
    payloads = [payload for (payload,) in await rows(outside, "SELECT payload FROM sim.webhook ORDER BY id")]
    told = [
        tuple(
            payload[name]
            for name in ("type", "reference", "order_number", "amount_minor", "currency", "reason")
        )
        for payload in payloads
        if isinstance(payload, dict)
    ]
    assert told == [
        ("payment.pending", first.reference, "BR-1", 1_000, "BRL", ""),
        ("payment.authorised", first.reference, "BR-1", 1_000, "BRL", ""),
        ("payment.captured", first.reference, "BR-1", 700, "BRL", ""),
        ("payment.refunded", first.reference, "BR-1", 300, "BRL", ""),
        ("payment.declined", other.reference, "BR-2", 50, "EUR", "expired_card"),
        ("payment.authorised", third.reference, "BR-3", 60, "JPY", ""),
        ("payment.voided", third.reference, "BR-3", 60, "JPY", ""),
    ]
    settled = await rows(
        outside, "SELECT payload->>'occurred_at' FROM sim.webhook ORDER BY id OFFSET 1 LIMIT 1"
    )
    assert settled == [("2026-03-02T12:00:00+00:00",)]
    same = "SELECT count(DISTINCT event_id), bool_and(event_id = payload->>'event_id') FROM sim.webhook"
    assert await rows(outside, same) == [(7, True)]


async def test_a_simulator_that_does_not_tell_still_journals(outside: Database) -> None:
    simulator = PspSimulator(outside, FaultPlan.none(), webhooks=False)
    answer = await simulator.authorise("1", "BR-1", 1_000, "BRL", "card", "tok_visa")
    await simulator.capture("2", answer.reference, 1_000)
    assert await rows(outside, "SELECT operation FROM sim.psp_request ORDER BY key") == [
        ("authorise",),
        ("capture",),
    ]
    assert await rows(outside, "SELECT 1 FROM sim.webhook") == []
