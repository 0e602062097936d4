"""Policies that serve a season's orders one by one, and what it costs them. Each sees only what has come so far."""

from dataclasses import dataclass
from functools import partial

from models.allocation.messages import StockCandidate
from models.allocation.rules import source
from models.allocation.sourcing.choosing import choose
from models.allocation.sourcing.messages import Ask, Item, Node, Rank, Rulebook
from models.allocation.sourcing.rates import Rates
from models.allocation.sourcing.shadow_prices import Fluid, Table
from models.order.messages import Want
from starter.score.sourcing_world import CENTRES, SKUS, World
from starter.score.timing import Took, timed

PRICED_EVERY = 250
NEAR_ENOUGH = 1e-4
COUNTRY = "DE"
SKU_NAMES = [f"S{sku:02}" for sku in range(SKUS)]
NODE_NAMES = [f"N{node}" for node in range(CENTRES)]

Sent = list[tuple[int, int, int]]  # (SKU, node, pieces)
Stock = list[list[int]]


@dataclass(frozen=True, slots=True)
class Season:
    """What a policy's season came to: cost in minor units, shipments, pieces that nobody had any more, how long each decision took."""

    cost_minor: int
    shipments: int
    short_pieces: int
    refused_pieces: int
    took: tuple[Took, ...]


class Policy:
    """Serves one order after the other."""

    def __init__(self, world: World) -> None:
        self.world = world

    def prepare(self, nth: int, stock: Stock) -> None:
        """What is done now and then, before the `nth` order, and by no order's time."""

    def sent(self, number: int, stock: Stock) -> Sent:
        """What goes out for an order of a kind, of what lies there."""
        raise NotImplementedError


def season(world: World, came: list[int], policy: Policy) -> Season:
    """Serve the orders by a policy. `refused_pieces`: asked for, in stock somewhere, and not sent."""
    stock = [list(row) for row in world.stock]
    kinds = world.kinds
    cost = shipments = short = refused = 0
    took = []
    for nth, number in enumerate(came):
        policy.prepare(nth, stock)
        kind = kinds[number]
        there = {sku: sum(stock[sku]) for sku, _ in kind.basket}
        sent, one = timed(partial(policy.sent, number, stock))
        took.append(one)
        nodes = {node for _, node, _ in sent}
        cost += sum(world.network.fixed[kind.destination][node] for node in nodes)
        for sku, node, pieces in sent:
            stock[sku][node] -= pieces
            if pieces <= 0 or stock[sku][node] < 0:
                raise ArithmeticError("a policy sent what is not there")
            cost += pieces * world.network.piece[kind.destination][node]
        shipments += len(nodes)
        for sku, wanted in kind.basket:
            served = sum(pieces for one, _, pieces in sent if one == sku)
            short += wanted - served
            refused += min(wanted, there[sku]) - served
            cost += (wanted - served) * world.network.short
    return Season(cost, shipments, short, refused, tuple(took))


class ByTodaysRule(Policy):
    """`models.allocation.rules.source`: the nearest that has everything, else the nearest for each line."""

    def sent(self, number: int, stock: Stock) -> Sent:
        """What is short of the order is left out first: the rule serves all or nothing."""
        kind = self.world.kinds[number]
        wants = tuple(
            Want(line_no=nth, sku=SKU_NAMES[sku], quantity=min(pieces, sum(stock[sku])))
            for nth, (sku, pieces) in enumerate(kind.basket)
            if sum(stock[sku])
        )
        candidates = [
            StockCandidate(
                warehouse=NODE_NAMES[node],
                sku=SKU_NAMES[sku],
                available=stock[sku][node],
                distance_km=self.world.km[kind.destination][node],
                country=COUNTRY,
            )
            for node in range(CENTRES)
            for sku, _ in kind.basket
        ]
        parts = source(wants, candidates).parts if wants else ()
        return [
            (SKU_NAMES.index(want.sku), NODE_NAMES.index(part.warehouse), want.quantity)
            for part in parts
            for want in part.wants
        ]


class ByNearest(Policy):
    """Each line from the nearest with stock."""

    def sent(self, number: int, stock: Stock) -> Sent:
        """Line by line, from as many as it takes."""
        kind = self.world.kinds[number]
        sent = []
        for sku, pieces in kind.basket:
            left = pieces
            for node in sorted(range(CENTRES), key=self.world.km[kind.destination].__getitem__):
                part = min(left, stock[sku][node])
                if part:
                    sent.append((sku, node, part))
                    left -= part
        return sent


class ByChoice(Policy):
    """The product's own choice, by these ranks; stock costs nothing as long as there are no prices."""

    def __init__(self, world: World, *ranks: Rank) -> None:
        super().__init__(world)
        self.book = Rulebook(rules=(), ranks=ranks, partial=True)
        self.prices: Table | None = None

    def sent(self, number: int, stock: Stock) -> Sent:
        """One decision, from the question to the plan."""
        world, prices = self.world, self.prices
        kind = world.kinds[number]
        nodes = tuple(
            Node(
                code=NODE_NAMES[node],
                distance_km=world.km[kind.destination][node],
                stock={SKU_NAMES[sku]: stock[sku][node] for sku, _ in kind.basket},
                prices={SKU_NAMES[sku]: prices[sku][node] for sku, _ in kind.basket} if prices else {},
                fixed_minor=world.network.fixed[kind.destination][node],
                piece_minor=world.network.piece[kind.destination][node],
            )
            for node in range(CENTRES)
        )
        items = tuple(
            Item(line_no=nth, sku=SKU_NAMES[sku], quantity=pieces)
            for nth, (sku, pieces) in enumerate(kind.basket)
        )
        plan = choose(Ask(country=COUNTRY, items=items, nodes=nodes), self.book).plan
        return [
            (kind.basket[taken.line_no][0], NODE_NAMES.index(one.node), taken.quantity)
            for one in (plan.shipments if plan else ())
            for taken in one.taken
        ]


class ByPrices(ByChoice):
    """The same choice with stock at its shadow price, priced anew every few orders, for rates that are known or learned."""

    def __init__(self, world: World, learns: bool) -> None:
        super().__init__(world, Rank.COST)
        self._fluid = Fluid(world.network, world.kinds)
        self._rates = Rates(len(world.cities), len(world.goods)) if learns else None

    def prepare(self, nth: int, stock: Stock) -> None:
        """Prices for what is still to come."""
        if nth % PRICED_EVERY == 0:
            left = self.world.orders - nth
            if self._rates:
                expected = [one for row in self._rates.expected(left) for one in row]
            else:
                expected = [left * rate for rate in self.world.rates()]
            self.prices = self._fluid.solve(expected, stock, self.prices, within=NEAR_ENOUGH).of

    def sent(self, number: int, stock: Stock) -> Sent:
        """The decision; the order is seen for the next prices."""
        if self._rates:
            self._rates.saw(*divmod(number, len(self.world.goods)))
        return super().sent(number, stock)
