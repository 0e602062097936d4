"""`orderloom score …`: what decides, measured on data it has not seen. Exit code 1: the figures fall short.

Each scorecard is a command here, or in `workers/cli/score.py` when it needs an adapter, and a module in `starter/score`, loaded when
it is asked for.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.printing import AsJson, as_json, line, table

if TYPE_CHECKING:
    from starter.score.credit import Scorecard
    from starter.score.timing import Times

SHORT = 1

Seed = Annotated[int, typer.Option("--seed", help="The same seed makes the same cases.")]
InTime = Annotated[bool, typer.Option("--in-time", help="End with 1 also when the time target is missed.")]

score = typer.Typer(no_args_is_help=True, help="Measure what decides on data that it has not seen.")


@score.command()
def credit(
    data: Annotated[
        Path, typer.Option("--data", help="The file (.parquet, .csv), or a folder with credit/dev.parquet.")
    ],
    model: Annotated[
        Path | None, typer.Option("--model", help="Measure this trained model; nothing is trained.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the trained model here, as JSON.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Train the credit score on the first accounts by id, or take a trained one, and measure it on the rest.

    Ends with 0 when the targets are met, 1 when not, 2 when the data cannot be used.
    """
    from starter.score.credit import run

    if model and save:
        raise typer.BadParameter(
            "--save writes what was trained, and --model trains nothing: give one of them"
        )
    card = run(data, model, save)
    if json:
        as_json(card)
    else:
        _show(card)
    raise typer.Exit(0 if card.passed else SHORT)


@score.command()
def routes(
    seed: Seed = 1,
    checked: Annotated[
        int, typer.Option("--checked", min=1, help="Small pick lists held against the exact solver.")
    ] = 2_000,
    measured: Annotated[
        int, typer.Option("--measured", min=1, help="Large pick lists that are timed.")
    ] = 1_000,
    batches: Annotated[int, typer.Option("--batches", min=1, help="Cases of orders put on carts.")] = 10,
    in_time: InTime = False,
    json: AsJson = False,
) -> None:
    """Walk made-up pick lists: shortest or not, beside rules of thumb, and how long that takes.

    Ends with 0 when every tour is sound and as short as the exact solver's, 1 when not.
    """
    from starter.cli.score_shown import show_routes
    from starter.score.routes import run

    card = run(seed, checked, measured, batches)
    if json:
        as_json(card)
    else:
        show_routes(card)
    _end(card.passed, card.times, in_time)


@score.command()
def cartons(
    seed: Seed = 1,
    checked: Annotated[
        int, typer.Option("--checked", min=1, help="Orders in whole cells, held against the exact solver.")
    ] = 300,
    measured: Annotated[
        int,
        typer.Option(
            "--measured", min=1, help="Orders in millimetres, so many ordinary and so many tight ones."
        ),
    ] = 300,
    steps: Annotated[
        int | None,
        typer.Option("--steps", min=1, help="Steps of search for one order before it stays unproved."),
    ] = None,
    in_time: InTime = False,
    json: AsJson = False,
) -> None:
    """Pack made-up orders: cheapest or not, proved or not, beside a rule of thumb, and how long that takes.

    Ends with 0 when every plan is sound, none is dearer than the rule of thumb and all costs are the exact solver's, 1 when not.
    """
    from models.preparation.packing.cartons import STEPS
    from starter.cli.score_shown import show_cartons
    from starter.score.cartons import run

    card = run(seed, checked, measured, STEPS if steps is None else steps)
    if json:
        as_json(card)
    else:
        show_cartons(card)
    _end(card.passed, card.times, in_time)


def _end(passed: bool, times: "Times", in_time: bool) -> None:
    raise typer.Exit(0 if passed and (times.in_time or not in_time) else SHORT)


def _show(card: "Scorecard") -> None:
    parts = (
        ("trained", card.split.trained),
        ("calibrated", card.split.calibrated),
        ("measured", card.split.measured),
    )
    line(f"{card.model_version}; {card.split.how}")
    table(
        ("part", "accounts", "ids", "default"),
        [
            (name, f"{part.rows:,}", f"{part.first_id}-{part.last_id}", f"{part.base_rate:.1%}")
            for name, part in parts
            if part
        ],
    )
    targets = card.targets
    table(
        ("forecast", "AUC", "average precision", "Brier", "log loss"),
        [
            (name, *("" if one is None else f"{one:.4f}" for one in figures))
            for name, *figures in (
                ("credit score", card.auc, card.average_precision, card.brier, card.log_loss),
                ("to exceed", targets.auc, targets.average_precision, None, None),
                *(
                    (one.name, one.auc, one.average_precision, one.brier, one.log_loss)
                    for one in card.baselines
                ),
            )
        ],
    )
    table(
        ("tenth", "predicted", "observed", "accounts"),
        [
            (nth, f"{one.predicted:.3f}", f"{one.observed:.3f}", f"{one.n:,}")
            for nth, one in enumerate(card.calibration, 1)
        ],
        title=f"Calibration, {card.calibration_error:.4f} off on average",
    )
    line("targets met" if card.passed else "targets not met")
