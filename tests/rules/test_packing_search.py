"""The search behind cartons: fits or not as cell by cell, bounds that exclude nothing that fits, differences as by Floyd and Warshall."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.preparation.packing.bounds import exceeds, grown, shrunk
from models.preparation.packing.corners import corner_fill
from models.preparation.packing.effort import Effort, OutOfEffort
from models.preparation.packing.fit import Fit, Verdict, fit
from models.preparation.packing.offsets import nothing_known, push
from models.preparation.packing.turning import Size, lying, turned, volume
from starter.score.carton_exact import fills

Piece = tuple[Size, bool]


def made(seed: int, most_cells: int = 48) -> tuple[list[Piece], Size]:
    """Two to eight pieces, often equal ones, whose volume is 55 to 100 % of the box."""
    chance = random.Random(seed)
    while True:
        box = (chance.randint(2, 6), chance.randint(2, 6), chance.randint(2, 6))
        if volume(box) > most_cells:
            continue
        longest = max(1, min(4, max(box) - 1))
        sizes = [
            (chance.randint(1, longest), chance.randint(1, longest), chance.randint(1, longest))
            for _ in range(chance.randint(2, 8))
        ]
        pieces = [(size, chance.random() < 0.2) for size in sizes]
        if chance.random() < 0.4:
            pieces = [chance.choice(pieces[:3]) for _ in pieces]
        if 0.55 < sum(volume(size) for size, _ in pieces) / volume(box) <= 1:
            return pieces, box


def sound(pieces: list[Piece], box: Size, found: Fit) -> bool:
    """Each piece as it may lie, inside, and no cell taken twice."""
    cells: list[Size] = []
    for (size, upright), one in zip(pieces, found.lies, strict=True):
        spans = [range(at, at + long) for at, long in zip(one.at, one.size, strict=True)]
        if one.size not in turned(size, upright) or any(
            span.start < 0 or span.stop > most for span, most in zip(spans, box, strict=True)
        ):
            return False
        cells += product(*spans)  # type: ignore[arg-type]
    return len(cells) == len(set(cells))


@pytest.mark.parametrize("seed", range(100))
def test_pieces_fit_when_they_do_cell_by_cell(seed: int) -> None:
    pieces, box = made(seed)
    found = fit(pieces, box, Effort(20_000))
    assert found.verdict is (Verdict.FITS if fills(pieces, box) else Verdict.CANNOT)
    assert not found.lies or sound(pieces, box, found)


def test_the_made_up_pieces_are_of_both_kinds_and_some_need_more_than_corners() -> None:
    cases = [made(seed) for seed in range(100)]
    fitting = [(pieces, box) for pieces, box in cases if fills(pieces, box)]
    cornered = [1 for pieces, box in fitting if len(corner_fill(pieces, box)) == len(pieces)]
    assert 10 < len(cases) - len(fitting) < 60
    assert 0 < len(fitting) - len(cornered) < len(fitting)


@pytest.mark.parametrize("seed", range(100))
def test_no_bound_excludes_what_fits(seed: int) -> None:
    pieces, box = made(seed, most_cells=40)
    ways = [lying(size, upright, box) for size, upright in pieces]
    if not all(ways) or not fills(pieces, box):
        return
    room = shrunk(ways, box)
    assert all(a <= b for a, b in zip(room, box, strict=True))
    large = grown(ways, room)
    assert all(
        all(a >= b for a, b in zip(new, old, strict=True))
        for one, before in zip(large, ways, strict=True)
        for new, old in zip(one, before, strict=True)
    )
    assert fills(pieces, room)
    assert not exceeds(ways, box)
    assert not exceeds(large, room)


def test_bounds_exclude_what_volume_alone_does_not() -> None:
    cubes = [[(2, 2, 2)], [(2, 2, 2)]]
    assert volume((2, 2, 2)) * 2 < volume((3, 3, 3))
    assert exceeds(cubes, (3, 3, 3))
    assert not exceeds(cubes, (4, 2, 2))
    assert shrunk(cubes, (3, 5, 4)) == (2, 4, 4)
    # Beside 3 of 7 there is a 2 and nothing else: 2 mm stay free, so the first may as well be longer.
    assert grown([[(3, 1, 1)], [(2, 1, 1)]], (7, 2, 2))[0] == [(5, 1, 1)]
    # Equal pieces stay equal.
    assert grown(cubes, (5, 5, 5)) == cubes


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(-6, 6)), max_size=14))
@settings(max_examples=300, deadline=None)
def test_differences_are_those_of_floyd_and_warshall(known: list[tuple[int, int, int]]) -> None:
    size = 5
    matrix, held = nothing_known(size), True
    longest: dict[tuple[int, int], float] = {
        (u, v): 0 if u in (0, v) else float("-inf") for u in range(size) for v in range(size)
    }
    for u, v, least in known:
        held = held and push(matrix, size, u, v, least)
        longest[u, v] = max(longest[u, v], least)
    for middle, u, v in product(range(size), repeat=3):
        longest[u, v] = max(longest[u, v], longest[u, middle] + longest[middle, v])
    assert held == all(longest[point, point] <= 0 for point in range(size))
    if held:
        told = {(u, v): matrix[u * size + v] for u in range(size) for v in range(size)}
        assert {way: least for way, least in told.items() if least > -(1 << 39)} == {
            way: least for way, least in longest.items() if least != float("-inf")
        }


def test_effort_is_counted_and_a_slice_takes_from_the_whole() -> None:
    whole = Effort(5)
    part = whole.slice(2)
    part.spend()
    part.spend()
    with pytest.raises(OutOfEffort):
        part.spend()
    whole.book(part)
    assert (whole.taken, whole.over(), whole.slice(9).steps) == (2, False, 3)
    stopped = Effort(9, stop=lambda: True)
    with pytest.raises(OutOfEffort):
        stopped.spend()
    assert (stopped.taken, stopped.over(), stopped.slice(4).steps) == (0, True, 0)


def test_without_effort_a_question_stays_open_unless_corners_answer_it() -> None:
    blocks = [((1, 2, 2), False)] * 6
    assert fit(blocks, (3, 3, 3), Effort(0)).verdict is Verdict.OPEN
    assert fit(blocks, (3, 3, 3), Effort(5_000)).verdict is Verdict.FITS
    assert fit(blocks[:2], (3, 3, 3), Effort(0)).verdict is Verdict.FITS
    assert fit([*blocks, ((1, 2, 2), False)], (3, 3, 3), Effort(0)).verdict is Verdict.CANNOT
