"""What a piece of stock is worth to later orders: dual prices of a linear program over the demand still to come.

After Acimovic and Graves, "Making Better Fulfillment Decisions on the Fly in an Online Retail Environment" (2015), and Jasin and
Sinha, "An LP-Based Correlated Rounding Scheme for Multi-Item Ecommerce Order Fulfillment" (2015). A kind of order is a basket and a
destination; the program sends each kind's expected number by plans, within the stock. Its columns are made as they are needed, by
the very choice that serves an order, so it knows plans of any network. The solver is HiGHS in scipy (extra `sourcing`); whatever it
answers, `bound` holds: it is computed from whole numbers alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.allocation.sourcing.plans import Need, Problem, cheapest

Basket = tuple[tuple[int, int], ...]  # (SKU, pieces)
Table = Sequence[Sequence[int]]
Use = tuple[tuple[int, int, int], ...]  # (SKU, node, pieces)

MANY = 1 << 40
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Network:
    """`fixed[destination][node]` a shipment, `piece[destination][node]` each piece, `short` a piece that nobody has. Whole numbers."""

    fixed: Table
    piece: Table
    skus: int
    short: int

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.fixed[0])


@dataclass(frozen=True, slots=True)
class Kind:
    """Orders that are alike."""

    destination: int
    basket: Basket


@dataclass(frozen=True, slots=True)
class Prices:
    """`of[sku][node]`: what a piece is worth. No way to serve the demand costs less than `bound`; the program found `value`."""

    of: tuple[tuple[int, ...], ...]
    bound: float
    value: float
    rounds: int


@dataclass(slots=True)
class Fluid:
    """The program of one network. It keeps its columns: solved again after a few orders it is nearly done."""

    network: Network
    kinds: Sequence[Kind]
    # By kind: what a plan uses, and what it costs.
    columns: list[dict[Use, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = [{(): self.network.short * sum(n for _, n in kind.basket)} for kind in self.kinds]

    def solve(
        self, expected: Sequence[float], stock: Table, start: Table | None = None, within: float = 0.0
    ) -> Prices:
        """Prices for `expected[kind]` orders to come and `stock[sku][node]`. `start`: prices to begin with.

        Ends when no plan is missing, or the bound is within that share of the value.
        """
        nothing = [[0] * self.network.nodes for _ in range(self.network.skus)]
        if not any(orders > 0 for orders in expected):
            return Prices(tuple(map(tuple, nothing)), 0.0, 0.0, 0)
        prices = start or nothing
        bound, best, value = float("-inf"), prices, float("inf")
        rounds = 0
        for rounds in range(1, ROUNDS + 1):
            new, below = self._priced_out(expected, stock, prices)
            if below > bound:
                bound, best = below, prices
            if rounds > 1 and (not new or value - bound <= within * value):
                break
            value, prices = self._master(expected, stock)
        return Prices(tuple(map(tuple, best)), bound, value, rounds)

    def _priced_out(self, expected: Sequence[float], stock: Table, prices: Table) -> tuple[int, float]:
        """Adds each kind's cheapest plan at these prices. How many were new, and the bound that the prices prove (Lagrange)."""
        new = 0
        below = -float(
            sum(
                p * n
                for row, there in zip(prices, stock, strict=True)
                for p, n in zip(row, there, strict=True)
            )
        )
        for nth, (kind, orders) in enumerate(zip(self.kinds, expected, strict=True)):
            if orders <= 0:
                continue
            priced, cost, use = self._best_plan(kind, stock, prices)
            below += orders * priced
            if use not in self.columns[nth]:
                self.columns[nth][use] = cost
                new += 1
        return new, below

    def _best_plan(self, kind: Kind, stock: Table, prices: Table) -> tuple[int, int, Use]:
        """What the cheapest plan costs with stock at its price, what it costs without, and the stock that it uses."""
        net = self.network
        needs = [Need(nth, pieces) for nth, (_, pieces) in enumerate(kind.basket)]
        costs = net.piece[kind.destination]
        # One node more stands for being short: it has everything, at the cost of a piece that nobody has.
        piece = [
            [*(c + p for c, p in zip(costs, prices[sku], strict=True)), net.short] for sku, _ in kind.basket
        ]
        there = [[*(MANY if have else 0 for have in stock[sku]), MANY] for sku, _ in kind.basket]
        (choice,), _ = cheapest(Problem(needs, [*net.fixed[kind.destination], 0], piece, there))
        use = tuple(
            (kind.basket[need][0], node, pieces) for need, node, pieces in choice.given if node < net.nodes
        )
        worth = sum(prices[sku][node] * pieces for sku, node, pieces in use)
        return choice.cost, choice.cost - worth, use

    def _master(self, expected: Sequence[float], stock: Table) -> tuple[float, Table]:
        """The least cost with the columns there are, and the stock's prices in it."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        net = self.network
        costs: list[int] = []
        served: tuple[list[float], list[int], list[int]] = ([], [], [])
        used: tuple[list[float], list[int], list[int]] = ([], [], [])
        asked = [nth for nth, orders in enumerate(expected) if orders > 0]
        for row, nth in enumerate(asked):
            for use, cost in self.columns[nth].items():
                if any(stock[sku][node] <= 0 for sku, node, _ in use):
                    continue
                at = len(costs)
                costs.append(cost)
                _put(served, 1.0, row, at)
                for sku, node, pieces in use:
                    _put(used, float(pieces), sku * net.nodes + node, at)
        stocked = [float(have) for row in stock for have in row]
        found = linprog(
            costs,
            A_ub=csr_array((used[0], (used[1], used[2])), shape=(len(stocked), len(costs))),
            b_ub=stocked,
            A_eq=csr_array((served[0], (served[1], served[2])), shape=(len(asked), len(costs))),
            b_eq=[float(expected[nth]) for nth in asked],
            method="highs",
        )
        if found.status != 0:
            raise ArithmeticError(f"the solver gave no prices: {found.message}")
        duals = [max(0, round(-float(dual))) for dual in found.ineqlin.marginals]
        return float(found.fun), [duals[sku * net.nodes : (sku + 1) * net.nodes] for sku in range(net.skus)]


def _put(matrix: tuple[list[float], list[int], list[int]], number: float, row: int, column: int) -> None:
    matrix[0].append(number)
    matrix[1].append(row)
    matrix[2].append(column)
