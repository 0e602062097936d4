"""Cartons: every piece in one box, lying as it may, nothing through anything else; never dearer than a rule of thumb; every fault at once."""

from __future__ import annotations

import random
from itertools import count

import pytest

from models.preparation.packing.cartons import CartonPlan, Placement, cheapest_cartons
from models.preparation.packing.goods import Box, Catalogue, Freight, Item
from models.shared.errors import Refused
from starter.score.carton_cases import CELL_MM, bench, in_cells, ordinary, tight
from starter.score.carton_exact import cheapest_minor
from starter.score.carton_heuristics import first_fit_minor
from starter.score.cartons import faults

BENCH = bench()
NO_FREIGHT = Freight(cm3_per_kg=0)


def box(code: str, *inner: int, cost: int = 100, carries: int = 10_000) -> Box:
    length, width, height = inner
    return Box(code=code, inner_mm=(length, width, height), max_weight_g=carries, cost_minor=cost)


def item(name: str, *size: int, weight_g: int = 0, upright: bool = False) -> Item:
    length, width, height = size
    return Item(item_id=name, size_mm=(length, width, height), weight_g=weight_g, upright=upright)


def boxes(*made: Box, freight: Freight = NO_FREIGHT) -> Catalogue:
    return Catalogue(boxes=made, freight=freight)


def codes(plan: CartonPlan) -> list[str]:
    return sorted(one.code for one in plan.boxes)


@pytest.mark.parametrize("seed", range(15))
def test_an_ordinary_order_is_packed_soundly_by_proof_and_never_dearer_than_first_fit(seed: int) -> None:
    items = ordinary(random.Random(seed))
    plan = cheapest_cartons(items, BENCH)
    assert faults(items, BENCH, plan) == []
    assert (plan.proved, plan.lowest_minor) == (True, plan.cost_minor)
    assert plan.cost_minor <= first_fit_minor(items, BENCH)


@pytest.mark.parametrize("seed", range(15))
def test_the_cost_is_that_of_the_exact_solver(seed: int) -> None:
    items, catalogue = in_cells(random.Random(seed))
    plan = cheapest_cartons(items, catalogue)
    assert faults(items, catalogue, plan) == []
    assert (plan.proved, plan.cost_minor) == (True, cheapest_minor(items, catalogue, CELL_MM))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("steps", [1, 8, 150])
def test_a_search_that_is_ended_claims_nothing_and_its_plan_is_sound(seed: int, steps: int) -> None:
    items = tight(random.Random(seed))
    ended, whole = cheapest_cartons(items, BENCH, steps), cheapest_cartons(items, BENCH)
    assert faults(items, BENCH, ended) == []
    assert ended.lowest_minor <= whole.cost_minor <= ended.cost_minor <= first_fit_minor(items, BENCH)
    assert ended.proved == (ended.lowest_minor == ended.cost_minor)
    assert whole.proved is False or ended.lowest_minor <= whole.lowest_minor
    if not ended.proved:
        assert "not proved" in ended.explained


def test_a_clock_ends_the_search() -> None:
    looks = count()
    items = tight(random.Random(3))
    plan = cheapest_cartons(items, BENCH, stop=lambda: next(looks) >= 3)
    assert faults(items, BENCH, plan) == []
    assert plan.steps <= 3 * 8
    assert next(looks) >= 4
    assert plan.lowest_minor <= cheapest_cartons(items, BENCH).cost_minor <= plan.cost_minor


def test_the_same_order_has_the_same_plan() -> None:
    items = tight(random.Random(5))
    assert cheapest_cartons(items, BENCH) == cheapest_cartons(items, BENCH)


