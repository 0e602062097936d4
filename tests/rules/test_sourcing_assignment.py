"""A day assigned at once serves as many as any assignment can, at the least cost; brute force says so."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.allocation.sourcing.assignment import Assignment, assign, assign_greedily

PLANTS = ("A", "B", "C")
DAYS = st.lists(st.dictionaries(st.sampled_from(PLANTS), st.integers(0, 9), max_size=3), max_size=6)
CAPACITIES = st.fixed_dictionaries({}, optional=dict.fromkeys(PLANTS, st.integers(0, 3)))


def best(day: list[dict[str, int]], capacity: dict[str, int]) -> tuple[int, int]:
    """Most served and then least cost, over every assignment there is."""
    found = []
    for nodes in product(*([*row, ""] for row in day)):
        if all(nodes.count(code) <= capacity.get(code, 0) for code in PLANTS):
            paid = [row[code] for row, code in zip(day, nodes, strict=True) if code]
            found.append((-len(paid), sum(paid)))
    served, cost = min(found)
    return -served, cost


def is_sound(found: Assignment, day: list[dict[str, int]], capacity: dict[str, int]) -> None:
    assert all(code == "" or code in row for code, row in zip(found.nodes, day, strict=True))
    assert all(found.nodes.count(code) <= capacity.get(code, 0) for code in PLANTS)
    paid = [row[code] for code, row in zip(found.nodes, day, strict=True) if code]
    assert (found.served, found.cost) == (len(paid), sum(paid))


@given(DAYS, CAPACITIES)
def test_as_many_as_possible_are_served_and_then_at_the_least_cost(
    day: list[dict[str, int]], capacity: dict[str, int]
) -> None:
    found = assign(day, capacity)
    is_sound(found, day, capacity)
    assert (found.served, found.cost) == best(day, capacity)
    assert assign(day, capacity) == found


@given(DAYS, CAPACITIES)
def test_greed_keeps_to_capacity_and_is_never_better(
    day: list[dict[str, int]], capacity: dict[str, int]
) -> None:
    found, exact = assign_greedily(day, capacity), assign(day, capacity)
    is_sound(found, day, capacity)
    assert (-found.served, found.cost) >= (-exact.served, exact.cost)


def test_an_order_moves_on_so_that_another_one_is_served() -> None:
    day = [{"A": 1, "B": 2}, {"A": 1, "B": 5, "C": 9}, {"A": 3}]
    assert assign_greedily(day, dict.fromkeys(PLANTS, 1)) == Assignment(("A", "B", ""), 2, 6)
    assert assign(day, dict.fromkeys(PLANTS, 1)) == Assignment(("B", "C", "A"), 3, 14)


def test_a_negative_cost_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        assign([{"A": -1}], {"A": 1})
