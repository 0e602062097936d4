"""Faults: seeded, told by name, and never for ever."""

from __future__ import annotations

import time

import pytest

from activities.adapters.carrier_simulator import CarrierSimulator
from activities.adapters.psp_simulator import PspSimulator
from activities.adapters.simulator.faults import MOST_PER_KEY, SUFFERS, Fault, FaultPlan
from activities.delivery.ports import Label
from activities.review.ports import GatewayAuthorisation, GatewayReceipt
from activities.shared.database import Database
from activities.shared.failures import GatewayError, OutcomeUnknown, Unreachable
from models.review.messages import PaymentStatus
from tests.adapters.journals import NOON, consignment, rows

KEY = "o-1:authorise:1"
ALL_ALIKE = {fault: 1 / len(Fault) for fault in Fault}


def scripted(operation: str, fault: Fault) -> FaultPlan:
    return FaultPlan.scripted({(operation, 1): fault}, slow_s=0.05, late_s=60.0)


async def authorise(simulator: PspSimulator, key: str = KEY) -> GatewayAuthorisation:
    return await simulator.authorise(key, "BR-10023", 23_140, "BRL", "card", "tok_visa")


def test_the_same_seed_draws_the_same_faults_whatever_the_order_of_the_keys() -> None:
    def draw(seed: int, keys: list[str]) -> dict[str, list[Fault | None]]:
        plan = FaultPlan(seed, ALL_ALIKE)
        return {key: [plan.draw("authorise", key) for _ in range(3)] for key in keys}

    keys = [f"key-{n}" for n in range(50)]
    assert draw(1, keys) == draw(1, keys[::-1])
    assert draw(1, keys) != draw(2, keys)


def test_a_key_meets_two_faults_at_most() -> None:
    plan = FaultPlan(1, {Fault.TIMEOUT_BEFORE: 1.0})
    drawn = [plan.draw("authorise", KEY) for _ in range(4)]
    assert drawn == [Fault.TIMEOUT_BEFORE] * MOST_PER_KEY + [None, None]


def test_faults_come_as_often_as_their_rates_say() -> None:
    plan = FaultPlan(3, {Fault.SLOW: 0.2, Fault.LATE: 0.5})
    drawn = [plan.draw("authorise", f"key-{n}") for n in range(2_000)]
    shares = [round(drawn.count(fault) / len(drawn), 1) for fault in (Fault.SLOW, Fault.LATE, Fault.REFUSE)]
    assert shares == [0.2, 0.5, 0.0]


def test_an_operation_suffers_only_what_makes_sense_for_it() -> None:
    for operation, suffered in SUFFERS.items():
        for fault in Fault:
            drawn = scripted(operation, fault).draw(operation, KEY)
            assert drawn == (fault if fault in suffered else None)


def test_a_script_names_a_call_by_number_or_by_key() -> None:
    plan = FaultPlan.scripted({("capture", 2): Fault.REFUSE, ("capture", "o-7"): Fault.SLOW})
    keys = ["o-1:capture", "o-2:capture", "o-7:capture:1", "o-7:capture:1", "o-7:capture:2"]
    drawn = [plan.draw("capture", key) for key in keys]
    assert drawn == [None, Fault.REFUSE, Fault.SLOW, None, Fault.SLOW]
    assert plan.draw("refund", "o-7:refund") is None


@pytest.mark.parametrize("rates", [{Fault.SLOW: -0.1}, {Fault.SLOW: 0.6, Fault.LATE: 0.6}])
def test_rates_that_are_no_probabilities_are_refused(rates: dict[Fault, float]) -> None:
    with pytest.raises(ValueError, match="together at most 1"):
        FaultPlan(1, rates)


@pytest.mark.engine
@pytest.mark.parametrize(
    ("fault", "journalled"),
    [(Fault.TIMEOUT_BEFORE, 0), (Fault.TIMEOUT_AFTER, 1), (Fault.UNKNOWN_STATUS, 1)],
)
async def test_a_lost_answer_leaves_what_was_done_and_no_more(
    outside: Database, fault: Fault, journalled: int
) -> None:
    simulator = PspSimulator(outside, scripted("authorise", fault))
    with pytest.raises(OutcomeUnknown):
        await authorise(simulator)
    assert await rows(outside, "SELECT count(*) FROM sim.psp_payment") == [(journalled,)]
    assert await rows(outside, "SELECT count(*) FROM sim.webhook") == [(journalled,)]
    assert (await authorise(simulator)).status is PaymentStatus.AUTHORISED
    assert await rows(outside, "SELECT count(*) FROM sim.psp_payment") == [(1,)]


@pytest.mark.engine
async def test_a_refused_authorisation_is_declined_for_good(outside: Database) -> None:
    simulator = PspSimulator(outside, scripted("authorise", Fault.REFUSE))
    answer = await authorise(simulator)
    assert (answer.status, answer.reason) == (PaymentStatus.DECLINED, "do_not_honour")
    assert await authorise(simulator) == answer