def test_the_cheapest_box_is_not_always_the_smallest_nor_one() -> None:
    pair = [item("a", 10, 10, 10, weight_g=400), item("b", 10, 10, 10, weight_g=400)]
    small, large = box("S", 10, 10, 10, cost=40), box("L", 20, 10, 10, cost=100)
    assert codes(cheapest_cartons(pair, boxes(small, large))) == ["S", "S"]
    assert codes(cheapest_cartons(pair, boxes(box("S", 10, 10, 10, cost=50), large))) == ["L"]
    # A base price for each parcel makes one box cheaper, a box that carries little makes two needed.
    assert codes(cheapest_cartons(pair, boxes(small, large, freight=Freight(base_minor=300)))) == ["L"]
    weak = box("L", 20, 10, 10, cost=1, carries=700)
    assert codes(cheapest_cartons(pair, boxes(small, weak))) == ["L", "L"]


def test_freight_counts_started_kilograms_of_the_heavier_of_weight_and_volume() -> None:
    freight = Freight(base_minor=100, per_kg_minor=10, cm3_per_kg=5_000)
    large = Box(
        code="L",
        inner_mm=(300, 200, 100),
        outer_mm=(310, 210, 110),
        tare_g=200,
        max_weight_g=9_000,
        cost_minor=7,
    )
    assert freight.price_minor(large, 800) == 100 + 10 * 2  # 7,161 cm³ count as 1.43 kg
    assert freight.price_minor(large, 1_800) == 100 + 10 * 2
    assert freight.price_minor(large, 1_801) == 100 + 10 * 3
    assert freight.model_copy(update={"cm3_per_kg": 0}).price_minor(large, 800) == 110
    plan = cheapest_cartons([item("a", 290, 190, 90, weight_g=1_801)], boxes(large, freight=freight))
    assert (plan.cost_minor, plan.boxes[0].weight_g, plan.currency) == (137, 2_001, "EUR")


def test_what_must_stand_is_not_laid_down() -> None:
    flat, tall = box("F", 50, 20, 10, cost=1), box("T", 20, 20, 50, cost=9)
    assert codes(cheapest_cartons([item("a", 20, 10, 50)], boxes(flat, tall))) == ["F"]
    plan = cheapest_cartons([item("a", 20, 10, 50, upright=True)], boxes(flat, tall))
    assert plan.boxes[0].placements == (
        Placement(item_id="a", step=1, at_mm=(0, 0, 0), size_mm=(10, 20, 50)),
    )


def test_pieces_that_interlock_are_packed() -> None:
    # Six blocks of 1 × 2 × 2 in a cube of 3: three holes lie on its diagonal, and no block may be moved alone.
    blocks = [item(f"{nth}", 1, 2, 2) for nth in range(6)]
    catalogue = boxes(box("C", 3, 3, 3, cost=1), box("L", 6, 2, 2, cost=2))
    assert codes(cheapest_cartons(blocks, catalogue)) == ["C"]
    # With a seventh there is volume for it neither here nor in the long box.
    assert len(cheapest_cartons([*blocks, item("6", 1, 2, 2)], catalogue).boxes) == 2


def test_volume_that_is_there_but_in_the_wrong_shape_is_not_used() -> None:
    cubes = [item("a", 2, 2, 2), item("b", 2, 2, 2)]
    plan = cheapest_cartons(cubes, boxes(box("C", 3, 3, 3, cost=1), box("L", 4, 2, 2, cost=3)))
    assert (codes(plan), plan.proved) == (["C", "C"], True)


def test_more_than_eight_pieces_are_packed_and_not_called_proved() -> None:
    chance = random.Random(4)
    items = [
        one.model_copy(update={"item_id": f"{nth}"})
        for nth, one in enumerate([*ordinary(chance), *tight(chance), *tight(chance)])
    ]
    plan = cheapest_cartons(items, BENCH)
    assert faults(items, BENCH, plan) == []
    assert len(items) > 16
    assert plan.proved is False
    assert 0 < plan.lowest_minor <= plan.cost_minor
    assert "8 at most are proved" in plan.explained


