"""Orders on carts: every order once, no cart too full, never more to walk than in a tour each."""

from __future__ import annotations

import random

import pytest

from models.preparation.picking.batches import Cart, PickList, batch
from models.preparation.picking.block import Block, Pick
from models.preparation.picking.tour import shortest_tour
from models.shared.errors import Refused
from starter.score.routes import LARGE, best_batches_mm, spread

BLOCK = Block(aisles=4, aisle_mm=100, pitch_mm=10)


def orders(seed: int, count: int) -> list[PickList]:
    chance = random.Random(seed)
    return [
        PickList(order_number=f"O-{nth}", picks=tuple(spread(chance, LARGE, chance.randint(1, 4))))
        for nth in range(count)
    ]


def one_pick(number: str, aisle: int, weight_g: int = 0, volume_mm3: int = 0) -> PickList:
    pick = Pick(pick_id="1", aisle=aisle, offset_mm=50, weight_g=weight_g, volume_mm3=volume_mm3)
    return PickList(order_number=number, picks=(pick,))


@pytest.mark.parametrize("seed", range(8))
def test_every_order_is_picked_once_and_no_cart_is_too_full(seed: int) -> None:
    cart, lists = Cart(totes=4, weight_g=20_000), orders(seed, 12)
    found = batch(LARGE, cart, lists)
    assert sorted(number for one in found.batches for number in one.orders) == sorted(
        one.order_number for one in lists
    )
    weights = {one.order_number: sum(pick.weight_g for pick in one.picks) for one in lists}
    for one in found.batches:
        assert len(one.orders) <= 4
        assert one.weight_g == sum(weights[number] for number in one.orders) <= 20_000
        named = sorted(name for stop in one.tour.stops for name in stop.picks)
        held = {one.order_number: one for one in lists}
        assert named == sorted(
            f"{number}/{pick.pick_id}" for number in one.orders for pick in held[number].picks
        )
    separate = sum(shortest_tour(LARGE, one.picks).length_mm for one in lists)
    assert (found.separate_mm, found.length_mm) == (
        separate,
        sum(one.tour.length_mm for one in found.batches),
    )
    assert found.length_mm <= separate


@pytest.mark.parametrize("seed", range(4))
def test_no_sharing_of_few_orders_walks_less_than_the_best_one(seed: int) -> None:
    cart, lists = Cart(totes=3), orders(seed, 5)
    best = best_batches_mm(LARGE, cart, lists)
    assert best <= batch(LARGE, cart, lists).length_mm <= best * 1.2


def test_orders_in_the_same_aisle_go_together_as_far_as_the_cart_holds_them() -> None:
    lists = [one_pick("A", 3, 10), one_pick("B", 3, 10), one_pick("C", 3, 10)]
    one_cart = batch(BLOCK, Cart(totes=3), lists)
    assert [one.orders for one in one_cart.batches] == [("A", "B", "C")]
    assert (one_cart.length_mm, one_cart.separate_mm) == (160, 480)
    for cart in (Cart(totes=2), Cart(totes=3, weight_g=20)):
        found = batch(BLOCK, cart, lists[::-1])
        assert [one.orders for one in found.batches] == [("A", "B"), ("C",)]
    assert len(batch(BLOCK, Cart(totes=1), lists).batches) == 3


def test_nothing_to_pick_needs_no_cart() -> None:
    assert batch(BLOCK, Cart(totes=2), []).model_dump() == {"batches": (), "length_mm": 0, "separate_mm": 0}


def test_every_fault_of_cart_and_orders_is_told_at_once() -> None:
    heavy = one_pick("A", 9, weight_g=30, volume_mm3=1)
    with pytest.raises(Refused) as raised:
        batch(BLOCK, Cart(totes=0, weight_g=20), [heavy, one_pick("A", 1), one_pick("", 1)])
    assert [(one.pointer, one.code) for one in raised.value.problems] == [
        ("/cart/totes", "not_positive"),
        ("/orders/0/picks/0/aisle", "aisle_unknown"),
        ("/orders/0/picks", "order_too_large"),
        ("/orders/1/order_number", "order_number_not_unique"),
        ("/orders/2/order_number", "order_number_not_unique"),
    ]
    assert all(one.detail and one.fix for one in raised.value.problems)
