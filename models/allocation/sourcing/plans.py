"""The cheapest set of nodes for one order, exactly. Pure integers: equal inputs give equal plans, on every machine.

A plan costs what each node that sends costs at all, and each piece from it. Nodes are numbered, nearest first; a set of nodes is a
bit mask. Of plans that cost the same, fewer shipments win, then the nearer nodes: that is part of the compared number, so no two
sets ever tie.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.allocation.sourcing.dual_bound import dual_bound

SEARCHED_AT_MOST = 20_000
FEW_NODES = 6  # up to here the search is quicker than its bound

Given = tuple[tuple[int, int, int], ...]  # (need, node, pieces)


@dataclass(frozen=True, slots=True)
class Need:
    """Pieces of one SKU. `together`: a group that leaves from one node; `value`: of one piece."""

    sku: int
    pieces: int
    together: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """`shipments`: how many at most; `floor`: what each is worth at least when there are more than one."""

    shipments: int | None = None
    floor: int = 0
    together: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A set of nodes, what its plan costs, and which pieces of which need each gives."""

    cost: int
    mask: int
    given: Given


@dataclass(slots=True)
class Problem:
    """`fixed[node]`, `piece[sku][node]` and `stock[sku][node]`; costs are integers, not below zero."""

    needs: Sequence[Need]
    fixed: Sequence[int]
    piece: Sequence[Sequence[int]]
    stock: Sequence[Sequence[int]]
    limits: Limits = field(default_factory=Limits)
    # By SKU: pieces needed, and (compared cost of a piece, node, stock), cheapest first.
    offers: dict[int, tuple[int, list[tuple[int, int, int]]]] = field(init=False)
    entry: list[int] = field(init=False)
    scale: int = field(init=False)

    def __post_init__(self) -> None:
        nodes = len(self.fixed)
        self.scale = scale = (nodes + 1) << nodes
        wanted: dict[int, int] = {}
        for one in self.needs:
            wanted[one.sku] = wanted.get(one.sku, 0) + one.pieces
        self.entry = [cost * scale + (1 << nodes) + (1 << node) for node, cost in enumerate(self.fixed)]
        self.offers = {}
        for sku, pieces in wanted.items():
            costs, there = self.piece[sku], self.stock[sku]
            by_cost = [(costs[node] * scale, node, there[node]) for node in range(nodes) if there[node] > 0]
            by_cost.sort()
            self.offers[sku] = (pieces, by_cost)

    @property
    def binds(self) -> bool:
        """Lines cannot be looked at one by one."""
        return self.limits.floor > 0 or (self.limits.together and any(one.together for one in self.needs))


class Plans(Protocol):
    """The best plan from exactly a set of nodes: its compared cost (None: there is none), and what each node gives."""

    def cost(self, mask: int) -> int | None: ...

    def given(self, mask: int) -> Given: ...

    @property
    def complete(self) -> bool: ...


