"""The scorecard of assigning a whole day: served and cost, beside greedy, beside what is to be reached on the public set."""

from pathlib import Path

from models.allocation.sourcing.assignment import Assignment, assign, assign_greedily
from models.shared.messages import Message
from starter.score.assignment_data import Day, DayOrder, read_day

# Costs are counted in millionths of the set's currency: sums do not depend on the order in which they are made.
MICRO = 1_000_000

EXACT, GREEDY, UNLIMITED = "exact", "greedy, as the orders come", "exact, without capacity"
TARGETS = {EXACT: (2_444, 1_188_613.17), GREEDY: (2_430, 3_142_438.86), UNLIMITED: (9_215, 15_516_005.26)}


class Figure(Message):
    """One way to assign, and what it is to come to on the public set. Costs in the set's currency, rounded to cents."""

    name: str
    served: int
    cost: float
    target_served: int
    target_cost: float

    @property
    def passed(self) -> bool:
        """To the order and the cent."""
        return (self.served, self.cost) == (self.target_served, self.target_cost)


class Load(Message):
    """What a plant got to do."""

    plant: str
    capacity: int
    served: int
    greedy: int


class Scorecard(Message):
    """All figures of a day. `without_plant`: orders that no plant may serve, whatever its capacity."""

    orders: int
    plants: int
    capacity: int
    without_plant: int
    served: int
    cost: float
    greedy_served: int
    greedy_cost: float
    figures: tuple[Figure, ...]
    loads: tuple[Load, ...]
    passed: bool


def run(folder: Path) -> Scorecard:
    """Read the day, assign it three times. Raises `Unfit`."""
    return measure(read_day(folder))


def measure(day: Day) -> Scorecard:
    """The card of a day."""
    costs = [costs_of(day, order) for order in day.orders]
    exact, greedy = assign(costs, day.capacity), assign_greedily(costs, day.capacity)
    unlimited = assign(costs, dict.fromkeys(day.capacity, len(costs)))
    figures = tuple(
        figure(name, found) for name, found in ((EXACT, exact), (GREEDY, greedy), (UNLIMITED, unlimited))
    )
    return Scorecard(
        orders=len(costs),
        plants=len(day.capacity),
        capacity=sum(day.capacity.values()),
        without_plant=sum(not row for row in costs),
        served=figures[0].served,
        cost=figures[0].cost,
        greedy_served=figures[1].served,
        greedy_cost=figures[1].cost,
        figures=figures,
        loads=tuple(
            Load(
                plant=plant,
                capacity=places,
                served=exact.nodes.count(plant),
                greedy=greedy.nodes.count(plant),
            )
            for plant, places in sorted(day.capacity.items())
        ),
        passed=all(one.passed for one in figures),
    )


def figure(name: str, found: Assignment) -> Figure:
    """An assignment beside its target."""
    served, cost = TARGETS[name]
    return Figure(
        name=name,
        served=found.served,
        cost=round(found.cost / MICRO, 2),
        target_served=served,
        target_cost=cost,
    )


def costs_of(day: Day, order: DayOrder) -> dict[str, int]:
    """What an order costs at each plant that may serve it, in millionths: storing its units, and the cheapest freight.

    A plant may serve it that makes the product, is kept for nobody else, and has a port with a rate for the weight.
    """
    costs = {}
    for plant in sorted(day.plants_of.get(order.product, ())):
        if plant not in day.capacity or (plant in day.only_for and order.customer not in day.only_for[plant]):
            continue
        freights = [
            one for port in day.ports_of.get(plant, ()) if (one := freight(day, order, port)) is not None
        ]
        if order.own_freight:
            freights.append(0.0)
        if freights:
            costs[plant] = round((order.units * day.unit_cost[plant] + min(freights)) * MICRO)
    return costs


def freight(day: Day, order: DayOrder, port: str) -> float | None:
    """The cheapest rate of a lane for an order's weight, any carrier and service; None: there is none.

    Nothing is paid where the customer sees to it, or where the plant's port is the destination already.
    """
    if order.own_freight or port == order.destination:
        return 0.0
    return min(
        (
            max(one.minimum, one.rate * order.weight)
            for one in day.rates.get((port, order.destination), ())
            if one.lightest <= order.weight <= one.heaviest
        ),
        default=None,
    )
