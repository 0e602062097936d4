"""Shadow prices: what they prove is true of every way to serve the orders, and they tell what a piece more would save."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.allocation.sourcing.shadow_prices import Fluid, Kind, Network

pytest.importorskip("scipy", reason="scipy is not installed (extra `sourcing`)")

SKUS, NODES, SHORT = 2, 2, 50
COST = st.integers(0, 9)
PAIR = st.tuples(COST, COST)
NETWORKS = st.builds(
    Network,
    fixed=st.tuples(PAIR, PAIR),
    piece=st.tuples(PAIR, PAIR),
    skus=st.just(SKUS),
    short=st.just(SHORT),
)
KINDS = tuple(
    Kind(destination, basket)
    for destination in range(2)
    for basket in (((0, 1),), ((1, 1),), ((0, 1), (1, 1)))
)
ORDERS = st.lists(st.sampled_from(range(len(KINDS))), max_size=4)
STOCK = st.tuples(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), st.tuples(st.integers(0, 3), st.integers(0, 3))
)
PRICES = st.tuples(st.tuples(COST, COST), st.tuples(COST, COST))


def numbers(orders: list[int]) -> list[float]:
    return [float(orders.count(kind)) for kind in range(len(KINDS))]


def least(network: Network, orders: list[int], stock: tuple[tuple[int, ...], ...]) -> int:
    """The cost of the best way to serve whole orders, over all ways."""
    lines = [
        (nth, KINDS[kind].destination, sku)
        for nth, kind in enumerate(orders)
        for sku, _ in KINDS[kind].basket
    ]
    costs: list[int] = []
    for nodes in product((*range(NODES), None), repeat=len(lines)):
        taken = [(sku, node) for (_, _, sku), node in zip(lines, nodes, strict=True) if node is not None]
        if any(taken.count((sku, node)) > stock[sku][node] for sku in range(SKUS) for node in range(NODES)):
            continue
        shipments = {
            (nth, to, node) for (nth, to, _), node in zip(lines, nodes, strict=True) if node is not None
        }
        cost: int = sum(network.fixed[to][node] for _, to, node in shipments)
        for (_, to, _), node in zip(lines, nodes, strict=True):
            cost += SHORT if node is None else network.piece[to][node]
        costs.append(cost)
    return min(costs)


@settings(max_examples=20)
@given(NETWORKS, ORDERS, STOCK, PRICES)
def test_no_way_to_serve_the_orders_costs_less_than_the_bound(
    network: Network,
    orders: list[int],
    stock: tuple[tuple[int, ...], ...],
    start: tuple[tuple[int, ...], ...],
) -> None:
    # Whatever prices it starts with, also bad ones; `within` 1 keeps those of the first rounds.
    cost = least(network, orders, stock)
    for within in (0.0, 1.0):
        assert Fluid(network, KINDS).solve(numbers(orders), stock, start, within).bound <= cost + 1e-9


@settings(max_examples=20)
@given(NETWORKS, ORDERS, STOCK)
def test_the_program_is_solved_to_the_rounding_of_its_prices(
    network: Network, orders: list[int], stock: tuple[tuple[int, ...], ...]
) -> None:
    found = Fluid(network, KINDS).solve(numbers(orders), stock)
    # A price is off by half a unit at most, and there are so many pieces.
    pieces = sum(map(sum, stock))
    assert found.value - 1e-6 - pieces / 2 <= found.bound <= found.value + 1e-6
    assert found.value <= least(network, orders, stock) + 1e-6


@settings(max_examples=20)
@given(NETWORKS, ORDERS, STOCK)
def test_equal_demand_and_stock_give_equal_prices(
    network: Network, orders: list[int], stock: tuple[tuple[int, ...], ...]
) -> None:
    assert Fluid(network, KINDS).solve(numbers(orders), stock) == Fluid(network, KINDS).solve(
        numbers(orders), stock
    )


def test_a_price_is_what_one_piece_more_would_save() -> None:
    network = Network(fixed=((10, 10), (10, 10)), piece=((2, 7), (9, 3)), skus=1, short=50)
    kinds = (Kind(0, ((0, 1),)), Kind(1, ((0, 1),)))

    def cost(here: int, there: int) -> float:
        return Fluid(network, kinds).solve((8.0, 4.0), ((here, there),)).value

    found = Fluid(network, kinds).solve((8.0, 4.0), ((6, 20),))
    # Two of the eight of the first destination come from the far node: 7 instead of 2.
    assert found.of == ((5, 0),)
    assert (cost(6, 20) - cost(7, 20), cost(6, 20) - cost(6, 21)) == (5, 0)
    assert (found.bound, found.value) == (6 * 12 + 2 * 17 + 4 * 13,) * 2


def test_what_nobody_has_is_priced_at_what_being_short_costs() -> None:
    network = Network(fixed=((10,),), piece=((2,),), skus=1, short=50)
    found = Fluid(network, (Kind(0, ((0, 1),)),)).solve((8.0,), ((6,),))
    assert (found.of, found.value) == (((50 - 12,),), 6 * 12 + 2 * 50)


def test_no_demand_needs_no_solver() -> None:
    network = Network(fixed=((10,),), piece=((2,),), skus=1, short=50)
    found = Fluid(network, (Kind(0, ((0, 1),)),)).solve((0.0,), ((6,),), start=((9,),))
    assert (found.of, found.bound, found.value) == (((0,),), 0.0, 0.0)


def test_solved_again_it_begins_with_what_it_knows() -> None:
    network = Network(fixed=((10, 10), (10, 10)), piece=((2, 7), (9, 3)), skus=SKUS, short=50)
    stock = ((6, 20), (3, 3))
    fluid = Fluid(network, KINDS)
    first = fluid.solve([5.0] * len(KINDS), stock)
    columns = sum(map(len, fluid.columns))
    again = fluid.solve([5.0] * len(KINDS), stock, first.of)
    assert again.rounds < first.rounds
    assert again.value == pytest.approx(first.value)
    assert sum(map(len, fluid.columns)) == columns