@pytest.mark.engine
async def test_a_refused_capture_is_unreachable_and_takes_nothing(outside: Database) -> None:
    simulator = PspSimulator(outside, scripted("capture", Fault.REFUSE))
    reference = (await authorise(simulator)).reference
    with pytest.raises(Unreachable):
        await simulator.capture("o-1:capture:1", reference, 100)
    assert await simulator.find("o-1:capture:1") is None
    assert await simulator.capture("o-1:capture:1", reference, 100) == GatewayReceipt(True, reference, 100)


@pytest.mark.engine
async def test_a_wrong_amount_is_answered_as_it_was_journalled(outside: Database) -> None:
    plan = FaultPlan.scripted({("authorise", 1): Fault.WRONG_AMOUNT, ("capture", 1): Fault.WRONG_AMOUNT})
    simulator = PspSimulator(outside, plan)
    answer = await authorise(simulator)
    assert answer.amount_minor == 20_826
    receipt = await simulator.capture("o-1:capture:1", answer.reference, 20_826)
    assert receipt == GatewayReceipt(True, answer.reference, 18_744)
    money = "SELECT amount_minor, captured_minor FROM sim.psp_payment"
    assert await rows(outside, money) == [(20_826, 18_744)]
    payload = "SELECT payload->>'type', (payload->>'amount_minor')::int FROM sim.webhook ORDER BY id"
    assert await rows(outside, payload) == [("payment.authorised", 20_826), ("payment.captured", 18_744)]


@pytest.mark.engine
async def test_a_slow_answer_is_the_answer(outside: Database) -> None:
    started = time.monotonic()
    answer = await authorise(PspSimulator(outside, scripted("authorise", Fault.SLOW)))
    assert answer.status is PaymentStatus.AUTHORISED
    assert (time.monotonic() - started) // 0.05 > 0


@pytest.mark.engine
@pytest.mark.parametrize(("fault", "waits_s"), [(Fault.DUPLICATE, [0, 0]), (Fault.LATE, [60])])
async def test_webhooks_come_twice_or_late(outside: Database, fault: Fault, waits_s: list[int]) -> None:
    await authorise(PspSimulator(outside, scripted("authorise", fault)))
    planned = "SELECT round(extract(epoch FROM deliver_at - now()))::int, event_id FROM sim.webhook"
    told = await rows(outside, planned)
    assert [wait for wait, _ in told] == waits_s
    assert len({event_id for _, event_id in told}) == 1


@pytest.mark.engine
async def test_a_suspended_carrier_refuses_once_and_overcharges_once(outside: Database) -> None:
    plan = FaultPlan.scripted({("book", 1): Fault.REFUSE, ("book", 2): Fault.WRONG_AMOUNT})
    simulator = CarrierSimulator(outside, plan)
    refused = await simulator.book("o-1:book:1", "northpost", consignment(), 990)
    assert refused == Label("", "", 0, "service_suspended")
    bought = await simulator.book("o-1:book:1", "northpost", consignment(), 990)
    assert bought.price_minor == 1_089
    assert await simulator.find("o-1:book:1") == bought


@pytest.mark.engine
async def test_an_unknown_code_comes_beside_the_real_one(outside: Database) -> None:
    simulator = CarrierSimulator(outside, scripted("emit", Fault.UNKNOWN_STATUS))
    label = await simulator.book("o-1:book:1", "northpost", consignment(), 990)
    await simulator.emit(label.tracking_number, "EMA", NOON)
    told = "SELECT payload->>'code' FROM sim.webhook ORDER BY 1"
    assert await rows(outside, told) == [("??",), ("EMA",)]


@pytest.mark.engine
async def test_retries_get_through_whatever_the_plan(outside: Database) -> None:
    faults = {Fault.REFUSE: 0.3, Fault.TIMEOUT_BEFORE: 0.3, Fault.TIMEOUT_AFTER: 0.4}
    calm = PspSimulator(outside, FaultPlan.none(), webhooks=False)
    simulator = PspSimulator(outside, FaultPlan(11, faults), webhooks=False)
    for n in range(20):
        reference = (await authorise(calm, f"o-{n}:authorise:1")).reference
        attempts = 0
        while True:
            attempts += 1
            try:
                receipt = await simulator.capture(f"o-{n}:capture:1", reference, 500)
                break
            except GatewayError:
                continue
        assert receipt == GatewayReceipt(True, reference, 500)
        assert attempts == MOST_PER_KEY + 1
    assert await rows(outside, "SELECT DISTINCT captured_minor FROM sim.psp_payment") == [(500,)]
    assert await rows(outside, "SELECT count(*) FROM sim.webhook") == [(0,)]
