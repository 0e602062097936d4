"""From the ways that a tour uses to the walk itself: a closed walk over all of them (Euler), with its stops in order. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from models.preparation.picking.block import Block, Pick, Place, Stop, Tour

_FRONT, _BACK = 0, 1


class Reach(IntEnum):
    """How the places of an aisle are reached: through it once or twice, from one end and back to it, or from both."""

    THROUGH = 0
    TWICE = 1
    FROM_FRONT = 2
    FROM_BACK = 3
    FROM_BOTH = 4


# How often an aisle is walked from end to end.
_THROUGH: dict[int, int] = {Reach.THROUGH: 1, Reach.TWICE: 2}


class Ways(NamedTuple):
    """For each aisle its `Reach`, for each pair of neighbours how often one walks along front and back."""

    reaches: tuple[int, ...]
    fronts: tuple[int, ...]
    backs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The aisles that matter, left to right: those with picks and the depot's. An empty aisle never shortens a tour: whoever goes
    through it could have gone through the aisle before, which is as long.

    `offsets`: the places of each aisle, front to back, each once; of the depot's aisle 0 is one. `gaps`: to the next, in mm.
    """

    block: Block
    aisles: tuple[int, ...]
    offsets: tuple[tuple[int, ...], ...]
    gaps: tuple[int, ...]
    depot: int
    picks: dict[Place, tuple[str, ...]]

    @classmethod
    def of(cls, block: Block, picks: Sequence[Pick]) -> "Plan":
        """Picks by place."""
        places: dict[Place, list[str]] = defaultdict(list)
        held: dict[int, set[int]] = {block.depot_aisle: {0}}
        for pick in picks:
            places[pick.aisle, pick.offset_mm].append(pick.pick_id)
            held.setdefault(pick.aisle, set()).add(pick.offset_mm)
        aisles = tuple(sorted(held))
        return cls(
            block=block,
            aisles=aisles,
            offsets=tuple(tuple(sorted(held[aisle])) for aisle in aisles),
            gaps=tuple((right - left) * block.pitch_mm for left, right in pairwise(aisles)),
            depot=aisles.index(block.depot_aisle),
            picks={place: tuple(sorted(ids)) for place, ids in places.items()},
        )


def walk(plan: Plan, ways: Ways) -> Tour:
    """The tour, stop by stop."""
    here = (plan.block.depot_aisle, 0)
    corners, stops, walked = [here], [], 0
    left, pitch = dict(plan.picks), plan.block.pitch_mm
    for there in _places(plan, ways):
        if there != here:
            walked += abs(there[1] - here[1]) + abs(there[0] - here[0]) * pitch
            if len(corners) > 1 and _straight(corners[-2], here, there):
                corners.pop()
            corners.append(there)
            here = there
        if there in left:
            stops.append(Stop(aisle=there[0], offset_mm=there[1], picks=left.pop(there), walked_mm=walked))
    return Tour(
        length_mm=walked,
        stops=tuple(stops),
        corners=tuple(corners),
    )


def _straight(one: Place, two: Place, three: Place) -> bool:
    """Whether the second of three places lies on the way from the first to the third."""
    if one[0] == two[0] == three[0]:
        return (two[1] - one[1]) * (three[1] - two[1]) > 0
    return one[1] == two[1] == three[1] and (two[0] - one[0]) * (three[0] - two[0]) > 0


def _places(plan: Plan, ways: Ways) -> Iterator[Place]:
    """Every place on the walk in its order: ends of aisles, and the picks on the way."""
    full, gone = plan.block.aisle_mm, set()
    before: tuple[int, int] | None = None
    for nth, side in _circuit(plan, ways):
        aisle, stops = plan.aisles[nth], plan.offsets[nth]
        if before is not None and before[0] == nth:
            inner = stops if side == _BACK else stops[::-1]
            yield from ((aisle, offset) for offset in inner)
        end = full if side == _BACK else 0
        yield aisle, end
        if (nth, side) not in gone:
            gone.add((nth, side))
            if out := _branch(ways.reaches[nth], stops, side):
                yield from ((aisle, offset) for offset in out)
                yield aisle, end
        before = nth, side


def _branch(reach: int, stops: Sequence[int], side: int) -> Sequence[int]:
    """The places that are reached from one end of an aisle and back to it, nearest first."""
    if reach == (Reach.FROM_FRONT, Reach.FROM_BACK)[side]:
        return stops if side == _FRONT else stops[::-1]
    if reach != Reach.FROM_BOTH:
        return ()
    gaps = [after - before for before, after in pairwise(stops)]
    cut = gaps.index(max(gaps)) + 1
    return stops[:cut] if side == _FRONT else stops[cut:][::-1]


def _circuit(plan: Plan, ways: Ways) -> list[tuple[int, int]]:
    """A closed walk from the depot over the ends of the aisles that uses every way as often as the tour has it (Hierholzer)."""
    through = [_THROUGH.get(reach, 0) for reach in ways.reaches]
    along = ([*ways.fronts], [*ways.backs])
    stack, found = [(plan.depot, _FRONT)], []
    while stack:
        nth, side = stack[-1]
        row = along[side]
        if nth < len(row) and row[nth]:
            row[nth] -= 1
            stack.append((nth + 1, side))
        elif through[nth]:
            through[nth] -= 1
            stack.append((nth, 1 - side))
        elif nth and row[nth - 1]:
            row[nth - 1] -= 1
            stack.append((nth - 1, side))
        else:
            found.append(stack.pop())
    return found
