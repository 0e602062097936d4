"""What all ways that a piece may still lie have in common. Pure."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from models.preparation.packing.turning import Size, volume

# The axes of the face across each axis.
FACES = ((1, 2), (0, 2), (0, 1))
# On which axes lengths are halved: more than half the box counts two, half one, less nothing (dual feasible, as in `bounds`).
_HALVED = tuple(product((False, True), repeat=3))


class Traits(NamedTuple):
    """The least and the most length on each axis, the least face across each axis, the least volume under eight scales."""

    least: Size
    most: Size
    faces: Size
    loads: tuple[int, ...]


def capacities(inner: Size) -> tuple[int, ...]:
    """The volume of a box under the eight scales."""
    return tuple(_scaled(inner, (2, 2, 2), halved) for halved in _HALVED)


def traits_of(ways: Sequence[Size], inner: Size) -> Traits:
    """The traits of one way or more in a box."""
    halves = [_halves(one, inner) for one in ways]
    xs, ys, zs = zip(*ways, strict=True)
    faces = [min(one[a] * one[b] for one in ways) for a, b in FACES]
    return Traits(
        least=(min(xs), min(ys), min(zs)),
        most=(max(xs), max(ys), max(zs)),
        faces=(faces[0], faces[1], faces[2]),
        loads=tuple(
            min(_scaled(one, half, halved) for one, half in zip(ways, halves, strict=True))
            for halved in _HALVED
        ),
    )


def _halves(size: Size, inner: Size) -> Size:
    counts = [(2 * one > full) + (2 * one >= full) for one, full in zip(size, inner, strict=True)]
    return counts[0], counts[1], counts[2]


def _scaled(size: Size, half: Size, halved: tuple[bool, ...]) -> int:
    x, y, z = (short if by else one for one, short, by in zip(size, half, halved, strict=True))
    return volume((x, y, z))
