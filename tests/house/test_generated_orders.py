"""The demo's orders: good ones pass every check, broken ones are refused with the code that was planned."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from models.intake.checks import CatalogueEntry
from models.intake.validation import read_order
from models.order.messages import Order
from models.shared.errors import Refused
from tests.rules.order_bodies import ADDRESSES, CONTACTS
from workers.simulation.breaking import BREAKS
from workers.simulation.catalogue import GOODS, SHORT_PIECES, WAREHOUSES, opening_stock
from workers.simulation.orders import Sent, make_orders
from workers.simulation.places import COUNTRIES
from workers.simulation.scenarios import Scenario, deal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CATALOGUE = {
    good.sku: CatalogueEntry(
        sku=good.sku, merchant_id=good.merchant_id, title=good.title, weight_g=good.weight_g,
        special_goods=good.special, list_price_minor=good.euro_cents, list_currency="EUR",
    )
    for good in GOODS
}  # fmt: skip


def read(sent: Sent) -> Order:
    return read_order(
        sent.body, catalogue=CATALOGUE, address=ADDRESSES.check, contact=CONTACTS.check, now=NOW
    )


def test_every_order_that_must_pass_passes_and_every_broken_one_names_its_fault() -> None:
    verdicts: Counter[str] = Counter()
    for sent in make_orders(600, 11, NOW):
        if sent.refused_with:
            with pytest.raises(Refused) as refused:
                read(sent)
            assert [problem.code for problem in refused.value.problems] == [sent.refused_with]
        else:
            order = read(sent)
            verdicts[order.address_verdict] += 1
            assert (order.address_verdict == "ambiguous") is (sent.scenario is Scenario.ODD_ADDRESS)
    assert set(verdicts) == {"valid", "corrected", "ambiguous"}


def test_the_same_seed_makes_the_same_orders_and_another_one_others() -> None:
    first, same, other = (make_orders(50, seed, NOW) for seed in (7, 7, 8))
    assert first == same
    assert [one.body for one in first] != [one.body for one in other]


def test_two_hundred_orders_hold_every_scenario_currency_and_fault() -> None:
    orders = make_orders(200, 7, NOW)
    assert {one.scenario for one in orders} == set(Scenario)
    assert {one.refused_with for one in orders} - {""} == {code for code, _ in BREAKS}
    currencies = {one.body["currency"] for one in orders} - {"XYZ"}
    assert currencies == {country.currency for country in COUNTRIES}
    assert len({one.body["source_id"] for one in orders}) == 200


def test_every_order_gets_a_scenario_and_the_largest_part_is_ordinary() -> None:
    assert [len(deal(count, 7)) for count in (1, 5, 20, 200)] == [1, 5, 20, 200]
    assert [deal(count, 7).count(Scenario.ORDINARY) for count in (20, 50, 200)] == [6, 20, 80]


def test_prices_end_as_prices_do_in_each_currency() -> None:
    mug = GOODS[0]
    prices = {country.currency: mug.price_minor(country) for country in COUNTRIES}
    assert {name: prices[name] for name in ("EUR", "GBP", "JPY", "KWD")} == {
        "EUR": 1490, "GBP": 1280, "JPY": 2430, "KWD": 4990,
    }  # fmt: skip


def test_short_goods_lie_in_one_place_and_everything_else_in_several() -> None:
    places = Counter(one.sku for one in opening_stock(10))
    for good in GOODS:
        assert (places[good.sku] == 1) is good.short
    assert {one.pieces for one in opening_stock(10)} == {SHORT_PIECES, 50}
    assert {one.warehouse for one in opening_stock(10)} == {one.code for one in WAREHOUSES}
