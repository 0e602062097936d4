"""`orderloom score`: every scorecard, and the one of the address rules on public data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.score import score as scorecards
from starter.cli.score_sourcing import app as from_where
from workers.cli.answers import FOUND, WRONG_USE, say

if TYPE_CHECKING:
    from starter.score.addresses import Score

app = typer.Typer()
app.add_typer(scorecards, name="score")
scorecards.add_typer(from_where)


@scorecards.command()
def addresses(
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder with the subfolders olist, address and scms.")
    ],
    seller_conflicts: Annotated[
        int, typer.Option(min=0, help="How many Olist sellers must have a postcode of another state.")
    ] = 35,
    customer_conflicts: Annotated[int, typer.Option(min=0, help="The same of Olist's customers.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Addresses through the door's own rules: 0 all as expected, 1 some not, 2 a file or column is missing."""
    from activities.adapters.address_rules import RuleAddressBook
    from starter.score.address_files import ScoreError, read_address_files
    from starter.score.addresses import measure

    try:
        files = read_address_files(data)
    except ScoreError as error:
        typer.echo(f"cannot read: {error}", err=True)
        raise typer.Exit(WRONG_USE) from None
    score = measure(files, RuleAddressBook().check, seller_conflicts, customer_conflicts)
    say(as_json, score.document(), _page(score))
    if score.differences():
        raise typer.Exit(FOUND)


def _page(score: "Score") -> str:
    """The scorecard for people."""
    lines = [
        f"Olist {name}: {part.conflicts} of {part.rows:,} postcodes do not lie in their state, {part.expected} expected"
        for name, part in (("sellers", score.sellers), ("customers", score.customers))
    ]
    cases = score.cases
    lines.append(f"Labelled addresses: {cases.cases}, {len(cases.crashed)} crashed")
    lines.append(f"  country: {_counted(cases.country)}")
    lines.append(f"  verdict: {_counted(cases.verdicts)}")
    lines.append(f"  faults: {_counted(cases.faults)}")
    lines += [f"  {name}: {_counted(counts)}" for name, counts in sorted(cases.countries.items())]
    for name, column in score.typed.items():
        lines.append(f"{name}: {column.numbers:,} numbers, {column.words:,} texts")
        lines += [f"  {told}: {_counted(codes)}" for told, codes in column.codes.items()]
    lines += [f"DIFFERENT {what}" for what in score.differences()]
    return "\n".join(lines)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"
