"""The shortest walk through one block, by dynamic programming over aisles.

H. D. Ratliff, A. S. Rosenthal, "Order-Picking in a Rectangular Warehouse: A Solvable Case of the Traveling Salesman Problem",
Operations Research 31 (1983). From left to right, the part of a tour that lies in the aisles so far matters to the rest in only
one way: whether the front and the back end of the last aisle have an odd, an even or no number of ways out, and whether what was
walked hangs together. These classes are the states; the time grows with the number of aisles and picks, and no more.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from models.preparation.picking.block import Block, Pick, Tour, refuse_faults
from models.preparation.picking.walk import Plan, Ways, walk

_NEVER = 1 << 60


# Classes of partial tours: ways out of the front end, of the back end (odd, even, none), and in how many pieces.
_ODD, _FRONT, _BACK, _ONE, _TWO, _NOTHING = range(6)
# What an aisle makes of a class, by `Reach`.
_AISLE = {
    _ODD: (_ONE, _ODD, _ODD, _ODD, _ODD),
    _FRONT: (_ODD, _ONE, _FRONT, _TWO, _TWO),
    _BACK: (_ODD, _ONE, _TWO, _BACK, _TWO),
    _ONE: (_ODD, _ONE, _ONE, _ONE, _ONE),
    _TWO: (_ODD, _ONE, _TWO, _TWO, _TWO),
    _NOTHING: (_ODD, _ONE, _FRONT, _BACK, _TWO),
}
# What walking on to the next aisle makes of a class: how often along the front, how often along the back, the class.
_ON = {
    _ODD: ((1, 1, _ODD),),
    _FRONT: ((2, 0, _FRONT), (2, 2, _TWO)),
    _BACK: ((0, 2, _BACK), (2, 2, _TWO)),
    _ONE: ((2, 0, _FRONT), (0, 2, _BACK), (2, 2, _ONE)),
    _TWO: ((2, 2, _TWO),),
}
_COMPLETE = (_FRONT, _BACK, _ONE)


class _Best(NamedTuple):
    """The shortest partial tour of a class: its length, and how it came about."""

    length: int
    before: int
    how: int


def shortest_tour(block: Block, picks: Sequence[Pick]) -> Tour:
    """The shortest walk from the depot past every pick and back; a tour without stops when there is nothing to pick.

    No other walk is shorter. The same picks give the same tour, whatever their order. Raises `Refused` with every fault.
    """
    refuse_faults(block, picks)
    return tour_of(block, picks)


def tour_of(block: Block, picks: Sequence[Pick]) -> Tour:
    """`shortest_tour` of a block and picks that are known to be sound."""
    plan = Plan.of(block, picks)
    return walk(plan, _ways(plan))


def _ways(plan: Plan) -> Ways:
    """Which reach in each aisle, and how often along front and back between them, make the shortest tour."""
    steps: list[tuple[dict[int, _Best], dict[int, _Best]]] = []
    walked = {_NOTHING: _Best(0, _NOTHING, 0)}
    for nth, costs in enumerate(_costs(plan)):
        inside: dict[int, _Best] = {}
        for state, so_far in walked.items():
            for how, to in enumerate(_AISLE[state]):
                length = so_far.length + costs[how]
                if length < _NEVER and (to not in inside or length < inside[to].length):
                    inside[to] = _Best(length, state, how)
        onward: dict[int, _Best] = {}
        if nth < len(plan.gaps):
            gap = plan.gaps[nth]
            for state, so_far in inside.items():
                for how, (front, back, to) in enumerate(_ON[state]):
                    length = so_far.length + (front + back) * gap
                    if to not in onward or length < onward[to].length:
                        onward[to] = _Best(length, state, how)
        steps.append((inside, onward))
        walked = onward
    return _traced(steps)


def _traced(steps: Sequence[tuple[dict[int, _Best], dict[int, _Best]]]) -> Ways:
    """Back from the best complete tour to its beginning."""
    last = steps[-1][0]
    state = min((one for one in _COMPLETE if one in last), key=lambda one: last[one].length)
    reaches, fronts, backs = [], [], []
    for inside, onward in reversed(steps):
        if onward:
            step = onward[state]
            front, back, _ = _ON[step.before][step.how]
            fronts.append(front)
            backs.append(back)
            state = step.before
        reaches.append(inside[state].how)
        state = inside[state].before
    return Ways(tuple(reaches[::-1]), tuple(fronts[::-1]), tuple(backs[::-1]))


def _costs(plan: Plan) -> list[tuple[int, ...]]:
    """What each reach costs in each aisle that has something.

    Reaching the depot from the back would be walking the aisle twice, which keeps the tour connected at least as well.
    """
    full, found = plan.block.aisle_mm, []
    for nth, stops in enumerate(plan.offsets):
        gap = max((after - before for before, after in pairwise(stops)), default=0)
        both = 2 * (full - gap) if len(stops) > 1 else _NEVER
        back = _NEVER if nth == plan.depot else 2 * (full - stops[0])
        found.append((full, 2 * full, 2 * stops[-1], back, both))
    return found