def cheapest(problem: Problem, choices: int = 1) -> tuple[list[Choice], bool]:
    """The best plans from that many different sets of nodes, and whether the search was complete.

    Sets in which a node would send nothing are left out. No plan: the stock does not cover the need, or not within the limits.
    """
    everything = filled(problem, -1)
    if everything is None:
        return [], True
    plans: Plans = FreePlans(problem)
    if problem.binds:
        from models.allocation.sourcing.bound_plans import BoundPlans

        plans = BoundPlans(problem)
    search = _Search(problem, plans, choices)
    if problem.limits.shipments != 0:
        search.run(everything)
    found = [Choice(cost // problem.scale, mask, plans.given(mask)) for cost, mask in search.best]
    return found, plans.complete and search.steps <= SEARCHED_AT_MOST


def filled(problem: Problem, mask: int) -> tuple[int, int] | None:
    """What all pieces cost, each from the cheapest node in the mask that has it, and which nodes give; None when they do not suffice."""
    total = used = 0
    for pieces, by_cost in problem.offers.values():
        left = pieces
        for cost, node, there in by_cost:
            if mask >> node & 1:
                used |= 1 << node
                if there >= left:
                    total += cost * left
                    break
                total += cost * there
                left -= there
        else:
            return None
    return total, used


class FreePlans:
    """Plans when nothing binds lines together: each SKU is by itself, its pieces come from the cheapest nodes that have them."""

    complete = True

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def cost(self, mask: int) -> int | None:
        """None also when one of the nodes would send nothing."""
        found, most = filled(self._problem, mask), self._problem.limits.shipments
        if found is None or found[1] != mask or (most is not None and mask.bit_count() > most):
            return None
        return found[0] + sum(cost for node, cost in enumerate(self._problem.entry) if mask >> node & 1)

    def given(self, mask: int) -> Given:
        """Whose pieces go to which line: in the order of lines, the cheapest first."""
        sources = {
            sku: [[node, there] for _, node, there in by_cost if mask >> node & 1]
            for sku, (_, by_cost) in self._problem.offers.items()
        }
        given = []
        for nth, need in enumerate(self._problem.needs):
            left = need.pieces
            for source in sources[need.sku]:
                part = min(left, source[1])
                if part:
                    given.append((nth, source[0], part))
                    source[1] -= part
                    left -= part
        return tuple(given)


class _Search:
    """Branch and bound: each node sends or is left out."""

    def __init__(self, problem: Problem, plans: Plans, choices: int) -> None:
        self._problem, self._plans, self._choices = problem, plans, choices
        self._nodes = len(problem.fixed)
        # Nobody sends less than a piece.
        pieces = sum(wanted for wanted, _ in problem.offers.values())
        most = problem.limits.shipments
        self._most = pieces if most is None else min(most, pieces)
        self._least, self._lacking = 0, [0] * self._nodes
        self.best: list[tuple[int, int]] = []
        self.bar: int | None = None  # what a plan must cost less than to matter
        self.steps = 0
        self._seen: set[int] = set()

    def run(self, everything: tuple[int, int]) -> None:
        """Look for the best plans. `everything`: what `filled` says of all nodes together."""
        for node in range(self._nodes):
            self._try_out(1 << node)
        self._shrink(everything[1])
        if self._nodes > FEW_NODES:
            skus = [
                [(cost * wanted, node) for cost, node, _ in by_cost]
                for wanted, by_cost in self._problem.offers.values()
            ]
            self._least, self._lacking = dual_bound(self._problem.entry, skus)
            paid = sum(1 << node for node, lacking in enumerate(self._lacking) if lacking == 0)
            if found := filled(self._problem, paid):
                self._shrink(found[1])
        self._walk(0, 0, 0, self._least, everything[0])

    def _shrink(self, mask: int) -> None:
        """Try out a set, and sets that leave one node of it out after the other."""
        while True:
            self._try_out(mask)
            smaller = [mask & ~(1 << node) for node in range(self._nodes) if mask >> node & 1]
            covering = [(cost, one) for one in smaller if one and (cost := self._plans.cost(one)) is not None]
            if not covering:
                return
            mask = min(covering)[1]

    def _try_out(self, mask: int) -> None:
        """Keep the best plan from exactly these nodes if it is good enough."""
        if mask in self._seen:
            return
        self._seen.add(mask)
        cost = self._plans.cost(mask)
        if cost is not None and (self.bar is None or cost < self.bar):
            self.best = sorted([*self.best, (cost, mask)])[: self._choices]
            if len(self.best) == self._choices:
                self.bar = self.best[-1][0]

    def _walk(self, node: int, mask: int, entry: int, least: int, pieces: int) -> None:
        """`entry`: what the nodes that send cost; `least`: what a plan with them costs at least; `pieces`: what all pieces cost
        from the nodes not left out yet."""
        self.steps += 1
        if self.steps > SEARCHED_AT_MOST or (self.bar is not None and max(entry + pieces, least) >= self.bar):
            return
        if node == self._nodes:
            if mask:
                self._try_out(mask)
            return
        if mask.bit_count() < self._most:
            sends = entry + self._problem.entry[node], least + self._lacking[node]
            self._walk(node + 1, mask | 1 << node, *sends, pieces)
        without = filled(self._problem, mask | -1 << (node + 1))
        if without is not None:
            self._walk(node + 1, mask, entry, least, without[0])
