"""The scorecard of pick routes: made-up pick lists, walked as `models.preparation.picking` says, beside rules of thumb.

Small ones are held against an exact solver that shares no code with it; large ones are measured. Every tour is walked again.
"""

import random
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

from models.preparation.picking.batches import Batches, Cart, PickList, batch
from models.preparation.picking.block import Block, Pick, Tour
from models.preparation.picking.tour import shortest_tour
from models.shared.messages import Message
from starter.score.route_exact import shortest_mm
from starter.score.route_heuristics import RULES, passed, walked_mm
from starter.score.timing import Times, timed, times

LARGE = Block(aisles=30, aisle_mm=20_000, pitch_mm=3_500, depot_aisle=0)
LARGE_PICKS = 40
TARGET_P95_MS = 1.0
SMALL_ORDERS, LARGE_ORDERS = 6, 24
CART = Cart(totes=6, weight_g=60_000)


class Rule(Message):
    """How much longer a rule of thumb walks than the shortest tour, and how often it finds one as short; in all large lists."""

    name: str
    longer_by: float
    as_short: int
    shorter: int


class Batching(Message):
    """Orders on carts: walks in metres, a tour for each order, and by savings. `checked`: small cases in which every way to share the
    orders was tried, and how much longer savings walk than the best of them. `unsound`: cases with an order lost, twice, or a cart too full."""

    cases: int
    unsound: int
    separate_m: float
    batched_m: float
    checked: int
    best: int
    longer_by: float


class Scorecard(Message):
    """What was found. `agreed` of `checked` small lists have the exact solver's length; `unsound` tours miss a pick or their length."""

    seed: int
    checked: int
    agreed: int
    measured: int
    unsound: int
    aisles: int
    picks: int
    times: Times
    rules: tuple[Rule, ...]
    batching: Batching
    passed: bool


def run(seed: int, small: int, large: int, batches: int) -> Scorecard:
    """Make, solve, check, measure. The same seed gives the same lists."""
    chance = random.Random(seed)
    unsound = agreed = 0
    for block, picks in small_lists(chance, small):
        tour = shortest_tour(block, picks)
        agreed += tour.length_mm == shortest_mm(block, picks)
        unsound += not sound(block, picks, tour)
    lengths, durations = [], []
    ruled: dict[str, list[int]] = {name: [] for name in RULES}
    lists = [spread(chance, LARGE, LARGE_PICKS) for _ in range(large)]
    for picks in lists:
        tour, took = timed(partial(shortest_tour, LARGE, picks))
        durations.append(took)
        lengths.append(tour.length_mm)
        unsound += not sound(LARGE, picks, tour)
        for name, rule in RULES.items():
            ruled[name].append(walked_mm(LARGE, rule(LARGE, picks)))
    rules = tuple(_rule(name, walked, lengths) for name, walked in ruled.items())
    batching = measure_batching(chance, batches)
    return Scorecard(
        seed=seed,
        checked=small,
        agreed=agreed,
        measured=large,
        unsound=unsound,
        aisles=LARGE.aisles,
        picks=LARGE_PICKS,
        times=times(durations, TARGET_P95_MS),
        rules=rules,
        batching=batching,
        passed=agreed == small
        and unsound == batching.unsound == sum(one.shorter for one in rules) == 0
        and batching.batched_m <= batching.separate_m,
    )


def small_lists(chance: random.Random, count: int) -> Iterator[tuple[Block, list[Pick]]]:
    """Blocks of all shapes, wide and narrow, with up to nine picks, ends of aisles and shared places among them."""
    for _ in range(count):
        aisles = chance.randint(1, 8)
        length = chance.choice((1_000, 5_000, 20_000))
        block = Block(
            aisles=aisles,
            aisle_mm=length,
            pitch_mm=chance.choice((500, 3_500, 30_000)),
            depot_aisle=chance.randrange(aisles),
        )
        picks = spread(chance, block, chance.randint(0, 9))
        yield (
            block,
            [
                one.model_copy(update={"offset_mm": chance.choice((0, length))})
                if chance.random() < 0.1
                else one
                for one in picks
            ],
        )


