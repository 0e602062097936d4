"""Made worlds to measure sourcing in: ten cities, five fulfilment centres, twenty SKUs, stock for one season. Seeded, nothing else.

Cities and centres lie anywhere in a square of 1,000 km. Half of the orders want one line; the others draw from 24 baskets of two or
three lines; one piece in five baskets wants two. Each centre carries a SKU or not; what all centres carry together is a fifth more
than the season is expected to want, laid out partly by what is near, partly by chance: as it lies when buyers meant well.
"""

from dataclasses import dataclass
from functools import cached_property
from random import Random

from models.allocation.sourcing.shadow_prices import Basket, Kind, Network

CITIES, CENTRES, SKUS, BASKETS = 10, 5, 20, 24
SQUARE_KM = 1_000.0
SHIPMENT_MINOR, PIECE_KM_MINOR, SHORT_MINOR = 500, 0.8, 5_000
SINGLE_LINES = 0.5
STOCK_OVER_DEMAND, BY_CHANCE, NOT_CARRIED = 1.2, 0.5, 0.2
TASTE = 0.25


@dataclass(frozen=True)
class World:
    """One season. `cities` and `baskets`: shares of the orders; `taste[city][basket]`: by how many times a city wants it more."""

    orders: int
    network: Network
    km: list[list[float]]
    goods: list[Basket]
    cities: list[float]
    baskets: list[float]
    taste: list[list[float]]
    stock: list[list[int]]

    @cached_property
    def kinds(self) -> list[Kind]:
        """City by city, basket by basket."""
        return [Kind(city, basket) for city in range(CITIES) for basket in self.goods]

    def rates(self) -> list[float]:
        """The share of each kind, over the whole season."""
        return _shares(
            [
                city * basket * self.taste[c][b]
                for c, city in enumerate(self.cities)
                for b, basket in enumerate(self.baskets)
            ]
        )


def made(seed: int, orders: int) -> World:
    """The world of a seed."""
    chance = Random(f"world {seed}")
    cities = [(chance.uniform(0, SQUARE_KM), chance.uniform(0, SQUARE_KM)) for _ in range(CITIES)]
    centres = [(chance.uniform(0, SQUARE_KM), chance.uniform(0, SQUARE_KM)) for _ in range(CENTRES)]
    km = [[((x - a) ** 2 + (y - b) ** 2) ** 0.5 for a, b in centres] for x, y in cities]
    network = Network(
        fixed=[[SHIPMENT_MINOR] * CENTRES] * CITIES,
        piece=[[round(PIECE_KM_MINOR * one) for one in row] for row in km],
        skus=SKUS,
        short=SHORT_MINOR,
    )
    popular = _shares([(rank + 1) ** -0.6 for rank in range(SKUS)])
    chance.shuffle(popular)
    goods, baskets = _baskets(chance, popular)
    world = World(
        orders=orders,
        network=network,
        km=km,
        goods=goods,
        cities=_shares([chance.lognormvariate(0, 0.6) for _ in range(CITIES)]),
        baskets=baskets,
        taste=[[chance.lognormvariate(0, TASTE) for _ in goods] for _ in range(CITIES)],
        stock=[[0] * CENTRES for _ in range(SKUS)],
    )
    _lay_out(world, chance)
    return world


def _baskets(chance: Random, popular: list[float]) -> tuple[list[Basket], list[float]]:
    goods: list[Basket] = [((sku, 1),) for sku in range(SKUS)]
    weights = [SINGLE_LINES * one for one in popular]
    several: dict[Basket, float] = {}
    while len(several) < BASKETS:
        lines = chance.choice((2, 3))
        skus: set[int] = set()
        while len(skus) < lines:
            skus.update(chance.choices(range(SKUS), popular))
        basket = tuple((sku, 2 if chance.random() < 0.2 else 1) for sku in sorted(skus))
        several.setdefault(basket, chance.expovariate(1))
    weights += [(1 - SINGLE_LINES) * one for one in _shares(list(several.values()))]
    return goods + list(several), weights


def _lay_out(world: World, chance: Random) -> None:
    """Stock: by what the nearest cities want, and by chance; whole pieces, at least one centre carries each SKU."""
    wanted = [[0.0] * CENTRES for _ in range(SKUS)]
    for kind, rate in zip(world.kinds, world.rates(), strict=True):
        near = min(range(CENTRES), key=world.km[kind.destination].__getitem__)
        for sku, pieces in kind.basket:
            wanted[sku][near] += rate * pieces * world.orders
    for sku, by_centre in enumerate(wanted):
        by_chance = _shares([chance.expovariate(1) for _ in range(CENTRES)])
        carried = [chance.random() >= NOT_CARRIED for _ in range(CENTRES)]
        if not any(carried):
            carried[chance.randrange(CENTRES)] = True
        total = sum(by_centre)
        parts = [
            carried[centre] * ((1 - BY_CHANCE) * near / total + BY_CHANCE * by_chance[centre])
            for centre, near in enumerate(by_centre)
        ]
        world.stock[sku][:] = [int(STOCK_OVER_DEMAND * total * part) for part in _shares(parts)]


def arrivals(world: World, seed: int, drift: float) -> list[int]:
    """The kinds of the orders, one after the other.

    Under drift every city and every basket grows or shrinks over the season, its weight going from 1 - drift to 1 + drift times what it
    is on average, or the other way: which way is drawn, and told to nobody.
    """
    chance = Random(f"arrivals {seed} {drift}")
    way_of_cities = [chance.choice((-1, 1)) for _ in world.cities]
    way_of_baskets = [chance.choice((-1, 1)) for _ in world.baskets]
    came = []
    numbers = range(len(world.cities) * len(world.baskets))
    step = max(1, world.orders // 200)
    for begin in range(0, world.orders, step):
        when = drift * (2 * (begin + step / 2) / world.orders - 1)
        weights = [
            city * (1 + when * grows) * basket * (1 + when * asked) * world.taste[c][b]
            for c, (city, grows) in enumerate(zip(world.cities, way_of_cities, strict=True))
            for b, (basket, asked) in enumerate(zip(world.baskets, way_of_baskets, strict=True))
        ]
        came += chance.choices(numbers, weights, k=min(step, world.orders - begin))
    return came


def _shares(weights: list[float]) -> list[float]:
    total = sum(weights)
    return [one / total for one in weights]
