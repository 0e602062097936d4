"""Pick tours: the shortest there is, a real walk, the same for the same picks, and every fault at once."""

from __future__ import annotations

import random
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.preparation.picking.block import Block, Pick, Stop
from models.preparation.picking.tour import shortest_tour
from models.shared.errors import Refused
from starter.score.route_exact import distances, graph, shortest_mm
from starter.score.route_heuristics import RULES, passed, walked_mm
from starter.score.routes import LARGE, sound, spread

HAND = Block(aisles=3, aisle_mm=10, pitch_mm=2)


@st.composite
def lists(draw: st.DrawFn, most: int = 7) -> tuple[Block, list[Pick]]:
    """Any small block with any picks, so few lengths that ties and shared places are common."""
    aisles = draw(st.integers(1, 6))
    block = Block(
        aisles=aisles,
        aisle_mm=draw(st.integers(1, 12)),
        pitch_mm=draw(st.sampled_from((1, 2, 5, 40))),
        depot_aisle=draw(st.integers(0, aisles - 1)),
    )
    places = draw(
        st.lists(st.tuples(st.integers(0, aisles - 1), st.integers(0, block.aisle_mm)), max_size=most)
    )
    return block, [pick(nth, *place) for nth, place in enumerate(places)]


def pick(nth: int, aisle: int, offset_mm: int) -> Pick:
    return Pick(pick_id=str(nth), aisle=aisle, offset_mm=offset_mm)


def by_every_order(block: Block, picks: list[Pick]) -> int:
    """The shortest of all orders of the picks, over the warehouse's graph."""
    places = [(one.aisle, one.offset_mm) for one in picks]
    depot = (block.depot_aisle, 0)
    ways = graph(block, places)
    known = {one: distances(ways, one) for one in {depot, *places}}
    return min(
        sum(known[one][other] for one, other in pairwise([depot, *order, depot]))
        for order in permutations(places)
    )


@settings(max_examples=300, deadline=None)
@given(lists())
def test_no_tour_is_shorter(given_list: tuple[Block, list[Pick]]) -> None:
    block, picks = given_list
    tour = shortest_tour(block, picks)
    assert tour.length_mm == shortest_mm(block, picks)
    assert sound(block, picks, tour)


@settings(max_examples=100, deadline=None)
@given(lists(most=5))
def test_the_exact_solver_finds_what_trying_every_order_finds(given_list: tuple[Block, list[Pick]]) -> None:
    block, picks = given_list
    assert shortest_mm(block, picks) == by_every_order(block, picks)


@settings(max_examples=100, deadline=None)
@given(lists(), st.randoms(use_true_random=False))
def test_the_same_picks_give_the_same_tour_in_any_order(
    given_list: tuple[Block, list[Pick]], chance: random.Random
) -> None:
    block, picks = given_list
    other = list(picks)
    chance.shuffle(other)
    assert shortest_tour(block, other) == shortest_tour(block, picks)


@pytest.mark.parametrize("seed", range(20))
def test_no_rule_of_thumb_walks_less_in_a_large_block(seed: int) -> None:
    chance = random.Random(seed)
    block = LARGE.model_copy(update={"depot_aisle": chance.randrange(LARGE.aisles)})
    picks = spread(chance, block, chance.randint(1, 80))
    tour = shortest_tour(block, picks)
    assert sound(block, picks, tour)
    for rule in RULES.values():
        walk = rule(block, picks)
        assert all(passed(walk)((one.aisle, one.offset_mm)) for one in picks)
        assert tour.length_mm <= walked_mm(block, walk)


