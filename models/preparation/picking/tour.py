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


class _Move(NamedTuple):
    """From one class to another: what is done (a `Reach`, or one of `_ON`), and to which class it leads."""

    how: int
    to: int
    before: int


_AISLE_MOVES = {
    state: tuple(_Move(how, to, state) for how, to in enumerate(row)) for state, row in _AISLE.items()
}
_ON_MOVES = {
    state: tuple((front + back, _Move(how, to, state)) for how, (front, back, to) in enumerate(row))
    for state, row in _ON.items()
}
# The shortest partial tour of each class, and the move that it ended with.
_Lengths = list[int]
_Moves = list[_Move | None]


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
    steps: list[tuple[_Moves, _Moves]] = []
    walked = [_NEVER] * _NOTHING + [0]
    inside = walked
    for costs, gap in zip(_costs(plan), (*plan.gaps, None), strict=True):
        inside, moves = _in_aisle(walked, costs)
        walked, onward = _to_next(inside, gap) if gap is not None else (inside, [])
        steps.append((moves, onward))
    return _traced(steps, min(_COMPLETE, key=inside.__getitem__))


def _in_aisle(walked: _Lengths, costs: tuple[int, ...]) -> tuple[_Lengths, _Moves]:
    lengths, moves = [_NEVER] * len(walked), list[_Move | None]([None] * len(walked))
    for state, so_far in enumerate(walked):
        if so_far < _NEVER:
            for move in _AISLE_MOVES[state]:
                how, to, _ = move
                length = so_far + costs[how]
                if length < lengths[to]:
                    lengths[to], moves[to] = length, move
    return lengths, moves


def _to_next(inside: _Lengths, gap: int) -> tuple[_Lengths, _Moves]:
    lengths, moves = [_NEVER] * len(inside), list[_Move | None]([None] * len(inside))
    for state, so_far in enumerate(inside):
        if so_far < _NEVER:
            for times, move in _ON_MOVES[state]:
                length, to = so_far + times * gap, move.to
                if length < lengths[to]:
                    lengths[to], moves[to] = length, move
    return lengths, moves


def _traced(steps: Sequence[tuple[_Moves, _Moves]], state: int) -> Ways:
    """Back from the class of the best complete tour to its beginning."""
    reaches, fronts, backs = [], [], []
    for inside, onward in reversed(steps):
        if onward:
            step = onward[state]
            assert step is not None, "a class that was left had been reached"
            front, back, _ = _ON[step.before][step.how]
            fronts.append(front)
            backs.append(back)
            state = step.before
        move = inside[state]
        assert move is not None, "a class that was left had been reached"
        reaches.append(move.how)
        state = move.before
    return Ways(tuple(reaches[::-1]), tuple(fronts[::-1]), tuple(backs[::-1]))


def _costs(plan: Plan) -> Sequence[tuple[int, ...]]:
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
