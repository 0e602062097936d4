"""Whether pieces fit a box, as a mixed-integer program for HiGHS: a second exact solver, for sizes in millimetres."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from models.preparation.packing.turning import Size, lying

Piece = tuple[Size, bool]


class Program:
    """Rows `low <= coefficients · variables <= high`, gathered one by one."""

    def __init__(self, variables: int) -> None:
        self.variables = variables
        self.rows: list[np.ndarray[Any, Any]] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def row(self, coefficients: dict[int, float], low: float, high: float) -> None:
        """One row."""
        made = np.zeros(self.variables)
        for nth, value in coefficients.items():
            made[nth] += value
        self.rows.append(made)
        self.low.append(low)
        self.high.append(high)


def fits(pieces: list[Piece], box: Size) -> bool:
    """Positions (three for each piece), a way to lie (one binary for each), a side (six binaries for each pair)."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    ways = [lying(size, upright, box) for size, upright in pieces]
    if not all(ways):
        return False
    pairs = list(combinations(range(len(pieces)), 2))
    first_way = np.cumsum([3 * len(pieces), *(len(one) for one in ways)])
    first_side = int(first_way[-1])
    count = first_side + 6 * len(pairs)
    program = Program(count)

    def length(nth: int, axis: int, sign: float) -> dict[int, float]:
        return {int(first_way[nth]) + way: sign * size[axis] for way, size in enumerate(ways[nth])}

    for nth, options in enumerate(ways):
        program.row({int(first_way[nth]) + way: 1 for way in range(len(options))}, 1, 1)
        for axis in range(3):
            program.row({3 * nth + axis: 1} | length(nth, axis, 1), 0, box[axis])
    for number, pair in enumerate(pairs):
        sides = first_side + 6 * number
        program.row({sides + side: 1 for side in range(6)}, 1, 6)
        for side in range(6):
            axis, (one, other) = side // 2, pair if side % 2 == 0 else pair[::-1]
            # one + its length <= other, unless the side is not chosen.
            apart = {3 * one + axis: 1.0, 3 * other + axis: -1.0, sides + side: float(box[axis])}
            program.row(apart | length(one, axis, 1), -np.inf, box[axis])
    whole = np.ones(count)
    whole[: 3 * len(pieces)] = 0
    found = milp(
        np.zeros(count),
        integrality=whole,
        bounds=Bounds(0, np.where(whole == 1, 1, max(box))),
        constraints=LinearConstraint(np.array(program.rows), program.low, program.high),
    )
    assert found.status in (0, 2), found.message
    return bool(found.status == 0)
