"""The cheapest boxes by another road: every way to share the pieces, each share filled into the box cell by cell.

Sizes are whole numbers of small cells. Nothing here knows about pairs, sides or bounds of `models.preparation.packing`: it is what
that is held against. Boxes of about a hundred cells are as much as it does in reasonable time.
"""

from collections.abc import Sequence
from functools import cache
from itertools import permutations

from models.preparation.packing.goods import Catalogue, Item

Cells = tuple[int, int, int]
Piece = tuple[Cells, bool]


def fills(pieces: Sequence[Piece], box: Cells) -> bool:
    """Whether pieces fit a box: the first free cell in order is the first cell of some piece, or it stays empty."""
    length, width, height = box
    cells = length * width * height
    shapes = [_shapes(piece, box) for piece in pieces]
    spare = cells - sum(one[0][0] * one[0][1] * one[0][2] for one in pieces)
    if spare < 0 or not all(shapes):
        return False
    kinds = sorted({tuple(one) for one in shapes}, key=len)
    counts = tuple(sum(tuple(one) == kind for one in shapes) for kind in kinds)
    failed: set[tuple[int, tuple[int, ...], int]] = set()

    def fill(taken: int, left: tuple[int, ...], spare: int) -> bool:
        if not any(left):
            return True
        state = taken, left, spare
        if state in failed:
            return False
        free = ~taken & (taken + 1)
        at = free.bit_length() - 1
        x, y, z = at % length, at // length % width, at // (length * width)
        for nth, kind in enumerate(kinds):
            if not left[nth]:
                continue
            fewer = (*left[:nth], left[nth] - 1, *left[nth + 1 :])
            for (long, wide, high), mask in kind:
                fits = x + long <= length and y + wide <= width and z + high <= height
                if fits and not taken & mask << at and fill(taken | mask << at, fewer, spare):
                    return True
        if spare and fill(taken | free, left, spare - 1):
            return True
        failed.add(state)
        return False

    return fill(0, counts, spare)


def _shapes(piece: Piece, box: Cells) -> list[tuple[Cells, int]]:
    """The ways that a piece may lie in a box, each with its cells as bits, counted from its first."""
    (length, width, height), upright = piece
    ways = {(length, width, height), (width, length, height)} if upright else {*permutations(piece[0])}
    return [
        ((long, wide, high), _mask((long, wide, high), box))
        for long, wide, high in sorted(ways)
        if long <= box[0] and wide <= box[1] and high <= box[2]
    ]


def _mask(size: Cells, box: Cells) -> int:
    row = (1 << size[0]) - 1
    layer = sum(row << y * box[0] for y in range(size[1]))
    return sum(layer << z * box[0] * box[1] for z in range(size[2]))


def cheapest_minor(items: Sequence[Item], catalogue: Catalogue, cell_mm: int) -> int:
    """The lowest cost of boxes that hold all pieces; every size is a whole number of cells."""
    pieces = [(_cells(item.size_mm, cell_mm), item.upright) for item in items]
    boxes = [(box, _cells(box.inner_mm, cell_mm)) for box in catalogue.boxes]

    @cache
    def one_box(share: tuple[int, ...]) -> int | None:
        weight = sum(items[nth].weight_g for nth in share)
        for cost, cells in sorted(
            (catalogue.cost_minor(box, weight), cells) for box, cells in boxes if weight <= box.max_weight_g
        ):
            if fits(tuple(sorted(pieces[nth] for nth in share)), cells):
                return cost
        return None

    @cache
    def fits(share: tuple[Piece, ...], cells: Cells) -> bool:
        return fills(share, cells)

    @cache
    def cheapest(members: tuple[int, ...]) -> int | None:
        if not members:
            return 0
        first, *others = members
        found = []
        for bits in range(1 << len(others)):
            share = (first, *(one for nth, one in enumerate(others) if bits >> nth & 1))
            rest = tuple(one for nth, one in enumerate(others) if not bits >> nth & 1)
            alone, further = one_box(share), cheapest(rest)
            if alone is not None and further is not None:
                found.append(alone + further)
        return min(found, default=None)

    total = cheapest(tuple(range(len(items))))
    if total is None:
        raise ValueError("a piece fits no box")
    return total


def _cells(size: Cells, cell_mm: int) -> Cells:
    if any(one % cell_mm for one in size):
        raise ValueError(f"{size} is no whole number of cells of {cell_mm} mm")
    return size[0] // cell_mm, size[1] // cell_mm, size[2] // cell_mm
