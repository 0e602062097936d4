"""How a piece may lie in a box: sizes are length, width, height in mm along the box's own axes. Pure."""

from itertools import permutations

Size = tuple[int, int, int]


def turned(size: Size, upright: bool) -> list[Size]:
    """Every way that a piece may lie, each once: two when it must stand, else six at most."""
    length, width, height = size
    if upright:
        return sorted({(length, width, height), (width, length, height)})
    return sorted({(a, b, c) for a, b, c in permutations(size)})


def lying(size: Size, upright: bool, inner: Size) -> list[Size]:
    """The ways that fit a box, whatever else is in it."""
    long, wide, high = inner
    return [one for one in turned(size, upright) if one[0] <= long and one[1] <= wide and one[2] <= high]


def fits_alone(size: Size, upright: bool, inner: Size) -> bool:
    """Whether a piece fits an empty box."""
    return bool(lying(size, upright, inner))


def volume(size: Size) -> int:
    """Cubic millimetres."""
    return size[0] * size[1] * size[2]
