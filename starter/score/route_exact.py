"""The shortest pick tour by another road: Dijkstra over the warehouse's graph, then Held and Karp over the places.

Nothing here knows about aisles' classes or about the walk of `models.preparation.picking`: it is what those are held against.
"""

import heapq
from collections.abc import Iterable, Sequence
from itertools import pairwise

from models.preparation.picking.block import Block, Pick, Place


def graph(block: Block, places: Iterable[Place]) -> dict[Place, dict[Place, int]]:
    """Every place, both ends of every aisle, and the ways between neighbours in mm."""
    held: dict[int, set[int]] = {aisle: {0, block.aisle_mm} for aisle in range(block.aisles)}
    for aisle, offset in places:
        held[aisle].add(offset)
    found: dict[Place, dict[Place, int]] = {
        (aisle, at): {} for aisle, offsets in held.items() for at in offsets
    }
    ways = [
        ((aisle, low), (aisle, high), high - low)
        for aisle, offsets in held.items()
        for low, high in pairwise(sorted(offsets))
    ]
    ways += [
        ((aisle, end), (aisle + 1, end), block.pitch_mm)
        for aisle in range(block.aisles - 1)
        for end in (0, block.aisle_mm)
    ]
    for one, other, length in ways:
        found[one][other] = found[other][one] = length
    return found


def distances(ways: dict[Place, dict[Place, int]], start: Place) -> dict[Place, int]:
    """The shortest way from one place to every other (Dijkstra)."""
    known: dict[Place, int] = {}
    queue = [(0, start)]
    while queue:
        length, here = heapq.heappop(queue)
        if here not in known:
            known[here] = length
            for there, more in ways[here].items():
                if there not in known:
                    heapq.heappush(queue, (length + more, there))
    return known


def shortest_mm(block: Block, picks: Sequence[Pick]) -> int:
    """The length of the shortest closed walk from the depot past all picks (Held and Karp); about 12 places at most."""
    depot = (block.depot_aisle, 0)
    places = sorted({(pick.aisle, pick.offset_mm) for pick in picks} - {depot})
    if not places:
        return 0
    ways = graph(block, places)
    known = {one: distances(ways, one) for one in (depot, *places)}
    between = [[known[one][other] for other in places] for one in places]
    count = len(places)
    shortest = {(1 << nth, nth): known[depot][place] for nth, place in enumerate(places)}
    for visited in range(1, 1 << count):
        for last in range(count):
            so_far = shortest.get((visited, last))
            if so_far is None:
                continue
            for new in range(count):
                if not visited >> new & 1:
                    key, length = (visited | 1 << new, new), so_far + between[last][new]
                    if length < shortest.get(key, length + 1):
                        shortest[key] = length
    everything = (1 << count) - 1
    return min(shortest[everything, last] + known[place][depot] for last, place in enumerate(places))
