"""How the pieces are shared among boxes at the lowest cost: every way at once, by dynamic programming over shares. Pure."""

from collections.abc import Sequence

from models.preparation.packing.fit import Verdict
from models.preparation.packing.shares import Share, Shares

_NEVER = 1 << 60
# Costs are counted in parts of a minor unit, so that each box can weigh one part: of equal costs the fewest boxes win.
_PARTS = 64


class Sharing:
    """The search for the cheapest way to share the pieces.

    For each share there are two places in its row of candidates: the first box that it is not known not to fit (what it costs at
    least), and the first that is worth trying, which also passes over those that stayed open.
    """

    def __init__(self, shares: Shares) -> None:
        self._shares = shares
        self._named = [shares.named(share) for share in range(shares.every + 1)]
        self._possible = dict.fromkeys(self._named, 0)
        self._usable = dict.fromkeys(self._named, 0)

    def cheapest(self) -> list[Share]:
        """The boxes of the cheapest way. It is the cheapest of all when it costs `lowest_minor`."""
        table = self._table(self._usable)
        while True:
            way = self._way(table)
            refused = next((share for share in way if not self._holds(share)), None)
            if refused is None:
                return [self._share(share) for share in way]
            # Only shares of several boxes' ways change the table; the share of all pieces stands at its end alone.
            whole = self._named[refused] == self._named[-1]
            if whole:
                self._end(table, self._usable)
            else:
                table = self._table(self._usable)

    def lowest_minor(self) -> int:
        """What any way costs at least, by all that is known now."""
        return self._table(self._possible)[-1][0] // _PARTS

    def _holds(self, share: int) -> bool:
        """Whether a share fits the box that it is at; if not, it moves on."""
        named = self._named[share]
        cost_box = self._shares.candidates(named)[self._usable[named]]
        verdict = self._shares.packed(named, cost_box[1])
        if verdict is Verdict.FITS:
            return True
        if verdict is Verdict.CANNOT and self._possible[named] == self._usable[named]:
            self._possible[named] += 1
        self._usable[named] += 1
        return False

    def _share(self, share: int) -> Share:
        cost, box = self._shares.candidates(self._named[share])[self._usable[self._named[share]]]
        return self._shares.share(share, cost, box)

    def _cost(self, named: int, places: dict[int, int]) -> int:
        """What a share costs in one box, in parts."""
        row = self._shares.candidates(named)
        return row[places[named]][0] * _PARTS + 1 if places[named] < len(row) else _NEVER

    def _table(self, places: dict[int, int]) -> list[tuple[int, int]]:
        """(cost, first box's share) of the cheapest way for every set of pieces; the first box holds the set's lowest piece."""
        costs = {named: self._cost(named, places) for named in set(self._named)}
        direct = [costs[named] for named in self._named]
        best = [0] * len(direct)
        table = [(0, 0)]
        for whole in range(1, len(direct)):
            lowest = whole & -whole
            others = whole ^ lowest
            found, first, rest = direct[whole], whole, others
            while rest:
                cost = direct[whole ^ rest] + best[rest]
                if cost < found:
                    found, first = cost, whole ^ rest
                rest = (rest - 1) & others
            best[whole] = found
            table.append((found, first))
        return table

    def _end(self, table: list[tuple[int, int]], places: dict[int, int]) -> None:
        """The table's last row anew."""
        whole = len(table) - 1
        lowest = whole & -whole
        others = whole ^ lowest
        found, first, rest = self._cost(self._named[whole], places), whole, others
        while rest:
            share = whole ^ rest
            cost = self._cost(self._named[share], places) + table[rest][0]
            if cost < found:
                found, first = cost, share
            rest = (rest - 1) & others
        table[-1] = (found, first)

    def _way(self, table: Sequence[tuple[int, int]]) -> list[int]:
        """The shares of the cheapest way for all pieces."""
        found, left = [], len(table) - 1
        while left:
            found.append(table[left][1])
            left ^= found[-1]
        return found
