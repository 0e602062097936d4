"""A whole day at once: as many orders as capacity allows, at the least cost, exactly. Pure, in whole numbers.

Each order goes to one node that may take it, or to none. Orders come one by one; each takes the cheapest path of moves that frees a
place (successive shortest paths of minimum-cost flow), which after every order leaves the optimum for those so far. Not being served
costs more than all orders can, so none is left out for money's sake.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

Costs = Sequence[dict[str, int]]  # by order: what it costs at each node that may take it
Step = tuple[int, str, int]  # what it costs, who moves from which node: -1 for the order that came


@dataclass(frozen=True, slots=True)
class Assignment:
    """By order the node, "" for none; how many are served, and what they cost."""

    nodes: tuple[str, ...]
    served: int
    cost: int


def assign(costs: Costs, capacity: dict[str, int]) -> Assignment:
    """The assignment that serves most, and of those the cheapest. Negative costs are refused with `ValueError`."""
    if any(cost < 0 for row in costs for cost in row.values()):
        raise ValueError("a cost is below zero")
    places = _Places(costs, capacity)
    for order in range(len(costs)):
        places.admit(order)
    return _assignment(costs, places.at)


def assign_greedily(costs: Costs, capacity: dict[str, int]) -> Assignment:
    """In the order in which they come, each to its cheapest node that has room; ties fall to the node's code."""
    left = dict(capacity)
    nodes = []
    for row in costs:
        with_room = [(cost, code) for code, cost in row.items() if left.get(code, 0) > 0]
        code = min(with_room)[1] if with_room else NOWHERE
        if with_room:
            left[code] -= 1
        nodes.append(code)
    return _assignment(costs, nodes)


NOWHERE = ""


def _assignment(costs: Costs, nodes: Sequence[str]) -> Assignment:
    paid = [row[code] for row, code in zip(costs, nodes, strict=True) if code]
    return Assignment(tuple(nodes), len(paid), sum(paid))


class _Places:
    """Where each order is, and the cheapest move of an order from one node to another."""

    def __init__(self, costs: Costs, capacity: dict[str, int]) -> None:
        unserved = 1 + sum(max(row.values(), default=0) for row in costs)
        self._costs = [
            {code: cost for code, cost in row.items() if capacity.get(code, 0) > 0} | {NOWHERE: unserved}
            for row in costs
        ]
        self._free = {code: places for code, places in sorted(capacity.items()) if places > 0} | {
            NOWHERE: len(costs)
        }
        self.at: list[str] = [NOWHERE] * len(costs)
        self._inside = [False] * len(costs)
        # By node and other node: what a move costs more, and whose; those that have left meanwhile are passed over.
        self._moves: dict[str, dict[str, list[tuple[int, int]]]] = {code: {} for code in self._free}

    def admit(self, order: int) -> None:
        """One order more: along the cheapest chain of moves that ends where there is room."""
        reached: dict[str, int] = dict(self._costs[order])
        came: dict[str, tuple[str, int]] = dict.fromkeys(reached, ("", -1))
        waiting = list(reached)
        while waiting:
            code = waiting.pop(0)
            for other, heap in self._moves[code].items():
                move = self._cheapest(code, heap)
                if move and reached[code] + move[0] < reached.get(other, reached[code] + move[0] + 1):
                    reached[other] = reached[code] + move[0]
                    came[other] = (code, move[1])
                    if other not in waiting:
                        waiting.append(other)
        end = min((cost, code) for code, cost in reached.items() if self._free[code] > 0)[1]
        self._free[end] -= 1
        chain = []
        code, mover = end, 0
        while mover >= 0:
            before, mover = came[code]
            chain.append((mover if mover >= 0 else order, code))
            code = before
        for who, where in chain:
            self._put(who, where)

    def _cheapest(self, code: str, heap: list[tuple[int, int]]) -> tuple[int, int] | None:
        while heap and not (self._inside[heap[0][1]] and self.at[heap[0][1]] == code):
            heappop(heap)
        return heap[0] if heap else None

    def _put(self, order: int, code: str) -> None:
        self.at[order] = code
        self._inside[order] = True
        for other, cost in self._costs[order].items():
            if other != code:
                heappush(self._moves[code].setdefault(other, []), (cost - self._costs[order][code], order))
