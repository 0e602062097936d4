"""The cheapest set of nodes is that of brute force, under every limit, and equal questions get equal answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.allocation.sourcing import plans
from models.allocation.sourcing.dual_bound import dual_bound
from models.allocation.sourcing.plans import Choice, Given, Limits, Need, Problem, cheapest

SKUS, NODES = 3, 3
AMOUNT = st.integers(0, 9)


@st.composite
def problems(draw: st.DrawFn, bound: bool = False) -> Problem:
    nodes = draw(st.integers(1, NODES))

    def table(numbers: st.SearchStrategy[int]) -> list[list[int]]:
        return draw(st.lists(st.lists(numbers, min_size=nodes, max_size=nodes), min_size=SKUS, max_size=SKUS))

    needs = draw(
        st.lists(
            st.builds(
                Need,
                st.integers(0, SKUS - 1),
                st.integers(1, 3),
                st.sampled_from(("", "a", "b")),
                st.integers(1, 5),
            ),
            min_size=1,
            max_size=3,
        )
    )
    limits = Limits(
        shipments=draw(st.none() | st.integers(0, 3)),
        floor=draw(st.integers(0, 8)) if bound else 0,
        together=bound and draw(st.booleans()),
    )
    return Problem(needs, table(AMOUNT)[0], table(AMOUNT), table(st.integers(0, 4)), limits)


def every_plan(problem: Problem) -> Iterator[Given]:
    """All ways to cover the needs, by the words of the rules."""

    def ways(need: Need) -> list[tuple[int, ...]]:
        spread = product(range(need.pieces + 1), repeat=len(problem.fixed))
        return [one for one in spread if sum(one) == need.pieces]

    for spread in product(*map(ways, problem.needs)):
        plan = tuple(
            (nth, node, pieces) for nth, one in enumerate(spread) for node, pieces in enumerate(one) if pieces
        )
        if allowed(problem, plan):
            yield plan


def allowed(problem: Problem, plan: Given) -> bool:
    nodes = {node for _, node, _ in plan}
    taken = dict.fromkeys(product(range(SKUS), range(len(problem.fixed))), 0)
    worth = dict.fromkeys(nodes, 0)
    homes: dict[str, set[int]] = {}
    for nth, node, pieces in plan:
        need = problem.needs[nth]
        taken[need.sku, node] += pieces
        worth[node] += pieces * need.value
        homes.setdefault(need.together, set()).add(node)
    limits = problem.limits
    return (
        all(pieces <= problem.stock[sku][node] for (sku, node), pieces in taken.items())
        and (limits.shipments is None or len(nodes) <= limits.shipments)
        and (len(nodes) == 1 or all(one >= limits.floor for one in worth.values()))
        and not (limits.together and any(len(at) > 1 for group, at in homes.items() if group))
    )


def compared(problem: Problem, plan: Given) -> tuple[int, int, int]:
    """Cost, then the number of shipments, then which nodes, the nearest first."""
    nodes = {node for _, node, _ in plan}
    cost = sum(problem.fixed[node] for node in nodes)
    cost += sum(pieces * problem.piece[problem.needs[nth].sku][node] for nth, node, pieces in plan)
    return cost, len(nodes), sum(1 << node for node in nodes)


def agrees(problem: Problem, found: list[Choice], complete: bool) -> None:
    brute = sorted(compared(problem, plan) for plan in every_plan(problem))
    assert complete
    assert bool(found) == bool(brute)
    for one in found:
        assert allowed(problem, one.given)
        assert one.cost == compared(problem, one.given)[0]
        covered = [
            sum(pieces for nth, _, pieces in one.given if nth == need) for need in range(len(problem.needs))
        ]
        assert covered == [need.pieces for need in problem.needs]
    if found:
        assert (found[0].cost, found[0].mask.bit_count(), found[0].mask) == brute[0]


@given(problems())
def test_the_choice_is_the_best_of_all_plans(problem: Problem) -> None:
    agrees(problem, *cheapest(problem))


@given(problems(bound=True))
def test_the_choice_is_the_best_of_all_plans_that_keep_groups_and_the_floor(problem: Problem) -> None:
    agrees(problem, *cheapest(problem))


@given(problems())
def test_the_runner_up_is_the_best_plan_of_any_other_set_of_nodes(problem: Problem) -> None:
    found, complete = cheapest(problem, choices=2)
    agrees(problem, found, complete)
    best_of: dict[int, int] = {}
    for plan in every_plan(problem):
        cost, _, mask = compared(problem, plan)
        best_of[mask] = min(cost, best_of.get(mask, cost))
    if len(found) == 2:
        assert found[1].mask != found[0].mask
        assert found[1].cost == best_of[found[1].mask]
    # Whatever set is cheaper than the runner-up only adds nodes that earn nothing to a cheaper set.
    bar = found[1].cost if len(found) == 2 else None
    for mask, cost in best_of.items():
        if mask != (found[0].mask if found else 0) and (bar is None or cost < bar):
            assert any(
                other != mask and other & mask == other and best <= cost for other, best in best_of.items()
            )


@given(problems(bound=True))
def test_equal_questions_get_equal_answers(problem: Problem) -> None:
    again = Problem(problem.needs, problem.fixed, problem.piece, problem.stock, problem.limits)
    assert cheapest(problem, 2) == cheapest(again, 2)


def test_of_plans_that_cost_the_same_fewer_shipments_win_and_then_the_nearer_nodes() -> None:
    needs = [Need(0, 1), Need(1, 1)]
    same = Problem(needs, [0, 0, 0], [[5, 5, 5]] * 2, [[1, 1, 1], [1, 1, 1]])
    assert [one.mask for one in cheapest(same, 3)[0]] == [0b001, 0b010, 0b100]
    split = Problem(needs, [0, 0, 0], [[5, 5, 5]] * 2, [[0, 1, 0], [1, 0, 1]])
    assert [one.mask for one in cheapest(split, 2)[0]] == [0b011, 0b110]


def test_a_piece_goes_to_the_cheapest_node_that_sends_anyway() -> None:
    found, _ = cheapest(Problem([Need(0, 3)], [1, 1], [[2, 7]], [[2, 2]]))
    assert found == [Choice(cost=1 + 1 + 2 * 2 + 7, mask=0b11, given=((0, 0, 2), (0, 1, 1)))]


@st.composite
def wide_problems(draw: st.DrawFn) -> Problem:
    nodes = draw(st.integers(7, 9))
    row = st.lists(st.integers(0, 30), min_size=nodes, max_size=nodes)
    there = st.lists(st.sampled_from((0, 0, 1, 4)), min_size=nodes, max_size=nodes)
    needs = [Need(sku, draw(st.integers(1, 3))) for sku in range(SKUS)]
    limits = Limits(shipments=draw(st.none() | st.integers(1, 3)))
    return Problem(needs, draw(row), [draw(row) for _ in needs], [draw(there) for _ in needs], limits)


@given(wide_problems(), st.integers(1, 3))
def test_in_a_wide_network_the_choices_are_the_best_of_all_sets(problem: Problem, choices: int) -> None:
    sets = plans.FreePlans(problem)
    costs = sorted(
        (cost, mask) for mask in range(1, 1 << len(problem.fixed)) if (cost := sets.cost(mask)) is not None
    )
    found, complete = cheapest(problem, choices)
    assert complete
    assert [one.mask for one in found] == [mask for _, mask in costs[:choices]]


@given(wide_problems())
def test_no_set_costs_less_than_the_bids_and_what_its_nodes_lack(problem: Problem) -> None:
    levels = [[(cost * n, node) for cost, node, _ in by_cost] for n, by_cost in problem.offers.values()]
    if not all(levels):
        return
    bids, lacking = dual_bound(problem.entry, levels)
    assert min(lacking) >= 0
    for mask in range(1, 1 << len(problem.fixed)):
        cost = plans.FreePlans(problem).cost(mask)
        assert cost is None or cost >= bids + sum(
            lack for node, lack in enumerate(lacking) if mask >> node & 1
        )


def test_the_bids_meet_the_cost_where_one_node_serves_best() -> None:
    # From node 0 both pieces cost 3 + 1 + 2; node 1 alone costs 4 + 5 + 1.
    assert dual_bound([3, 4], [[(1, 0), (5, 1)], [(1, 1), (2, 0)]]) == (6, [0, 3])


def wide(nodes: int) -> Problem:
    needs = [Need(sku, 1) for sku in range(6)]
    piece = [[(sku * 31 + node * 17) % 97 for node in range(nodes)] for sku in range(6)]
    stock = [[(sku + node) % 3 for node in range(nodes)] for sku in range(6)]
    return Problem(needs, [40] * nodes, piece, stock)


def test_a_wide_network_is_searched_to_the_end() -> None:
    problem = wide(10)
    costs = [plans.FreePlans(problem).cost(mask) for mask in range(1, 1 << 10)]
    found, complete = cheapest(problem)
    assert complete
    assert found[0].cost == min(cost for cost in costs if cost is not None) // problem.scale


def test_a_search_that_is_cut_off_says_so_and_still_has_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "SEARCHED_AT_MOST", 0)
    found, complete = cheapest(wide(10))
    assert not complete
    assert sum(pieces for _, _, pieces in found[0].given) == 6
