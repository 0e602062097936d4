"""Names and keys are computed: the same input gives the same name, always."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.shared.geography import DOMESTIC, REGION, WORLD, centroid, distance_km, zone
from models.shared.ids import (
    ORDER_NUMBER,
    fingerprint,
    order_number_for,
    order_of,
    parcel_id,
    step_key,
    workflow_id,
)


def test_names_of_one_order() -> None:
    assert workflow_id("BR-10023") == "order-BR-10023"
    assert parcel_id("BR-10023", 2) == "BR-10023-P2"
    assert parcel_id("BR-10023", 1, replaces="BR-10023-P2") == "BR-10023-P2R1"
    assert step_key("BR-10023", "capture_payment") == "order-BR-10023:capture_payment:1"
    assert step_key("BR-10023", "bench", 3) == "order-BR-10023:bench:3"
    assert step_key("BR-10023", "commit_stock", "BR-10023-P2") == "order-BR-10023:commit_stock:BR-10023-P2"


@pytest.mark.parametrize(
    ("parcel", "order"),
    [
        ("BR-1-P2", "BR-1"),
        ("BR-1-P2R1R3", "BR-1"),
        ("A-P1-P2", "A-P1"),
        ("BR-1-P0", ""),
        ("BR-1-P1x", ""),
        ("-P1", ""),
    ],
)
def test_the_order_of_a_parcel_stands_in_its_id(parcel: str, order: str) -> None:
    assert order_of(parcel) == order


def test_an_order_number_and_a_fingerprint_never_change() -> None:
    assert order_number_for("DE", "web", "S-1001") == "DE-JKLOIYOL4WEP"
    assert fingerprint("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.text(max_size=30), st.text(max_size=30))
def test_an_order_number_is_well_formed_whatever_the_source_id(channel: str, source_id: str) -> None:
    assert ORDER_NUMBER.fullmatch(order_number_for("DE", channel, source_id))


def test_channel_and_source_id_do_not_run_into_each_other() -> None:
    assert order_number_for("DE", "web", "1S") != order_number_for("DE", "web1", "S")


@pytest.mark.parametrize("text", ["", "AB", "-AB", "abc", "A" * 41, "BR 1", "BR-1\n"])
def test_what_is_no_order_number(text: str) -> None:
    assert ORDER_NUMBER.fullmatch(text) is None


@pytest.mark.parametrize(
    ("origin", "destination", "expected"),
    [
        ("DE", "DE", DOMESTIC),
        ("DE", "FR", REGION),
        ("BR", "AR", REGION),
        ("DE", "BR", WORLD),
        ("DE", "QQ", WORLD),
        ("QQ", "QQ", DOMESTIC),
    ],
)
def test_the_zone_between_two_countries(origin: str, destination: str, expected: str) -> None:
    assert zone(origin, destination) == expected


def test_distances_on_the_globe() -> None:
    assert distance_km((52.52, 13.405), (48.8566, 2.3522)) == pytest.approx(
        877.46, abs=0.5
    )  # Berlin to Paris
    assert distance_km((0.0, 0.0), (0.0, 180.0)) == pytest.approx(20_015.1, abs=0.1)  # half the equator
    assert distance_km((52.5, 13.4), (52.5, 13.4)) == 0.0


def test_an_unknown_country_lies_at_null_island() -> None:
    assert (centroid("QQ"), centroid("BR")) == ((0.0, 0.0), (-15.8, -47.9))
