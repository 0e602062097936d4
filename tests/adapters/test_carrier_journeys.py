"""What the carrier simulator does by itself: numbers, events in its own words, planned journeys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from activities.adapters.carrier_simulator import CarrierSimulator, CourierPlan
from activities.adapters.carrier_simulator.numbers import tracking_number
from activities.adapters.simulator.faults import FaultPlan
from activities.delivery.ports import CarrierGateway, Label
from activities.shared.database import Database
from models.delivery.states import Tracking
from models.delivery.vocabulary import code_for
from tests.adapters.journals import NOON, consignment, rows

pytestmark = pytest.mark.engine
CARRIERS = ("northpost", "swiftline", "haulmark")


async def book(gateway: CarrierGateway, key: str = "o-1:book:1", carrier: str = "northpost") -> Label:
    return await gateway.book(key, carrier, consignment(), 990)


async def test_a_number_that_is_taken_is_not_given_twice(outside: Database) -> None:
    simulator = CarrierSimulator(outside, FaultPlan.none())
    await book(simulator)
    async with outside.reading() as cursor:
        taken = tracking_number("northpost", "o-2:book:1", 0)
        await cursor.execute("UPDATE sim.carrier_label SET tracking_number = %s", (taken,))
    label = await book(simulator, key="o-2:book:1")
    assert label.tracking_number == tracking_number("northpost", "o-2:book:1", 1)


async def test_an_event_is_told_once_in_the_carriers_own_words(outside: Database) -> None:
    simulator = CarrierSimulator(outside, FaultPlan.none())
    number = (await book(simulator, carrier="swiftline")).tracking_number
    event_id = await simulator.emit(number, "D1", NOON, signed=True, place="Door")
    assert await simulator.emit(number, "D1", NOON, signed=True, place="Door") == event_id
    payload = {
        "event_id": event_id,
        "carrier": "swiftline",
        "tracking_number": number,
        "code": "D1",
        "occurred_at": "2026-03-02T12:00:00+00:00",
        "place": "Door",
        "signed": True,
    }
    assert await rows(outside, "SELECT source, event_id, payload FROM sim.webhook") == [
        ("carrier", event_id, payload)
    ]
    assert await rows(outside, "SELECT code, occurred_at, signed FROM sim.carrier_event") == [
        ("D1", NOON, True)
    ]


async def test_a_planned_journey_is_seeded_and_a_void_drops_it(outside: Database) -> None:
    plan = CourierPlan(seed=7, pickup_s=60, transit_s=600)
    simulator = CarrierSimulator(outside, FaultPlan.none(), plan)
    label = await book(simulator)
    journey = plan.journey("northpost", label.tracking_number, NOON)
    assert journey == plan.journey("northpost", label.tracking_number, NOON)
    planned = "SELECT code FROM sim.carrier_event ORDER BY occurred_at"
    assert await rows(outside, planned) == [(scan.code,) for scan in journey]
    told = sum(len(scan.delays) for scan in journey)
    waiting = "SELECT count(*) FROM sim.webhook WHERE deliver_at > now() + interval '30 seconds'"
    assert await rows(outside, waiting) == [(told,)]
    assert await simulator.void("o-1:void:1", "northpost", label.tracking_number) is True
    assert await rows(outside, planned) == []
    assert await rows(outside, "SELECT count(*) FROM sim.webhook") == [(0,)]


async def test_a_planned_collection_that_happened_stops_the_void(outside: Database) -> None:
    simulator = CarrierSimulator(outside, FaultPlan.none(), CourierPlan(pickup_s=0, transit_s=600))
    label = await book(simulator)
    assert await simulator.void("o-1:void:1", "northpost", label.tracking_number) is False


@pytest.mark.parametrize("carrier", CARRIERS)
def test_every_fate_of_a_journey_ends_as_its_rate_says(carrier: str) -> None:
    calm = CourierPlan(lost_rate=0, returned_rate=0, delayed_rate=0, duplicate_rate=0, out_of_order_rate=0)
    ends = {
        "delivered": replace(calm, signed_rate=1.0),
        "lost": replace(calm, lost_rate=1.0),
        "returned": replace(calm, returned_rate=1.0),
        "late": replace(calm, delayed_rate=1.0, duplicate_rate=1.0),
    }
    journeys = {name: plan.journey(carrier, "N1", NOON) for name, plan in ends.items()}
    last = {name: scans[-1] for name, scans in journeys.items()}
    assert last["delivered"].code == code_for(carrier, Tracking.DELIVERED)
    assert last["delivered"].signed is True
    assert last["lost"].code == code_for(carrier, Tracking.DELIVERY_FAILED, "carrier_parcel_lost")
    assert last["returned"].code == code_for(carrier, Tracking.RETURN_TO_SENDER)
    assert [len(scan.delays) for scan in journeys["late"]] == [2] * 5
    assert [len(scan.delays) for scan in journeys["delivered"]] == [1] * 4


def test_out_of_order_news_comes_after_the_next_but_never_before_it_happened() -> None:
    plan = CourierPlan(out_of_order_rate=1.0, duplicate_rate=0, lost_rate=0, returned_rate=0, delayed_rate=0)
    scans = plan.journey("haulmark", "N1", NOON)
    happened = [(scan.occurred_at - NOON).total_seconds() for scan in scans]
    assert happened == sorted(happened)
    told = [scan.delays[0] for scan in scans]
    assert [round(told[i] - happened[i + 1], 3) for i in range(3)] == [0.1, 0.1, 0.1]
    assert all(at >= fact - 0.001 for at, fact in zip(told, happened, strict=True)) is True
