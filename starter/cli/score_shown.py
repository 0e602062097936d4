"""The scorecards of routes and cartons as tables for people."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from starter.cli.printing import line, table

if TYPE_CHECKING:
    from starter.score.cartons import Scorecard as CartonCard
    from starter.score.routes import Scorecard as RouteCard
    from starter.score.timing import Times


def show_routes(card: "RouteCard") -> None:
    """Pick routes and carts."""
    line(f"{card.agreed:,} of {card.checked:,} small pick lists: the exact solver's length")
    line(f"{card.unsound:,} unsound tours; {card.aisles} aisles, {card.picks} picks in each large list")
    table(
        ("rule of thumb", "longer by", "as short", "shorter"),
        [(one.name, f"{one.longer_by:.1%}", f"{one.as_short:,}", f"{one.shorter:,}") for one in card.rules],
    )
    carts = card.batching
    line(
        f"Orders on carts: {carts.separate_m:,.0f} m in a tour each, {carts.batched_m:,.0f} m by savings; "
        f"{carts.best} of {carts.checked} small cases at the best sharing, {carts.longer_by:.2%} longer over all; "
        f"{carts.unsound} unsound"
    )
    _show_times([(f"{card.measured:,} large lists", card.times)])
    _show_verdict(card.passed, card.times)


def show_cartons(card: "CartonCard") -> None:
    """Carton choice."""
    line(
        f"{card.agreed:,} of {card.checked:,} orders in cells: proved, and the exact solver's cost; {card.wrong} wrong"
    )
    table(
        ("orders", "number", "proved", "unsound", "several boxes", "thumb dearer by", "we dearer"),
        [
            (
                one.name,
                f"{one.orders:,}",
                f"{one.proved:,}",
                f"{one.unsound:,}",
                f"{one.several:,}",
                f"{one.dearer_by:.1%}",
                f"{one.dearer:,}",
            )
            for one in card.families
        ],
    )
    _show_times([*((one.name, one.times) for one in card.families), ("all", card.times)])
    _show_verdict(card.passed, card.times)


def _show_times(rows: Iterable[tuple[str, "Times"]]) -> None:
    table(
        ("ms of processor", "p50", "p95", "p99", "p95 to reach", "wall p50", "wall p95", "wall p99"),
        [
            (
                name,
                f"{one.p50_ms:.2f}",
                f"{one.p95_ms:.2f}",
                f"{one.p99_ms:.2f}",
                f"{one.target_p95_ms:g}",
                f"{one.wall_p50_ms:.2f}",
                f"{one.wall_p95_ms:.2f}",
                f"{one.wall_p99_ms:.2f}",
            )
            for name, one in rows
        ],
    )


def _show_verdict(passed: bool, times: "Times") -> None:
    line("targets met" if passed else "targets not met")
    line("in time" if times.in_time else "not in time")
    if times.in_time and not times.wall_in_time:
        line("by the wall clock not in time: look at what else the machine does")
