"""`orderloom demo`."""

import typer

app = typer.Typer()