def test_a_plan_that_is_wrong_in_one_place_is_seen() -> None:
    items = [item("a", 10, 20, 30, weight_g=500, upright=True), item("b", 10, 20, 30)]
    catalogue = boxes(box("B", 20, 20, 30))
    plan = cheapest_cartons(items, catalogue)
    assert faults(items, catalogue, plan) == []
    (packed,) = plan.boxes
    first, second = packed.placements

    def changed(**update: object) -> list[str]:
        other = packed.model_copy(update={"placements": (first, second.model_copy(update=update))})
        return faults(items, catalogue, plan.model_copy(update={"boxes": (other,)}))

    assert changed(at_mm=first.at_mm) == [
        f"{second.item_id}: shares space with {first.item_id}",
        f"{second.item_id}: goes in under {first.item_id}",
    ]
    assert f"{second.item_id}: sticks out" in changed(at_mm=(11, 1, 0))
    assert f"{second.item_id}: lies as (10, 20, 29)" in changed(size_mm=(10, 20, 29))
    assert changed(item_id=first.item_id)[0] == "pieces are missing or stand twice"
    lighter = packed.model_copy(update={"weight_g": 1})
    assert faults(items, catalogue, plan.model_copy(update={"boxes": (lighter,)})) == ["B: 500 g"]
    assert faults(items, catalogue, plan.model_copy(update={"cost_minor": 1})) == [
        "the cost is not that of the boxes"
    ]


def test_every_fault_of_items_boxes_and_freight_is_told_at_once() -> None:
    wrong = Box(code="", inner_mm=(10, 10, 0), outer_mm=(9, 10, 5), tare_g=-1, max_weight_g=0, cost_minor=-5)
    items = [item("a", 1, 0, 20_000, weight_g=-1), item("a", 1, 1, 1), item("", 1, 1, 1)]
    with pytest.raises(Refused) as raised:
        cheapest_cartons(items, Catalogue(boxes=(wrong,), freight=Freight(cm3_per_kg=-1)))
    assert [(one.pointer, one.code) for one in raised.value.problems] == [
        ("/items/0/size_mm/1", "size_out_of_range"),
        ("/items/0/size_mm/2", "size_out_of_range"),
        ("/items/0/weight_g", "negative"),
        ("/items/1/item_id", "item_id_not_unique"),
        ("/items/2/item_id", "item_id_not_unique"),
        ("/catalogue/boxes/0/code", "box_code_not_unique"),
        ("/catalogue/boxes/0/inner_mm/2", "size_out_of_range"),
        ("/catalogue/boxes/0/outer_mm", "smaller_outside"),
        ("/catalogue/boxes/0/max_weight_g", "not_positive"),
        ("/catalogue/boxes/0/tare_g", "negative"),
        ("/catalogue/boxes/0/cost_minor", "negative"),
        ("/catalogue/freight/cm3_per_kg", "negative"),
    ]
    assert all(one.detail and one.fix for one in raised.value.problems)


def test_every_piece_that_no_box_takes_is_told_at_once() -> None:
    catalogue = boxes(box("A", 10, 10, 5, carries=90), box("B", 12, 3, 3, carries=200))
    items = [
        item("long", 13, 1, 1),
        item("tall", 3, 3, 6, upright=True),
        item("fine", 10, 10, 5, weight_g=90),
        item("heavy", 10, 9, 5, weight_g=100),
    ]
    with pytest.raises(Refused) as raised:
        cheapest_cartons(items, catalogue)
    assert [(one.pointer, one.code, one.detail) for one in raised.value.problems] == [
        ("/items/0/size_mm", "fits_no_box", "13 × 1 × 1 mm fits no box"),
        ("/items/1/size_mm", "fits_no_box", "3 × 3 × 6 mm fits no box standing"),
        ("/items/3/weight_g", "too_heavy", "100 g, and the boxes that it fits carry 90 g"),
    ]


def test_nothing_to_pack_and_nothing_to_pack_it_in_are_refused() -> None:
    with pytest.raises(Refused) as raised:
        cheapest_cartons([], Catalogue(boxes=()))
    assert [one.code for one in raised.value.problems] == ["nothing_to_pack", "no_box"]
