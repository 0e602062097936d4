"""What every carrier behind `CarrierGateway` must do. A real adapter joins as one more param of `depot`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from activities.adapters.carrier_simulator import CarrierSimulator
from activities.adapters.carrier_simulator.numbers import carrier_of
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.delivery.ports import CarrierGateway, Label
from activities.shared.database import Database
from activities.shared.failures import OutcomeUnknown, RequestConflict
from models.delivery.states import Tracking
from models.delivery.vocabulary import code_for
from tests.adapters.journals import NOON, consignment, rows

pytestmark = pytest.mark.engine
CARRIERS = ("northpost", "swiftline", "haulmark")
KEY = "o-1:book:1"


@dataclass(frozen=True)
class Depot:
    """One implementation: the gateway, the same one losing the answer of an operation, and the courier's van."""

    gateway: CarrierGateway
    losing: Callable[[str], CarrierGateway]
    collect: Callable[[str, str], Awaitable[str]]
    labels: Callable[[], Awaitable[int]]


@pytest.fixture(params=["simulator"])
def depot(request: pytest.FixtureRequest, outside: Database) -> Depot:
    simulator = CarrierSimulator(outside, FaultPlan.none())

    def losing(operation: str) -> CarrierGateway:
        return CarrierSimulator(outside, FaultPlan.scripted({(operation, 1): Fault.TIMEOUT_AFTER}))

    async def collect(carrier: str, number: str) -> str:
        return await simulator.emit(number, code_for(carrier, Tracking.PICKED_UP), NOON)

    async def labels() -> int:
        return len(await rows(outside, "SELECT 1 FROM sim.carrier_label"))

    return Depot(simulator, losing, collect, labels)


async def book(
    gateway: CarrierGateway, key: str = KEY, carrier: str = "northpost", price: int = 990
) -> Label:
    return await gateway.book(key, carrier, consignment(), price)


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_a_booking_gives_a_printable_label_with_the_carriers_number(depot: Depot, carrier: str) -> None:
    label = await book(depot.gateway, carrier=carrier)
    assert carrier_of(label.tracking_number) == carrier
    assert (label.price_minor, label.reason) == (990, "")
    assert label.label.startswith("^XA")
    assert label.label.endswith(f"^FD{label.tracking_number}^FS^XZ")
    assert "^FDAna  Souza ^FS" in label.label  # a name cannot smuggle a printer command in
    assert await depot.gateway.find(KEY) == label


async def test_the_same_key_and_body_buy_one_label(depot: Depot) -> None:
    first = await book(depot.gateway)
    assert await book(depot.gateway) == first
    assert await depot.labels() == 1


async def test_a_key_with_another_body_is_a_conflict_and_buys_nothing(depot: Depot) -> None:
    first = await book(depot.gateway)
    with pytest.raises(RequestConflict):
        await book(depot.gateway, price=991)
    with pytest.raises(RequestConflict):
        await book(depot.gateway, carrier="swiftline")
    assert await depot.labels() == 1
    await depot.gateway.void("o-1:void:1", "northpost", first.tracking_number)
    other = await book(depot.gateway, key="o-1:book:2")
    with pytest.raises(RequestConflict):
        await depot.gateway.void("o-1:void:1", "northpost", other.tracking_number)
    assert await depot.gateway.void("o-1:void:2", "northpost", other.tracking_number) is True


async def test_ten_calls_at_once_with_one_key_buy_one_label(depot: Depot) -> None:
    labels = await asyncio.gather(*(book(depot.gateway) for _ in range(10)))
    assert labels == [labels[0]] * 10
    assert await depot.labels() == 1


async def test_every_key_gets_a_number_of_its_own(depot: Depot) -> None:
    labels = [await book(depot.gateway, key=f"o-{n}:book:1") for n in range(20)]
    assert len({label.tracking_number for label in labels}) == 20


@pytest.mark.parametrize(
    ("carrier", "weight_g", "reason"),
    [
        ("pigeon", 100, "unknown_carrier"),
        ("northpost", 30_001, "weight_not_carried"),
        ("haulmark", 1_000_001, "weight_not_carried"),
        ("swiftline", 0, "weight_not_carried"),
    ],
)
async def test_what_no_van_can_take_is_refused_with_the_reason(
    depot: Depot, carrier: str, weight_g: int, reason: str
) -> None:
    label = await depot.gateway.book(KEY, carrier, consignment(weight_g=weight_g), 990)
    assert label == Label("", "", 0, reason)
    assert await depot.labels() == 0


async def test_a_label_is_void_for_good_until_the_parcel_is_collected(depot: Depot) -> None:
    label = await book(depot.gateway)
    assert await depot.gateway.void("o-1:void:1", "northpost", label.tracking_number) is True
    assert await depot.gateway.void("o-1:void:1", "northpost", label.tracking_number) is True
    assert await depot.gateway.void("o-1:void:2", "northpost", label.tracking_number) is True
    with pytest.raises(LookupError):
        await depot.collect("northpost", label.tracking_number)
    assert await depot.gateway.find(KEY) == label


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_a_collected_parcel_cannot_be_voided(depot: Depot, carrier: str) -> None:
    label = await book(depot.gateway, carrier=carrier)
    await depot.collect(carrier, label.tracking_number)
    assert await depot.gateway.void("o-1:void:1", carrier, label.tracking_number) is False
    assert await depot.gateway.void("o-1:void:1", carrier, label.tracking_number) is False


async def test_a_label_that_nobody_knows_cannot_be_voided(depot: Depot) -> None:
    assert await depot.gateway.void("o-1:void:1", "northpost", "RA473124829ZZ") is False
    label = await book(depot.gateway)
    assert await depot.gateway.void("o-1:void:2", "haulmark", label.tracking_number) is False


async def test_a_lost_answer_is_found_by_key_and_the_same_call_tells_it(depot: Depot) -> None:
    with pytest.raises(OutcomeUnknown):
        await book(depot.losing("book"))
    found = await depot.gateway.find(KEY)
    assert found is not None
    assert await book(depot.gateway) == found
    assert await depot.labels() == 1
    with pytest.raises(OutcomeUnknown):
        await depot.losing("void_label").void("o-1:void:1", "northpost", found.tracking_number)
    assert await depot.gateway.void("o-1:void:1", "northpost", found.tracking_number) is True


async def test_a_key_never_seen_leads_to_nothing(depot: Depot) -> None:
    assert await depot.gateway.find(KEY) is None


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("RA473124829ZZ", "northpost"),
        ("RA473124828ZZ", ""),
        ("SWL4222222222222", "swiftline"),
        ("SWL4222222222221", ""),
        ("HM47391265805", ""),
        ("HM47391265806", "haulmark"),
        ("", ""),
    ],
)
def test_check_digits_tell_a_number_from_a_slip_of_the_pen(number: str, carrier: str) -> None:
    assert carrier_of(number) == carrier
