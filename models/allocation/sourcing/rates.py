"""How many orders of each kind are still to come, learned from those that came. Pure.

Destinations and baskets are looked at apart, each share with its trend, and together only as far as they hang together more than
chance explains. A trend counts as far as it is more than noise: it is shrunk by the variance that the shares show over the variance
that counting alone would give (empirical Bayes, by moments).
"""

from collections.abc import Sequence

BIN = 250
FEWEST_BINS = 4
# A share of tomorrow is at least and at most this many times the share of all days so far.
LEAST, MOST = 0.1, 3.0
# So many orders of a pair count as much as what destination and basket say apart.
PAIR_WEIGHT = 60.0


class Rates:
    """Counts of orders by destination and basket, in the order in which they came."""

    def __init__(self, destinations: int, baskets: int) -> None:
        self._pairs = [[0] * baskets for _ in range(destinations)]
        self._to: list[list[int]] = []
        self._of: list[list[int]] = []
        self._seen = 0

    def saw(self, destination: int, basket: int) -> None:
        """One more order."""
        if self._seen % BIN == 0:
            self._to.append([0] * len(self._pairs))
            self._of.append([0] * len(self._pairs[0]))
        self._to[-1][destination] += 1
        self._of[-1][basket] += 1
        self._pairs[destination][basket] += 1
        self._seen += 1

    def expected(self, left: int) -> list[list[float]]:
        """Orders by destination and basket among the next `left` ones."""
        to_all, of_all = len(self._pairs), len(self._pairs[0])
        then_to, then_of = forecast(self._to, to_all, left), forecast(self._of, of_all, left)
        so_far_to, so_far_of = shares(self._to, to_all), shares(self._of, of_all)
        orders = [
            [to * of * self._hang_together(d, b, so_far_to[d] * so_far_of[b]) for b, of in enumerate(then_of)]
            for d, to in enumerate(then_to)
        ]
        total = sum(map(sum, orders))
        return [[left * one / total for one in row] for row in orders]

    def _hang_together(self, destination: int, basket: int, apart: float) -> float:
        return (self._pairs[destination][basket] + PAIR_WEIGHT) / (self._seen * apart + PAIR_WEIGHT)


def shares(bins: Sequence[Sequence[int]], classes: int) -> list[float]:
    """Shares over all bins (`bins[time][class]`), each class counted once more than it was seen."""
    summed = [1 + sum(one[nth] for one in bins) for nth in range(classes)]
    return [one / sum(summed) for one in summed]


def forecast(bins: Sequence[Sequence[int]], classes: int, ahead: int) -> list[float]:
    """Mean shares over the next `ahead` orders: those so far, and their shrunk linear trends."""
    level = shares(bins, classes)
    sizes = [sum(one) for one in bins]
    if len(bins) < FEWEST_BINS:
        return level
    begins = [sum(sizes[:nth]) for nth in range(len(sizes))]
    middles = [begin + size / 2 for begin, size in zip(begins, sizes, strict=True)]
    seen = sum(sizes)
    mean = sum(size * at for size, at in zip(sizes, middles, strict=True)) / seen
    spread = sum(size * (at - mean) ** 2 for size, at in zip(sizes, middles, strict=True))
    slopes = [
        sum(
            (one[nth] / share - size) * (at - mean)
            for one, size, at in zip(bins, sizes, middles, strict=True)
        )
        / spread
        for nth, share in enumerate(level)
    ]
    noise = [(1 - share) / share / spread for share in level]
    weights = [1 / one**2 for one in noise]
    real = sum(w * (s * s - v) for w, s, v in zip(weights, slopes, noise, strict=True)) / sum(weights)
    real = max(0.0, real)
    to_come = seen + ahead / 2 - mean
    then = [
        share * min(MOST, max(LEAST, 1 + slope * real / (real + v) * to_come))
        for share, slope, v in zip(level, slopes, noise, strict=True)
    ]
    return [one / sum(then) for one in then]
