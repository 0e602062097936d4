"""What cannot be packed, told without trying, and sizes made as large as they may be without changing that. Pure.

Dual feasible functions: S. P. Fekete, J. Schepers, "A General Framework for Bounds for Higher-Dimensional Orthogonal Packing
Problems", Mathematical Methods of Operations Research 60 (2004). A function f of lengths, 0 to the box's, is dual feasible when
lengths that fit beside each other still do after f. Applied to each axis, volumes that exceed the box then prove that nothing fits.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

from models.preparation.packing.turning import Size

Lying = list[Size]
Scale = tuple[Callable[[int], int], int]
_MOST_CUTS = 5


def shrunk(ways: Sequence[Lying], inner: Size) -> Size:
    """The box without what no row of pieces can reach: on each axis the longest row of some pieces that fits.

    Whatever fits the box fits here, because everything can be pushed to one side until it touches.
    """
    length, width, height = (_rows(ways, axis, inner[axis]).bit_length() - 1 for axis in range(3))
    return length, width, height


def grown(ways: Sequence[Lying], inner: Size) -> list[Lying]:
    """The ways of each piece, made longer by what no row that holds the piece can use. The pieces fit the box if and only if they
    did before. Equal pieces stay equal, so that they may be swapped."""
    found = [list(one) for one in ways]
    for nth, options in enumerate(found):
        if found.count(options) > 1:
            continue
        others = [one for other, one in enumerate(found) if other != nth]
        beside = [_rows(others, axis, inner[axis]) for axis in range(3)]
        found[nth] = [
            (
                _longest(beside[0], length, inner[0]),
                _longest(beside[1], width, inner[1]),
                _longest(beside[2], height, inner[2]),
            )
            for length, width, height in options
        ]
    return found


def _rows(ways: Iterable[Lying], axis: int, most: int) -> int:
    """The lengths of all rows of some pieces along an axis up to `most`, as bits."""
    rows, mask = 1, (1 << most + 1) - 1
    for options in ways:
        longer = rows
        for length in {one[axis] for one in options}:
            longer |= rows << length
        rows = longer & mask
    return rows


def _longest(rows: int, length: int, inner: int) -> int:
    """A length and what stays free beside it in the best row."""
    beside = rows & ((1 << inner - length + 1) - 1)
    return inner - beside.bit_length() + 1


def exceeds(ways: Sequence[Lying], inner: Size) -> bool:
    """Whether some scale of volumes proves that the pieces do not fit. False says nothing."""
    scales = [_scales({one[axis] for options in ways for one in options}, inner[axis]) for axis in range(3)]
    tables = [
        [{one[axis]: scale(one[axis]) for options in ways for one in options} for scale, _ in scales[axis]]
        for axis in range(3)
    ]
    capacities = [[full for _, full in scales[axis]] for axis in range(3)]
    for long, wide, high in product(*(range(len(one)) for one in scales)):
        along, across, up = tables[0][long], tables[1][wide], tables[2][high]
        needed = sum(min(along[a] * across[b] * up[c] for a, b, c in options) for options in ways)
        if needed > capacities[0][long] * capacities[1][wide] * capacities[2][high]:
            return True
    return False


def _scales(lengths: Iterable[int], full: int) -> list[Scale]:
    """Dual feasible functions with whole values, each with its value of the box's length."""
    cuts = sorted({min(one, full - one) for one in lengths} - {0})[:_MOST_CUTS]
    return [
        (lambda one: one, full),
        *((_stepped(parts, full), full * parts) for parts in (1, 2, 3)),
        *((_cut(cut, full), full) for cut in cuts),
    ]


def _stepped(parts: int, full: int) -> Callable[[int], int]:
    """u(k): a length counts as the number of `full / (parts + 1)` that it exceeds; times `parts`."""

    def scaled(one: int) -> int:
        steps, rest = divmod((parts + 1) * one, full)
        return steps * full if rest else one * parts

    return scaled


def _cut(cut: int, full: int) -> Callable[[int], int]:
    """U(ε): what is shorter than `cut` counts nothing, what leaves less than it counts as the whole length."""
    return lambda one: full if one > full - cut else one if one >= cut else 0
