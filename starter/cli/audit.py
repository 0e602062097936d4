"""`orderloom audit`: are the promises kept?"""

import asyncio
from collections import Counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from activities.insight.audit import DESCRIPTIONS, has_journals
from activities.insight.audit import audit as run_audit
from activities.shared.database import Database
from activities.shared.reading import ReadEngine
from models.insight.messages import AuditReport
from models.shared.errors import Unavailable
from starter.connect import connect
from starter.endpoints import resolve
from starter.settings import Settings
from starter.snapshots import WorkflowSnapshots

CLEAN, FINDINGS, UNREACHABLE = 0, 1, 3


def audit(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    grace_s: Annotated[
        float,
        typer.Option("--grace-s", min=0, help="How long an open order may work without waiting, in seconds."),
    ] = 300.0,
    sample: Annotated[
        int,
        typer.Option(
            "--sample", min=0, help="How many workflows are asked; 0 asks none and needs no Temporal."
        ),
    ] = 200,
) -> None:
    """Check every invariant: tables against tables, the outsiders' journals and the workflows.

    Ends with 0 when all hold, 1 with findings, 2 on wrong use, 3 when a service cannot be reached.
    """
    try:
        report = asyncio.run(_audit(Settings(), grace_s, sample))
    except Unavailable as error:
        Console(stderr=True).print(f"[red]cannot audit:[/red] {error}", highlight=False)
        raise typer.Exit(UNREACHABLE) from None
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        show(report, Console())
    raise typer.Exit(CLEAN if report.clean else FINDINGS)


def show(report: AuditReport, console: Console) -> None:
    """A table of invariants with counts, then every finding."""
    found = Counter(finding.invariant for finding in report.findings)
    table = Table(
        "invariant",
        "what always holds",
        "looked at",
        "findings",
        title=f"Audit of {report.at:%Y-%m-%d %H:%M:%S} UTC",
    )
    for column in table.columns[2:]:
        column.justify = "right"
    for name, says in DESCRIPTIONS.items():
        if name in report.checked:
            faults = f"[red]{found[name]}[/red]" if found[name] else "[green]0[/green]"
            table.add_row(name, says, f"{report.checked[name]:,}", faults)
        else:
            table.add_row(name, f"[dim]{says}[/dim]", "[dim]not compared[/dim]", "")
    console.print(table)
    for finding in report.findings:
        console.print(
            f"[red]{finding.invariant}[/red] [bold]{finding.subject}[/bold] {finding.detail}", highlight=False
        )
    console.print("clean" if report.clean else f"{len(report.findings)} findings")


async def _audit(settings: Settings, grace_s: float, sample: int) -> AuditReport:
    endpoints = resolve(settings)
    await _expect_database(endpoints.database_url)
    snapshots = None
    if sample:
        here = settings.model_copy(update={"temporal_address": endpoints.temporal_address})
        snapshots = WorkflowSnapshots(await connect(here))
    async with Database(endpoints.database_url, name="orderloom-audit") as db:
        # Real money has no journal here; the simulated one's would be held against it.
        journals = settings.payments == "simulator" and await has_journals(db)
        return await run_audit(db, snapshots, journals, grace_s=grace_s, sample=sample)


async def _expect_database(dsn: str) -> None:
    """Raise `Unavailable` at once when nobody answers: a pool would wait for better times."""
    engine = ReadEngine(dsn, size=1)
    try:
        await engine.ping()
    finally:
        await engine.close()
