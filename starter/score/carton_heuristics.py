"""How boxes are chosen by rule of thumb: first fit at corner points, the smallest box first."""

from collections.abc import Sequence

from models.preparation.packing.corners import corner_fill
from models.preparation.packing.goods import Box, Catalogue, Item
from models.preparation.packing.turning import volume


def first_fit_minor(items: Sequence[Item], catalogue: Catalogue) -> int:
    """What the rule of thumb costs: the smallest box into which everything goes; when none does, the fullest, and on with the rest."""
    left, total = list(range(len(items))), 0
    boxes = sorted(catalogue.boxes, key=lambda box: (volume(box.inner_mm), box.code))
    while left:
        box, packed = _chosen(items, left, boxes)
        total += catalogue.cost_minor(box, sum(items[nth].weight_g for nth in packed))
        left = [nth for nth in left if nth not in packed]
    return total


def _chosen(items: Sequence[Item], left: Sequence[int], boxes: Sequence[Box]) -> tuple[Box, set[int]]:
    fullest: tuple[Box, set[int]] | None = None
    for box in boxes:
        packed = _packed(items, left, box)
        if len(packed) == len(left):
            return box, packed
        if packed and (fullest is None or len(packed) >= len(fullest[1])):
            fullest = box, packed
    if fullest is None:
        raise ValueError("a piece fits no box")
    return fullest


def _packed(items: Sequence[Item], left: Sequence[int], box: Box) -> set[int]:
    """What goes into a box: as many as it carries, the largest first, of those what finds a corner."""
    carried, weight = [], 0
    for nth in sorted(left, key=lambda one: (-volume(items[one].size_mm), one)):
        if weight + items[nth].weight_g <= box.max_weight_g:
            carried.append(nth)
            weight += items[nth].weight_g
    put = corner_fill([(items[nth].size_mm, items[nth].upright) for nth in carried], box.inner_mm)
    return {carried[nth] for nth, _, _ in put}