def spread(chance: random.Random, block: Block, count: int) -> list[Pick]:
    """Picks anywhere in a block, a shelf every 500 mm."""
    return [
        Pick(
            pick_id=str(nth),
            aisle=chance.randrange(block.aisles),
            offset_mm=chance.randint(0, block.aisle_mm // 500) * 500,
            weight_g=chance.randint(100, 4_000),
        )
        for nth in range(count)
    ]


def sound(block: Block, picks: Sequence[Pick], tour: Tour) -> bool:
    """Whether a tour is a walk of its length from the depot and back, past every pick, with each pick on its list once, in order."""
    places = tour.corners
    comes_past, held = passed(places), {one.pick_id: (one.aisle, one.offset_mm) for one in picks}
    listed = [(name, (stop.aisle, stop.offset_mm)) for stop in tour.stops for name in stop.picks]
    walked = [stop.walked_mm for stop in tour.stops]
    return (
        places[0] == places[-1] == (block.depot_aisle, 0)
        and walked_mm(block, places) == tour.length_mm
        and dict(listed) == held
        and len(listed) == len(held)
        and all(comes_past(place) for place in held.values())
        and all(before < after for before, after in pairwise(walked))
        and all(0 <= one <= tour.length_mm for one in walked)
    )


def measure_batching(chance: random.Random, cases: int) -> Batching:
    """Small cases against the best way to share the orders, and as many large ones."""
    separate = batched = by_savings = at_best = best = unsound = 0
    for _ in range(cases):
        orders = _orders(chance, SMALL_ORDERS)
        found, shortest = batch(LARGE, CART, orders), best_batches_mm(LARGE, CART, orders)
        best += found.length_mm == shortest
        by_savings, at_best = by_savings + found.length_mm, at_best + shortest
        unsound += not _shared(CART, orders, found) or found.length_mm < shortest
    for _ in range(cases):
        orders = _orders(chance, LARGE_ORDERS)
        found = batch(LARGE, CART, orders)
        separate, batched = separate + found.separate_mm, batched + found.length_mm
        unsound += not _shared(CART, orders, found)
    return Batching(
        cases=cases,
        unsound=unsound,
        separate_m=round(separate / 1000, 1),
        batched_m=round(batched / 1000, 1),
        checked=cases,
        best=best,
        longer_by=round(by_savings / at_best - 1, 5) if at_best else 0.0,
    )


def best_batches_mm(block: Block, cart: Cart, orders: Sequence[PickList]) -> int:
    """The shortest total walk over every way to share few orders among carts."""
    every = (1 << len(orders)) - 1
    alone: dict[int, int] = {}
    for share in range(1, every + 1):
        members = [one for nth, one in enumerate(orders) if share >> nth & 1]
        picks = [
            pick.model_copy(update={"pick_id": f"{one.order_number}/{pick.pick_id}"})
            for one in members
            for pick in one.picks
        ]
        weight = sum(pick.weight_g for pick in picks)
        if len(members) <= cart.totes and (cart.weight_g is None or weight <= cart.weight_g):
            alone[share] = shortest_tour(block, picks).length_mm
    best = {0: 0}
    for share in range(1, every + 1):
        lowest = share & -share
        best[share] = min(
            alone[part] + best[share ^ part] for part in alone if part & ~share == 0 and part & lowest
        )
    return best[every]


def _orders(chance: random.Random, count: int) -> list[PickList]:
    return [
        PickList(order_number=f"O-{nth:03}", picks=tuple(spread(chance, LARGE, chance.randint(1, 4))))
        for nth in range(count)
    ]


def _shared(cart: Cart, orders: Sequence[PickList], found: Batches) -> bool:
    """Whether every order is on one cart, no cart is too full, and every tour is one of its orders' picks."""
    held = {one.order_number: one for one in orders}
    listed = [number for one in found.batches for number in one.orders]
    for one in found.batches:
        picks = [
            pick.model_copy(update={"pick_id": f"{number}/{pick.pick_id}"})
            for number in one.orders
            for pick in held[number].picks
        ]
        weight = sum(pick.weight_g for pick in picks)
        if (
            len(one.orders) > cart.totes
            or weight > (cart.weight_g or weight)
            or not sound(LARGE, picks, one.tour)
        ):
            return False
    return sorted(listed) == sorted(held) and found.length_mm <= found.separate_mm


def _rule(name: str, walked: Sequence[int], shortest: Sequence[int]) -> Rule:
    pairs = list(zip(walked, shortest, strict=True))
    return Rule(
        name=name,
        longer_by=round(sum(walked) / sum(shortest) - 1, 4) if sum(shortest) else 0.0,
        as_short=sum(one == best for one, best in pairs),
        shorter=sum(one < best for one, best in pairs),
    )
