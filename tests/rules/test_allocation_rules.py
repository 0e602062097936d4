"""From where: every want once or a shortage told, never more than lies there, the nearest first."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.allocation.messages import Allocation, Part, Short, StockCandidate
from models.allocation.rules import needs, promise, promise_when_short, source, wait_ends
from models.order.messages import Want

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS = {"domestic": 4, "region": 7, "world": 14}
CODES, SKUS = ("AMS", "BER", "LIS", "PAR"), ("CUP", "MUG", "PAN")
WANTS = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 6)), min_size=1, max_size=5).map(
    lambda pairs: tuple(want(number, sku, pieces) for number, (sku, pieces) in enumerate(pairs, 1))
)


def want(line_no: int, sku: str, quantity: int) -> Want:
    return Want(line_no=line_no, sku=sku, quantity=quantity)


def stock(warehouse: str, sku: str, available: int, distance_km: float = 10.0) -> StockCandidate:
    return StockCandidate(
        warehouse=warehouse, sku=sku, available=available, distance_km=distance_km, country="DE"
    )


@st.composite
def stocks(draw: st.DrawFn) -> tuple[StockCandidate, ...]:
    """Any levels of any SKUs; a warehouse has one distance, ties happen."""
    distances = {code: draw(st.sampled_from((10.0, 20.0, 30.0))) for code in CODES}
    levels = draw(
        st.dictionaries(st.tuples(st.sampled_from(CODES), st.sampled_from(SKUS)), st.integers(0, 8))
    )
    return tuple(stock(code, sku, pieces, distances[code]) for (code, sku), pieces in levels.items())


def taken(plan: Allocation) -> dict[tuple[str, str], int]:
    """Pieces by warehouse and SKU."""
    pieces: dict[tuple[str, str], int] = defaultdict(int)
    for part in plan.parts:
        for one in part.wants:
            pieces[part.warehouse, one.sku] += one.quantity
    return dict(pieces)


@given(WANTS, stocks())
def test_every_want_is_covered_exactly_once_or_the_shortage_is_told(
    wants: tuple[Want, ...], options: tuple[StockCandidate, ...]
) -> None:
    plan = source(wants, options)
    there = {sku: sum(one.available for one in options if one.sku == sku) for sku in SKUS}
    missing = tuple(
        Short(sku=sku, missing=pieces - there[sku])
        for sku, pieces in sorted(needs(wants).items())
        if pieces > there[sku]
    )
    assert plan.short == missing
    covered: dict[int, int] = defaultdict(int)
    for part in plan.parts:
        for one in part.wants:
            covered[one.line_no] += one.quantity
    assert covered == ({} if missing else {one.line_no: one.quantity for one in wants})


@given(WANTS, stocks())
def test_no_more_is_taken_than_lies_there(
    wants: tuple[Want, ...], options: tuple[StockCandidate, ...]
) -> None:
    levels = {(one.warehouse, one.sku): one.available for one in options}
    assert [level for level, pieces in taken(source(wants, options)).items() if pieces > levels[level]] == []


@given(WANTS, stocks(), st.randoms(use_true_random=False))
def test_the_order_in_which_levels_are_read_does_not_matter(
    wants: tuple[Want, ...], options: tuple[StockCandidate, ...], dice: object
) -> None:
    shuffled = list(options)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert source(wants, shuffled) == source(wants, options)


@given(WANTS, stocks())
def test_the_nearest_that_has_everything_sends_everything(
    wants: tuple[Want, ...], options: tuple[StockCandidate, ...]
) -> None:
    levels = {(one.warehouse, one.sku): one.available for one in options}
    near = {one.warehouse: (one.distance_km, one.warehouse) for one in options}
    whole = [code for code in near if all(levels.get((code, sku), 0) >= n for sku, n in needs(wants).items())]
    if whole:
        assert source(wants, options).parts == (
            Part(warehouse=min(whole, key=near.__getitem__), wants=wants),
        )


@given(WANTS, stocks(), st.sampled_from(CODES))
def test_an_excluded_warehouse_sends_nothing(
    wants: tuple[Want, ...], options: tuple[StockCandidate, ...], code: str
) -> None:
    left = tuple(one for one in options if one.warehouse != code)
    assert source(wants, options, (code,)) == source(wants, left)


def test_one_place_that_has_everything_beats_two_nearer_ones() -> None:
    wants = (want(1, "MUG", 2), want(2, "PAN", 1))
    options = (
        stock("BER", "MUG", 2, 1.0),
        stock("PAR", "PAN", 1, 2.0),
        stock("LIS", "MUG", 2, 900.0),
        stock("LIS", "PAN", 1, 900.0),
    )
    assert source(wants, options) == Allocation(
        parts=(Part(warehouse="LIS", wants=wants),), explained="LIS: nearest with everything, 900 km"
    )


def test_a_line_is_split_when_no_place_has_all_of_it() -> None:
    options = (stock("PAR", "MUG", 5, 20.0), stock("BER", "MUG", 3, 10.0))
    assert source((want(1, "MUG", 4), want(2, "MUG", 3)), options) == Allocation(
        parts=(
            Part(warehouse="BER", wants=(want(1, "MUG", 3),)),
            Part(warehouse="PAR", wants=(want(1, "MUG", 1), want(2, "MUG", 3))),
        ),
        explained="split over 2 warehouses: none has everything",
    )


def test_two_needs_of_one_line_are_one() -> None:
    wants = (want(1, "MUG", 3), want(2, "PAN", 1), want(1, "MUG", 2))
    options = (stock("BER", "MUG", 9), stock("BER", "PAN", 9))
    assert source(wants, options).parts == (
        Part(warehouse="BER", wants=(want(1, "MUG", 5), want(2, "PAN", 1))),
    )


def test_at_the_same_distance_the_code_decides() -> None:
    options = (stock("PAR", "MUG", 9), stock("BER", "MUG", 9))
    assert [part.warehouse for part in source((want(1, "MUG", 1),), options).parts] == ["BER"]


def test_a_shortage_counts_over_all_lines_and_warehouses() -> None:
    plan = source((want(1, "MUG", 4), want(2, "PAN", 1), want(3, "MUG", 4)), (stock("BER", "MUG", 5),))
    assert plan == Allocation(
        short=(Short(sku="MUG", missing=3), Short(sku="PAN", missing=1)),
        explained="short over all warehouses",
    )


def test_what_earlier_claims_wait_for_is_left_for_them() -> None:
    def there(spoken_for: int) -> tuple[StockCandidate, ...]:
        both = (stock("BER", "MUG", 3), stock("PAR", "MUG", 2, 20.0))
        return tuple(one.model_copy(update={"spoken_for": spoken_for}) for one in both)

    assert source((want(1, "MUG", 2),), there(3)).parts == (
        Part(warehouse="BER", wants=(want(1, "MUG", 2),)),
    )
    assert source((want(1, "MUG", 3),), there(3)).short == (Short(sku="MUG", missing=1),)
    assert source((want(1, "MUG", 3),), there(9)).short == (Short(sku="MUG", missing=3),)


def test_at_the_same_distance_the_place_that_is_ready_first_sends() -> None:
    ready = {"BER": NOON + timedelta(days=3), "PAR": NOON + timedelta(days=1)}
    options = tuple(stock(code, "MUG", 9).model_copy(update={"ready_at": at}) for code, at in ready.items())
    assert [part.warehouse for part in source((want(1, "MUG", 1),), options).parts] == ["PAR"]


def test_the_promise_is_the_part_that_arrives_last() -> None:
    later = NOON + timedelta(days=2)
    assert promise([(NOON, "DE")], "DE", DAYS) == datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert promise([(NOON, "DE"), (NOON, "FR"), (NOON, "BR")], "DE", DAYS) == datetime(
        2026, 3, 15, 12, tzinfo=UTC
    )
    assert promise([(later, "FR"), (NOON, "DE")], "DE", DAYS) == datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert promise_when_short(later, DAYS) == datetime(2026, 3, 7, 12, tzinfo=UTC)


def test_a_wait_for_preordered_goods_is_overdue_only_after_their_date() -> None:
    ends, ships_from = NOON + timedelta(days=14), NOON + timedelta(days=60)
    assert wait_ends(NOON, ends, ships_from) == NOON + timedelta(days=74)
    assert wait_ends(NOON, ends, NOON - timedelta(days=1)) == ends
    assert (wait_ends(NOON, ends, None), wait_ends(NOON, None, ships_from)) == (ends, None)