@pytest.mark.parametrize("seed", range(10))
def test_a_block_looked_at_in_a_mirror_and_a_pick_less_do_not_lengthen_the_tour(seed: int) -> None:
    chance = random.Random(seed)
    picks = spread(chance, LARGE, 30)
    length = shortest_tour(LARGE, picks).length_mm
    last = LARGE.aisles - 1
    mirrored = [one.model_copy(update={"aisle": last - one.aisle}) for one in picks]
    assert shortest_tour(LARGE.model_copy(update={"depot_aisle": last}), mirrored).length_mm == length
    assert shortest_tour(LARGE, picks[1:]).length_mm <= length


def test_a_tour_worked_by_hand() -> None:
    # Up the first aisle, along the back, down the last; the middle one is entered from the back, 2 mm deep.
    tour = shortest_tour(HAND, [pick(0, 0, 4), pick(1, 1, 8), pick(2, 2, 5), pick(3, 1, 8), pick(4, 0, 9)])
    assert tour.length_mm == 10 + 2 + 2 * 2 + 2 + 10 + 4
    walked = {stop.picks: stop.walked_mm for stop in tour.stops}
    assert walked in (
        {("0",): 4, ("4",): 9, ("1", "3"): 14, ("2",): 23},
        {("2",): 9, ("1", "3"): 18, ("4",): 23, ("0",): 28},
    )


def test_one_pick_beside_the_depot_and_none_at_all() -> None:
    tour = shortest_tour(HAND, [pick(0, 0, 0)])
    assert (tour.length_mm, tour.corners) == (0, ((0, 0),))
    assert tour.stops == (Stop(aisle=0, offset_mm=0, picks=("0",), walked_mm=0),)
    assert shortest_tour(HAND, []).model_dump() == {"length_mm": 0, "stops": (), "corners": ((0, 0),)}


def test_a_walk_with_a_pick_left_out_a_wrong_length_or_through_a_shelf_is_not_sound() -> None:
    picks = [pick(0, 1, 4), pick(1, 2, 7)]
    tour = shortest_tour(HAND, picks)
    assert sound(HAND, picks, tour)
    assert not sound(HAND, [*picks, pick(2, 2, 9)], tour)
    assert not sound(HAND, picks, tour.model_copy(update={"length_mm": tour.length_mm - 1}))
    assert not sound(HAND, picks, tour.model_copy(update={"stops": tour.stops[::-1]}))
    assert not sound(HAND, picks, tour.model_copy(update={"stops": tour.stops[:1]}))
    with pytest.raises(ValueError, match="no way from"):
        walked_mm(HAND, [(0, 0), (0, 4), (1, 4)])


def test_every_fault_of_block_and_picks_is_told_at_once() -> None:
    block = Block(aisles=2, aisle_mm=0, pitch_mm=-1, depot_aisle=2)
    picks = [
        pick(0, 2, 0),
        pick(0, 1, 1),
        Pick(pick_id="", aisle=0, offset_mm=-1, weight_g=-1, volume_mm3=-2),
    ]
    with pytest.raises(Refused) as raised:
        shortest_tour(block, picks)
    assert [(one.pointer, one.code) for one in raised.value.problems] == [
        ("/block/aisle_mm", "length_out_of_range"),
        ("/block/pitch_mm", "length_out_of_range"),
        ("/block/depot_aisle", "aisle_unknown"),
        ("/picks/0/aisle", "aisle_unknown"),
        ("/picks/1/pick_id", "pick_id_not_unique"),
        ("/picks/1/offset_mm", "offset_out_of_range"),
        ("/picks/2/pick_id", "pick_id_not_unique"),
        ("/picks/2/offset_mm", "offset_out_of_range"),
        ("/picks/2/weight_g", "negative"),
        ("/picks/2/volume_mm3", "negative"),
    ]
    assert all(one.detail and one.fix for one in raised.value.problems)


def test_a_block_without_aisles_is_refused() -> None:
    with pytest.raises(Refused) as raised:
        shortest_tour(Block(aisles=0, aisle_mm=10, pitch_mm=2), [])
    assert [(one.pointer, one.code) for one in raised.value.problems] == [("/block/aisles", "no_aisle")]
