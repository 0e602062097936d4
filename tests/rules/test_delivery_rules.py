"""Which carrier, and where a parcel is: any order of arrival tells the same story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.delivery.messages import CarrierChoice, News, Quote, TrackingEvent
from models.delivery.rules import (
    DAMAGED,
    LOST,
    ParcelStatus,
    choose,
    fold,
    is_valuable,
    news,
    price_minor,
    transit_days,
)
from models.delivery.states import HANDED_OVER, Tracking
from models.order.messages import Service
from models.order.policy import DeliveryPolicy

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY = DeliveryPolicy()
GROUND, REGISTERED, EXPRESS, FREIGHT = POLICY.services
T = Tracking


def event(
    minute: int, status: Tracking, incident: str = "", signed: bool = False, event_id: str = ""
) -> TrackingEvent:
    return TrackingEvent(
        event_id=event_id or f"e{minute}-{status}",
        carrier="northpost",
        tracking_number="N1",
        status=status,
        occurred_at=NOON + timedelta(minutes=minute),
        incident=incident,
        signed=signed,
    )


EVENTS = st.lists(
    st.builds(
        event,
        st.integers(0, 6),
        st.sampled_from(Tracking),
        st.sampled_from(("", LOST, "weather_delay")),
        st.booleans(),
        st.uuids().map(str),
    ),
    max_size=7,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_any_order_of_arrival_folds_to_the_same_status(events: list[TrackingEvent], dice: object) -> None:
    shuffled = list(events)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == fold(events)


@given(EVENTS)
def test_events_that_come_twice_change_nothing(events: list[TrackingEvent]) -> None:
    assert fold([*events, *events]) == fold(events)


@given(EVENTS)
def test_a_parcel_was_handed_over_when_any_event_says_that_the_carrier_had_it(
    events: list[TrackingEvent],
) -> None:
    assert fold(events).handed_over is any(one.status in HANDED_OVER for one in events)


@given(EVENTS)
def test_the_order_hears_of_a_delivery_once_however_the_events_arrive(events: list[TrackingEvent]) -> None:
    told = [news(fold(events[:n]), fold(events[: n + 1])) for n in range(len(events))]
    if fold(events).tracking is T.DELIVERED and T.RETURN_TO_SENDER not in {one.status for one in events}:
        assert told.count(News.DELIVERED) == 1
    assert [pair for pair in pairwise(told) if pair == (News.HANDED_OVER, News.HANDED_OVER)] == []


def test_an_end_stays_whatever_is_stamped_later() -> None:
    done = event(5, T.DELIVERED, signed=True)
    assert fold([done, event(6, T.RETURN_TO_SENDER), event(7, T.IN_TRANSIT)]) == ParcelStatus(
        T.DELIVERED, handed_over=True, signed=True
    )


def test_a_loss_yields_to_a_later_delivery() -> None:
    lost = event(3, T.DELIVERY_FAILED, LOST)
    assert fold([lost]) == ParcelStatus(T.DELIVERY_FAILED, LOST, handed_over=True)
    assert fold([event(9, T.DELIVERED), lost]) == ParcelStatus(T.DELIVERED, handed_over=True)


def test_a_code_that_nobody_knows_changes_nothing() -> None:
    assert fold([event(1, T.PICKED_UP), event(2, T.UNKNOWN)]) == ParcelStatus(T.PICKED_UP, handed_over=True)
    assert fold([event(2, T.UNKNOWN)]) == ParcelStatus(T.PENDING)


def test_at_the_same_moment_the_later_status_of_the_vocabulary_counts() -> None:
    assert fold([event(1, T.OUT_FOR_DELIVERY), event(1, T.IN_TRANSIT)]).tracking is T.OUT_FOR_DELIVERY


def test_only_a_delivery_is_signed_for() -> None:
    assert fold([event(1, T.PICKED_UP, signed=True)]).signed is False


_AWAY = ParcelStatus(T.IN_TRANSIT, handed_over=True)


@pytest.mark.parametrize(
    ("before", "after", "heard"),
    [
        (ParcelStatus(T.PENDING), ParcelStatus(T.PICKED_UP, handed_over=True), News.HANDED_OVER),
        (ParcelStatus(T.PENDING), ParcelStatus(T.DELIVERED, handed_over=True), News.DELIVERED),
        (_AWAY, ParcelStatus(T.OUT_FOR_DELIVERY, handed_over=True), None),
        (_AWAY, ParcelStatus(T.DELIVERY_DELAYED, "weather_delay", True), None),
        (_AWAY, ParcelStatus(T.DELIVERED, handed_over=True), News.DELIVERED),
        (_AWAY, ParcelStatus(T.RETURN_TO_SENDER, handed_over=True), News.RETURNED),
        (_AWAY, ParcelStatus(T.DELIVERY_FAILED, LOST, True), News.LOST),
        (_AWAY, ParcelStatus(T.DELIVERY_FAILED, DAMAGED, True), News.LOST),
        (ParcelStatus(T.PENDING), ParcelStatus(T.DELIVERY_FAILED, LOST, True), News.LOST),
        (
            ParcelStatus(T.DELIVERED, handed_over=True),
            ParcelStatus(T.DELIVERED, handed_over=True, signed=True),
            None,
        ),
    ],
)
def test_the_order_hears_only_what_changes_what_it_does_next(
    before: ParcelStatus, after: ParcelStatus, heard: News | None
) -> None:
    assert news(before, after) is heard


@pytest.mark.parametrize(
    ("weight_g", "price"), [(0, 390), (1, 450), (1_000, 450), (1_001, 510), (30_000, 390 + 30 * 60)]
)
def test_every_started_kilogram_costs(weight_g: int, price: int) -> None:
    assert price_minor(GROUND, "domestic", weight_g) == price


def quote(carrier: str, service: str, price: int, days: int) -> Quote:
    return Quote(carrier=carrier, service=service, price_minor=price, days=days)


def test_an_ordinary_parcel_goes_by_the_cheapest() -> None:
    assert choose(POLICY, "domestic", 900, False, Service.STANDARD) == CarrierChoice(
        chosen=quote("northpost", "ground", 450, 4),
        options=(
            quote("northpost", "registered", 770, 4),
            quote("swiftline", "express", 1_140, 1),
            quote("haulmark", "freight", 2_930, 5),
        ),
        explained="4 services carry 900 g to zone domestic; cheapest: northpost ground",
    )


@pytest.mark.parametrize(
    ("weight_g", "valuable", "wish", "chosen", "explained"),
    [
        (900, True, Service.STANDARD, "registered", "4 services carry 900 g to zone region; 3 of them are secure; cheapest: northpost registered"),
        (900, False, Service.EXPRESS, "express", "4 services carry 900 g to zone region; 1 of them are express; cheapest: swiftline express"),
        (900, True, Service.EXPRESS, "express", "4 services carry 900 g to zone region; 3 of them are secure; 1 of them are express; cheapest: swiftline express"),
        (30_001, False, Service.STANDARD, "freight", "1 services carry 30001 g to zone region; cheapest: haulmark freight"),
        (30_001, False, Service.EXPRESS, "freight", "1 services carry 30001 g to zone region; cheapest: haulmark freight"),
    ],
)  # fmt: skip
def test_secure_for_valuables_fast_for_urgent_strong_for_heavy(
    weight_g: int, valuable: bool, wish: Service, chosen: str, explained: str
) -> None:
    choice = choose(POLICY, "region", weight_g, valuable, wish)
    assert choice is not None
    assert (choice.chosen.service, choice.explained) == (chosen, explained)


def test_at_the_same_price_the_faster_goes_then_the_name_decides() -> None:
    slow = GROUND.model_copy(update={"carrier": "aaa", "days": {"domestic": 9}})
    twin = GROUND.model_copy(update={"carrier": "zzz"})
    policy = DeliveryPolicy(services=(slow, twin, GROUND))
    choice = choose(policy, "domestic", 900, False, Service.STANDARD)
    assert choice is not None
    assert [choice.chosen.carrier, *(one.carrier for one in choice.options)] == ["northpost", "zzz", "aaa"]


def test_what_nobody_may_carry_is_carried_by_nobody() -> None:
    assert choose(POLICY, "domestic", 1_000_001, False, Service.STANDARD) is None
    assert choose(POLICY, "moon", 900, False, Service.STANDARD) is None
    assert choose(DeliveryPolicy(services=(GROUND,)), "domestic", 900, True, Service.STANDARD) is None


@given(
    st.integers(0, 1_100_000),
    st.booleans(),
    st.sampled_from(Service),
    st.sampled_from(("domestic", "region", "world")),
)
def test_the_choice_keeps_the_rules_and_is_never_dearer_than_an_option(
    weight_g: int, valuable: bool, wish: Service, zone: str
) -> None:
    choice = choose(POLICY, zone, weight_g, valuable, wish)
    if choice is None:
        assert weight_g > FREIGHT.max_weight_g
        return
    service = next(one for one in POLICY.services if one.service == choice.chosen.service)
    assert (weight_g <= service.max_weight_g, service.secure or not valuable) == (True, True)
    assert choice.chosen.price_minor == price_minor(service, zone, weight_g)
    assert [one for one in choice.options if one.price_minor < choice.chosen.price_minor] == []


def test_a_promise_counts_on_the_slowest_ordinary_or_the_fastest_express_service() -> None:
    assert transit_days(POLICY, Service.STANDARD) == {"domestic": 4, "region": 7, "world": 14}
    assert transit_days(POLICY, Service.EXPRESS) == {"domestic": 1, "region": 2, "world": 4}
    assert transit_days(DeliveryPolicy(services=(FREIGHT,)), Service.EXPRESS) == {
        "domestic": 5,
        "region": 9,
        "world": 24,
    }


@pytest.mark.parametrize(("value", "valuable"), [(49_999, False), (50_000, True), (0, False)])
def test_goods_of_half_a_large_order_are_valuables(value: int, valuable: bool) -> None:
    assert is_valuable(value, 100_000, POLICY) is valuable
