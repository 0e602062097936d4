"""How boxes are chosen by rule of thumb: first fit at corner points, the smallest box first."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from models.preparation.packing.goods import Box, Catalogue, Item

Size = tuple[int, int, int]


@dataclass(frozen=True)
class Put:
    """A piece in a box: its number, its corner, its size as it lies."""

    nth: int
    at: Size
    size: Size


def first_fit_minor(items: Sequence[Item], catalogue: Catalogue) -> int:
    """What the rule of thumb costs: the smallest box into which everything goes; when none does, the fullest largest box, and on."""
    left, total = list(range(len(items))), 0
    boxes = sorted(catalogue.boxes, key=lambda box: (_volume(box.inner_mm), box.code))
    while left:
        box, put = _chosen(items, left, boxes)
        total += catalogue.cost_minor(box, sum(items[one.nth].weight_g for one in put))
        packed = {one.nth for one in put}
        left = [nth for nth in left if nth not in packed]
    return total


def fill(items: Sequence[Item], numbers: Sequence[int], box: Box) -> list[Put]:
    """The largest pieces first, each at the lowest corner point at which it lies flattest; what does not go in stays out."""
    put: list[Put] = []
    carried = 0
    for nth in sorted(numbers, key=lambda one: (-_volume(items[one].size_mm), one)):
        if carried + items[nth].weight_g > box.max_weight_g:
            continue
        options = [
            (at[::-1], size[2], size, at)
            for at in _corners(put)
            for size in _ways(items[nth])
            if all(at[axis] + size[axis] <= box.inner_mm[axis] for axis in range(3))
            and not any(_share_space(at, size, one) for one in put)
        ]
        if options:
            _, _, size, at = min(options)
            put.append(Put(nth, at, size))
            carried += items[nth].weight_g
    return put


def _chosen(items: Sequence[Item], left: Sequence[int], boxes: Sequence[Box]) -> tuple[Box, list[Put]]:
    fullest: tuple[Box, list[Put]] | None = None
    for box in boxes:
        put = fill(items, left, box)
        if len(put) == len(left):
            return box, put
        if put and (fullest is None or len(put) >= len(fullest[1])):
            fullest = box, put
    if fullest is None:
        raise ValueError("a piece fits no box")
    return fullest


def _corners(put: Sequence[Put]) -> list[Size]:
    """Where a piece may begin: the box's corner, and beside, behind or on each piece."""
    found: list[Size] = [(0, 0, 0)]
    for one in put:
        (x, y, z), (long, wide, high) = one.at, one.size
        found += [(x + long, y, z), (x, y + wide, z), (x, y, z + high)]
    return found


def _ways(item: Item) -> set[Size]:
    length, width, height = item.size_mm
    if item.upright:
        return {(length, width, height), (width, length, height)}
    return {(a, b, c) for a, b, c in permutations(item.size_mm)}


def _share_space(at: Size, size: Size, one: Put) -> bool:
    return all(
        at[axis] < one.at[axis] + one.size[axis] and one.at[axis] < at[axis] + size[axis] for axis in range(3)
    )


def _volume(size: Size) -> int:
    return size[0] * size[1] * size[2]
