"""How pick routes are walked by rule of thumb: return, S-shape, largest gap. Each is a walk, and its length is measured on it."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from models.preparation.picking.block import Block, Pick, Place

Rule = Callable[[Block, Sequence[Pick]], list[Place]]


def return_route(block: Block, picks: Sequence[Pick]) -> list[Place]:
    """Into each aisle from the front, to its last pick and back."""
    found = [(block.depot_aisle, 0)]
    for aisle, offsets in _aisles(picks):
        found += [(aisle, 0), (aisle, offsets[-1]), (aisle, 0)]
    return [*found, (block.depot_aisle, 0)]


def s_shape_route(block: Block, picks: Sequence[Pick]) -> list[Place]:
    """Through each aisle that has a pick, up one and down the next; of an odd number the last is left as it was entered."""
    found, aisles = [(block.depot_aisle, 0)], _aisles(picks)
    for nth, (aisle, offsets) in enumerate(aisles):
        if nth % 2:
            found += [(aisle, block.aisle_mm), (aisle, 0)]
        elif nth == len(aisles) - 1:
            found += [(aisle, 0), (aisle, offsets[-1]), (aisle, 0)]
        else:
            found += [(aisle, 0), (aisle, block.aisle_mm)]
    return [*found, (block.depot_aisle, 0)]


def largest_gap_route(block: Block, picks: Sequence[Pick]) -> list[Place]:
    """Up the first aisle and down the last; into those between from both ends, leaving the widest stretch unwalked."""
    aisles = _aisles(picks)
    if len(aisles) < 2:
        return return_route(block, picks)
    full, last = block.aisle_mm, aisles[-1][0]
    found = [(block.depot_aisle, 0), (aisles[0][0], 0), (aisles[0][0], full)]
    fronts: list[Place] = []
    for aisle, offsets in aisles[1:-1]:
        stretches = [(high - low, low, high) for low, high in pairwise([0, *offsets, full])]
        _, low, high = max(stretches)
        if high < full:
            found += [(aisle, full), (aisle, high), (aisle, full)]
        if low > 0:
            fronts = [(aisle, 0), (aisle, low), (aisle, 0), *fronts]
    return [*found, (last, full), (last, 0), *fronts, (block.depot_aisle, 0)]


RULES: dict[str, Rule] = {
    "largest gap": largest_gap_route,
    "S-shape": s_shape_route,
    "return": return_route,
}


def walked_mm(block: Block, places: Sequence[Place]) -> int:
    """The length of a walk. Raises `ValueError` where it goes through a shelf."""
    total = 0
    for (aisle, offset), (to_aisle, to_offset) in pairwise(places):
        if aisle != to_aisle and (offset != to_offset or offset not in (0, block.aisle_mm)):
            raise ValueError(f"no way from {(aisle, offset)} to {(to_aisle, to_offset)}")
        total += abs(to_aisle - aisle) * block.pitch_mm + abs(to_offset - offset)
    return total


def passed(places: Sequence[Place]) -> Callable[[Place], bool]:
    """Whether a walk comes past a place."""
    legs = [*pairwise(places)] or [(places[0], places[0])]
    spans = [
        (min(one[0], other[0]), max(one[0], other[0]), min(one[1], other[1]), max(one[1], other[1]))
        for one, other in legs
    ]
    return lambda at: any(left <= at[0] <= right and low <= at[1] <= high for left, right, low, high in spans)


def _aisles(picks: Sequence[Pick]) -> list[tuple[int, list[int]]]:
    """Aisles with picks, left to right, each with its places front to back."""
    held: dict[int, set[int]] = {}
    for pick in picks:
        held.setdefault(pick.aisle, set()).add(pick.offset_mm)
    return [(aisle, sorted(held[aisle])) for aisle in sorted(held)]
