"""`orderloom score sourcing` and `orderloom score assignment`: from where, order by order and a whole day at once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.printing import AsJson, as_json, line, table
from starter.cli.score import SHORT

if TYPE_CHECKING:
    from starter.score.assignment import Scorecard as AssignmentCard
    from starter.score.sourcing import Scorecard as SourcingCard

app = typer.Typer()


@app.command()
def sourcing(
    seed: Annotated[
        list[int] | None, typer.Option("--seed", help="The made world to measure in; may be given again. 11.")
    ] = None,
    orders: Annotated[int, typer.Option(min=100, help="How many orders a season has.")] = 10_000,
    json: AsJson = False,
) -> None:
    """Seasons of made orders by every policy, over a bound that nobody can undercut.

    Ends with 0 when the targets are met, 1 when not, 2 without the extra `sourcing`. The targets are for 10,000 orders.
    """
    from starter.score.sourcing import run

    card = run(seed or [11], orders)
    if json:
        as_json(card)
    else:
        _show_sourcing(card)
    raise typer.Exit(0 if card.passed else SHORT)


@app.command()
def assignment(
    data: Annotated[
        Path, typer.Option("--data", help="The folder with OrderList.parquet and the tables beside it.")
    ],
    json: AsJson = False,
) -> None:
    """Assign a day's orders to plants and ports: as many as capacity allows, at the least cost.

    Ends with 0 when the figures of the public set are reached, 1 when not, 2 when the data cannot be used.
    """
    from starter.score.assignment import run

    card = run(data)
    if json:
        as_json(card)
    else:
        _show_assignment(card)
    raise typer.Exit(0 if card.passed else SHORT)


def _show_sourcing(card: "SourcingCard") -> None:
    line(f"{card.orders:,} orders, seeds {', '.join(map(str, card.seeds))}")
    table(
        (
            "policy",
            "drift",
            "over the bound",
            "at most",
            "by seed",
            "shipments",
            "short",
            "refused",
            "p99",
            "wall p99",
        ),
        [
            (
                one.policy,
                one.drift,
                f"{one.over_bound_percent:.2f} %",
                "" if one.at_most_percent is None else f"{one.at_most_percent:.1f} %",
                ", ".join(f"{gap:.2f}" for gap in one.by_seed_percent),
                f"{one.shipments:,}",
                f"{one.short_pieces:,}",
                f"{one.refused_pieces:,}",
                f"{one.p99_ms:.2f} ms",
                f"{one.wall_p99_ms:.2f} ms",
            )
            for one in card.figures
        ],
    )
    line("targets met" if card.passed else "targets not met")


def _show_assignment(card: "AssignmentCard") -> None:
    table(
        ("assignment", "served", "cost", "to reach", "at"),
        [
            (
                one.name,
                f"{one.served:,}",
                f"{one.cost:,.2f}",
                f"{one.target_served:,}",
                f"{one.target_cost:,.2f}",
            )
            for one in card.figures
        ],
        title=f"{card.orders:,} orders, {card.plants} plants, capacity {card.capacity:,} a day",
    )
    table(
        ("plant", "capacity", "served", "greedy"),
        [(one.plant, one.capacity, one.served, one.greedy) for one in card.loads],
    )
    line("targets met" if card.passed else "targets not met")
