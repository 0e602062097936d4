"""Shares: sets of pieces that might lie in one box, as bits, and which boxes take them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.preparation.packing.effort import Effort
from models.preparation.packing.fit import Fit, Lies, Verdict, fit
from models.preparation.packing.goods import Box, Catalogue, Item
from models.preparation.packing.turning import fits_alone, turned, volume

# Steps for each question, and for all together, once the effort is used up: enough to find an easy arrangement.
_LATE_STEPS, _LATE_STEPS_ALL = 30, 600


@dataclass(frozen=True, slots=True)
class Share:
    """Pieces (their numbers) in a box, and how they lie."""

    members: tuple[int, ...]
    box: Box
    cost_minor: int
    lies: tuple[Lies, ...]


class Shares:
    """What is known about the shares of one order. Equal pieces are not told apart: a share is known by its first ones.

    `steps_for_one`: what one question may take, so that one hard box does not use up what the others need.
    """

    def __init__(
        self, items: Sequence[Item], catalogue: Catalogue, effort: Effort, steps_for_one: int
    ) -> None:
        self.items, self.effort = items, effort
        self._steps_for_one = steps_for_one
        self.excluded = 0
        self._late = Effort(_LATE_STEPS_ALL)
        self._catalogue = catalogue
        # Of boxes that cost the same the smallest comes first.
        self._boxes = sorted(catalogue.boxes, key=lambda box: (volume(box.inner_mm), box.code))
        self._volumes = [volume(item.size_mm) for item in items]
        self._takes = [
            sum(
                1 << nth
                for nth, one in enumerate(items)
                if fits_alone(one.size_mm, one.upright, box.inner_mm)
            )
            for box in self._boxes
        ]
        self._candidates: dict[int, tuple[tuple[int, int], ...]] = {}
        self._fits: dict[tuple[int, int], Fit] = {}
        kinds = [(tuple(turned(one.size_mm, one.upright)), one.weight_g) for one in items]
        self._kind = [kinds.index(one) for one in kinds]
        self._equals = [
            [nth for nth, kind in enumerate(self._kind) if kind == one] for one in range(len(items))
        ]

    @property
    def every(self) -> int:
        """The share of all pieces."""
        return (1 << len(self.items)) - 1

    def members(self, share: int) -> list[int]:
        """The numbers of a share's pieces, equal ones beside each other."""
        found = [nth for nth in range(share.bit_length()) if share >> nth & 1]
        return sorted(found, key=lambda nth: (self._kind[nth], nth))

    def named(self, share: int) -> int:
        """The share of equal pieces that all such shares are known by."""
        found, used = 0, [0] * len(self.items)
        for nth in self.members(share):
            kind = self._kind[nth]
            found |= 1 << self._equals[kind][used[kind]]
            used[kind] += 1
        return found

    def candidates(self, named: int) -> tuple[tuple[int, int], ...]:
        """(cost, box) of the boxes that might take a share, the cheapest first: by volume, weight, and each piece alone."""
        if named not in self._candidates:
            members = self.members(named)
            weight = sum(self.items[nth].weight_g for nth in members)
            space = sum(self._volumes[nth] for nth in members)
            able = [
                (self._catalogue.cost_minor(box, weight), nth)
                for nth, box in enumerate(self._boxes)
                if not named & ~self._takes[nth]
                and weight <= box.max_weight_g
                and space <= volume(box.inner_mm)
            ]
            self._candidates[named] = tuple(sorted(able))
        return self._candidates[named]

    def packed(self, named: int, box: int) -> Verdict:
        """Whether a share fits a box. What is known of this or of fewer pieces is not sought again."""
        key = (named, box)
        if key not in self._fits:
            found = Fit(Verdict.CANNOT) if self._cannot(named, box) else self._try(named, box)
            self.excluded += found.verdict is Verdict.CANNOT
            self._fits[key] = found
        return self._fits[key].verdict

    def share(self, share: int, cost_minor: int, box: int) -> Share:
        """A share that fits: each piece lies where the equal one of the named share does."""
        members = self.members(share)
        lies = self._fits[self.named(share), box].lies
        return Share(tuple(members), self._boxes[box], cost_minor, lies)

    def _try(self, named: int, box: int) -> Fit:
        pieces = [(self.items[nth].size_mm, self.items[nth].upright) for nth in self.members(named)]
        inner = self._boxes[box].inner_mm
        part = self.effort.slice(self._steps_for_one)
        found = fit(pieces, inner, part)
        self.effort.book(part)
        if found.verdict is Verdict.OPEN and self.effort.over():
            late = self._late.slice(_LATE_STEPS)
            found = fit(pieces, inner, late)
            self._late.book(late)
        return found

    def _cannot(self, named: int, box: int) -> bool:
        """Whether some of these pieces are known not to fit a box that is as large."""
        inner = self._boxes[box].inner_mm
        return any(
            known.verdict is Verdict.CANNOT
            and not part & ~named
            and all(a <= b for a, b in zip(inner, self._boxes[other].inner_mm, strict=True))
            for (part, other), known in self._fits.items()
        )
