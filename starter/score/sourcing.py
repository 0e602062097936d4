"""The scorecard of sourcing: seasons of made orders, what each policy pays, over what nobody could have undercut knowing all orders."""

from collections import Counter
from collections.abc import Callable, Sequence

from models.allocation.sourcing.messages import Rank
from models.allocation.sourcing.shadow_prices import Fluid
from models.shared.messages import Message
from starter.score.faults import lacks_extra
from starter.score.sourcing_policies import (
    ByChoice,
    ByNearest,
    ByPrices,
    ByTodaysRule,
    Policy,
    Season,
    season,
)
from starter.score.sourcing_world import World, arrivals, made
from starter.score.timing import percentile

NEAREST, TODAY, FEWEST, EXACT = "nearest with stock", "today's rule", "fewest nodes", "exact per order"
KNOWN, LEARNED = "shadow prices, known rates", "shadow prices, learned rates"
POLICIES: dict[str, Callable[[World], Policy]] = {
    NEAREST: ByNearest,
    TODAY: ByTodaysRule,
    FEWEST: lambda world: ByChoice(world, Rank.SHIPMENTS, Rank.COST),
    EXACT: lambda world: ByChoice(world, Rank.COST),
    KNOWN: lambda world: ByPrices(world, learns=False),
    LEARNED: lambda world: ByPrices(world, learns=True),
}
# Drift, policy, and by how many percent over the bound it may be at most.
MEASURED: tuple[tuple[float, str, float | None], ...] = (
    (0.0, NEAREST, None),
    (0.0, TODAY, None),
    (0.0, FEWEST, None),
    (0.0, EXACT, None),
    (0.0, KNOWN, 1.0),
    (0.0, LEARNED, 1.2),
    (0.3, EXACT, None),
    (0.3, LEARNED, 1.4),
    (0.6, EXACT, None),
    (0.6, LEARNED, 2.5),
)
P99_MS = 5.0


class Figure(Message):
    """One policy under one drift: percent over the bound by seed and on average, costs and counts summed over the seeds.

    Of the worst seed the p99 of a decision: of processor time, against which the target is held, and of the wall clock.
    """

    policy: str
    drift: float
    over_bound_percent: float
    by_seed_percent: tuple[float, ...]
    at_most_percent: float | None
    cost_minor: int
    bound_minor: float
    shipments: int
    short_pieces: int
    refused_pieces: int
    p99_ms: float
    wall_p99_ms: float

    @property
    def passed(self) -> bool:
        """Without a target a policy only must not refuse what is in stock."""
        within = self.at_most_percent is None or self.over_bound_percent <= self.at_most_percent
        return within and self.refused_pieces == 0


class Scorecard(Message):
    """All policies. `p99_ms`: of the slowest one that decides by the product's own choice."""

    seeds: tuple[int, ...]
    orders: int
    figures: tuple[Figure, ...]
    p99_ms: float
    p99_at_most_ms: float = P99_MS
    passed: bool


def run(seeds: Sequence[int], orders: int) -> Scorecard:
    """Make the worlds, serve the seasons, compare. Raises `Unfit` without the extra `sourcing`."""
    try:
        import scipy.optimize  # noqa: F401
    except ImportError as error:
        raise lacks_extra("sourcing", "scipy", error) from error
    bounds: dict[float, list[float]] = {}
    seasons: dict[tuple[float, str], list[Season]] = {}
    for seed in seeds:
        world = made(seed, orders)
        for drift in dict.fromkeys(drift for drift, _, _ in MEASURED):
            came = arrivals(world, seed, drift)
            bounds.setdefault(drift, []).append(bound(world, came))
            for _, policy, _ in (one for one in MEASURED if one[0] == drift):
                seasons.setdefault((drift, policy), []).append(season(world, came, POLICIES[policy](world)))
    figures = tuple(
        figure(policy, drift, at_most, seasons[drift, policy], bounds[drift])
        for drift, policy, at_most in MEASURED
    )
    slowest = max(one.p99_ms for one in figures if one.policy not in (NEAREST, TODAY))
    return Scorecard(
        seeds=tuple(seeds),
        orders=orders,
        figures=figures,
        p99_ms=slowest,
        passed=all(one.passed for one in figures) and slowest <= P99_MS,
    )


def bound(world: World, came: Sequence[int]) -> float:
    """What the season costs at least, in minor units, for who knows every order beforehand and may split it any way."""
    counts = Counter(came)
    numbers = [float(counts[number]) for number in range(len(world.kinds))]
    return Fluid(world.network, world.kinds).solve(numbers, world.stock).bound


def figure(
    policy: str, drift: float, at_most: float | None, seasons: Sequence[Season], bounds: Sequence[float]
) -> Figure:
    """One line of the card."""
    over = [100 * (one.cost_minor / below - 1) for one, below in zip(seasons, bounds, strict=True)]
    return Figure(
        policy=policy,
        drift=drift,
        over_bound_percent=round(sum(over) / len(over), 3),
        by_seed_percent=tuple(round(one, 3) for one in over),
        at_most_percent=at_most,
        cost_minor=sum(one.cost_minor for one in seasons),
        bound_minor=round(sum(bounds), 2),
        shipments=sum(one.shipments for one in seasons),
        short_pieces=sum(one.short_pieces for one in seasons),
        refused_pieces=sum(one.refused_pieces for one in seasons),
        p99_ms=round(max(percentile([took.processor_ms for took in one.took], 99) for one in seasons), 3),
        wall_p99_ms=round(max(percentile([took.wall_ms for took in one.took], 99) for one in seasons), 3),
    )
