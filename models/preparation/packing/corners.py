"""First fit at corner points: a quick arrangement, which finds none where a patient one may. Pure."""

from collections.abc import Sequence

from models.preparation.packing.turning import Size, lying, turned, volume

Piece = tuple[Size, bool]
# (number of the piece, where it begins, its size as it lies)
Put = tuple[int, Size, Size]


def corner_fill(pieces: Sequence[Piece], inner: Size) -> list[Put]:
    """The largest pieces first, each at the lowest corner point at which it lies flattest; what does not go in is left out.

    What was put in goes in again when it is tried without the rest, whatever the order of the pieces.
    """
    put: list[Put] = []
    for nth in sorted(range(len(pieces)), key=lambda one: (-volume(pieces[one][0]), turned(*pieces[one]))):
        spots = [
            (at[2], at[1], at[0], size[2], size)
            for size in lying(*pieces[nth], inner)
            for at in _corners(put)
            if at[0] + size[0] <= inner[0]
            and at[1] + size[1] <= inner[1]
            and at[2] + size[2] <= inner[2]
            and not any(_share_space(at, size, one) for one in put)
        ]
        if spots:
            z, y, x, _, size = min(spots)
            put.append((nth, (x, y, z), size))
    return put


def _corners(put: Sequence[Put]) -> list[Size]:
    """Where a piece may begin: the box's corner, and beside, behind or on each piece."""
    found: list[Size] = [(0, 0, 0)]
    for _, (x, y, z), (long, wide, high) in put:
        found += [(x + long, y, z), (x, y + wide, z), (x, y, z + high)]
    return found


def _share_space(at: Size, size: Size, one: Put) -> bool:
    _, other, its = one
    return (
        at[0] < other[0] + its[0]
        and other[0] < at[0] + size[0]
        and at[1] < other[1] + its[1]
        and other[1] < at[1] + size[1]
        and at[2] < other[2] + its[2]
        and other[2] < at[2] + size[2]
    )
