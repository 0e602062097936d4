"""Plans when lines hang together: groups that leave from one node, shipments that must be worth something. Exact, by looking at all."""

from collections.abc import Iterator

from models.allocation.sourcing.plans import Given, Need, Problem

LOOKED_AT_MOST = 20_000

Block = tuple[int, ...]  # needs that leave from one node; or one need that may be spread


class BoundPlans:
    """The best plan from exactly a set of nodes, each block of lines placed in every way that can still be better."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._found: dict[int, tuple[int, Given] | None] = {}
        self._groups: list[Block] = []
        self._single: list[Block] = []
        groups: dict[str, list[int]] = {}
        for nth, need in enumerate(problem.needs):
            if need.together and problem.limits.together:
                groups.setdefault(need.together, []).append(nth)
            else:
                self._single.append((nth,))
        self._groups = [tuple(one) for one in groups.values()]
        self._looks = 0

    @property
    def complete(self) -> bool:
        """Nothing was cut off."""
        return self._looks <= LOOKED_AT_MOST

    def cost(self, mask: int) -> int | None:
        """None also when one of the nodes would send nothing."""
        if mask not in self._found:
            most = self._problem.limits.shipments
            within = most is None or mask.bit_count() <= most
            self._found[mask] = self._place(mask) if within else None
        found = self._found[mask]
        return None if found is None else found[0]

    def given(self, mask: int) -> Given:
        """What each node gives in the plan that `cost` found."""
        found = self._found[mask]
        assert found is not None
        return found[1]

    def _place(self, mask: int) -> tuple[int, Given] | None:
        problem = self._problem
        nodes = [node for node in range(len(problem.fixed)) if mask >> node & 1]
        floor = problem.limits.floor if len(nodes) > 1 else 0
        blocks = [*self._groups, *self._single]
        least = [0] * (len(blocks) + 1)
        for nth in range(len(blocks) - 1, -1, -1):
            least[nth] = least[nth + 1] + sum(
                min(problem.piece[need.sku][node] for node in nodes) * need.pieces
                for need in map(problem.needs.__getitem__, blocks[nth])
            )
        left = {sku: list(problem.stock[sku]) for sku in problem.offers}
        worth = dict.fromkeys(nodes, 0)
        best: list[tuple[int, Given]] = []

        def place(nth: int, cost: int, given: Given) -> None:
            self._looks += 1
            if not self.complete or (best and cost + least[nth] >= best[0][0]):
                return
            if nth == len(blocks):
                if {node for _, node, _ in given} == set(nodes) and all(
                    one >= floor for one in worth.values()
                ):
                    best[:] = [(cost, given)]
                return
            for way in self._ways(blocks[nth], nodes, left, nth < len(self._groups)):
                for need, node, pieces in way:
                    left[problem.needs[need].sku][node] -= pieces
                    worth[node] += pieces * problem.needs[need].value
                more = sum(problem.piece[problem.needs[need].sku][node] * n for need, node, n in way)
                place(nth + 1, cost + more, given + way)
                for need, node, pieces in way:
                    left[problem.needs[need].sku][node] += pieces
                    worth[node] -= pieces * problem.needs[need].value

        place(0, 0, ())
        if not best:
            return None
        entry = sum(problem.entry[node] for node in nodes)
        return best[0][0] * problem.scale + entry, tuple(sorted(best[0][1]))

    def _ways(
        self, block: Block, nodes: list[int], left: dict[int, list[int]], grouped: bool
    ) -> Iterator[Given]:
        """Every way to place a block, the cheapest nodes first."""
        needs = [self._problem.needs[nth] for nth in block]
        cheap = sorted(nodes, key=lambda node: (self._piece_cost(needs, node), node))
        if not grouped:
            for way in _spread(needs[0].pieces, cheap, left[needs[0].sku]):
                yield tuple((block[0], node, pieces) for node, pieces in way)
            return
        wanted: dict[int, int] = {}
        for need in needs:
            wanted[need.sku] = wanted.get(need.sku, 0) + need.pieces
        for node in cheap:
            if all(left[sku][node] >= pieces for sku, pieces in wanted.items()):
                yield tuple((nth, node, self._problem.needs[nth].pieces) for nth in block)

    def _piece_cost(self, needs: list[Need], node: int) -> int:
        return sum(self._problem.piece[need.sku][node] * need.pieces for need in needs)


def _spread(pieces: int, nodes: list[int], left: list[int]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every way to take pieces from nodes that have so many, as many as possible from the first ones first."""
    if not pieces:
        yield ()
    elif nodes:
        for here in range(min(pieces, left[nodes[0]]), -1, -1):
            taken = ((nodes[0], here),) if here else ()
            for rest in _spread(pieces - here, nodes[1:], left):
                yield taken + rest
