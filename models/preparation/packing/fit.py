"""Whether pieces fit one box, and how they lie in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.preparation.packing.bounds import exceeds, grown, shrunk
from models.preparation.packing.corners import corner_fill
from models.preparation.packing.effort import Effort, OutOfEffort
from models.preparation.packing.search import Search
from models.preparation.packing.turning import Size, lying, volume

# Most questions are answered within this many steps; only then is the dearer bound worth its time.
_FIRST_STEPS = 100


class Verdict(StrEnum):
    """Yes with an arrangement, no by proof, or not proved either way."""

    FITS = "fits"
    CANNOT = "cannot"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Lies:
    """Where a piece begins from the box's left front bottom corner, and its size as it lies."""

    at: Size
    size: Size


@dataclass(frozen=True, slots=True)
class Fit:
    """The answer for one box; `lies` in the order of the pieces when they fit, else empty."""

    verdict: Verdict
    lies: tuple[Lies, ...] = ()


def fit(pieces: Sequence[tuple[Size, bool]], inner: Size, effort: Effort) -> Fit:
    """Whether pieces (size, whether upright) fit a box of this inner size, all at once. Exact, unless the effort runs out."""
    ways = [lying(size, upright, inner) for size, upright in pieces]
    if not all(ways):
        return Fit(Verdict.CANNOT)
    if len(ways) == 1:
        return Fit(Verdict.FITS, (Lies((0, 0, 0), ways[0][0]),))
    order = sorted(range(len(ways)), key=lambda nth: (-volume(ways[nth][0]), ways[nth]))
    sorted_ways = [ways[nth] for nth in order]
    room = shrunk(sorted_ways, inner)
    large = grown(sorted_ways, room)
    if sum(min(volume(one) for one in options) for options in large) > volume(room):
        return Fit(Verdict.CANNOT)
    search = Search(large, room)
    short = effort.slice(_FIRST_STEPS)
    try:
        spots = search.run(short)
    except OutOfEffort:
        effort.book(short)
        if cornered := _cornered(pieces, inner):
            return Fit(Verdict.FITS, cornered)
        if exceeds(large, room):
            return Fit(Verdict.CANNOT)
        try:
            spots = search.run(effort)
        except OutOfEffort:
            return Fit(Verdict.OPEN)
    else:
        effort.book(short)
    if spots is None:
        return Fit(Verdict.CANNOT)
    found = _settled([Lies(spot.at, sorted_ways[nth][spot.way]) for nth, spot in enumerate(spots)])
    places = {piece: found[nth] for nth, piece in enumerate(order)}
    return Fit(Verdict.FITS, tuple(places[nth] for nth in range(len(order))))


def _cornered(pieces: Sequence[tuple[Size, bool]], inner: Size) -> tuple[Lies, ...]:
    """All pieces by first fit at corner points, or nothing."""
    put = corner_fill(pieces, inner)
    return tuple(Lies(at, size) for _, at, size in sorted(put)) if len(put) == len(pieces) else ()


def _settled(lies: Sequence[Lies]) -> list[Lies]:
    """The same arrangement without the air that grown sizes left: each pair stays apart on every axis on which it is."""
    begins = [_pushed(lies, axis) for axis in range(3)]
    return [Lies((begins[0][nth], begins[1][nth], begins[2][nth]), one.size) for nth, one in enumerate(lies)]


def _pushed(lies: Sequence[Lies], axis: int) -> list[int]:
    begins = [0] * len(lies)
    for nth in sorted(range(len(lies)), key=lambda one: lies[one].at[axis]):
        for other, before in enumerate(lies):
            if before.at[axis] + before.size[axis] <= lies[nth].at[axis]:
                begins[nth] = max(begins[nth], begins[other] + before.size[axis])
    return begins
