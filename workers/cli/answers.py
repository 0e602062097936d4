"""How commands answer: for people on stderr and stdout, or one JSON object on stdout; and with which exit code."""

import getpass
import json
import os
import sys
from typing import Any, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.markup import escape

from models.shared.errors import Conflict, NotFound, OrderloomError, Refused, Unavailable
from workers.engine import EngineError

FINE, FOUND, WRONG_USE, AWAY = 0, 1, 2, 3


def say(as_json: bool, document: dict[str, Any], text: str = "") -> None:
    """The answer: one JSON object, or text for people (the object again when there is none)."""
    if as_json or not text:
        typer.echo(json.dumps(document, indent=None if as_json else 2, default=str, ensure_ascii=False))
    else:
        typer.echo(text)


def code_of(error: BaseException) -> int | None:
    """The exit code of an error that is ours, None for a defect."""
    if isinstance(error, Unavailable | EngineError):
        return AWAY
    if isinstance(error, NotFound | Conflict):
        return FOUND
    if isinstance(error, Refused | SettingsError) or (
        isinstance(error, ValidationError) and error.title == "Settings"
    ):
        return WRONG_USE
    return FOUND if isinstance(error, OrderloomError) else None


def complain(error: BaseException) -> None:
    """One error for people, on stderr."""
    told = str(error)
    if isinstance(error, Refused):
        told = "; ".join(
            f"{one.pointer}: {one.detail}{one.fix and f' ({one.fix})'}" for one in error.problems
        )
    Console(stderr=True).print("[red]orderloom:[/red]", escape(told), highlight=False, soft_wrap=True)


def leave(code: int) -> NoReturn:
    """End now. A process that used a Temporal client may abort in the interpreter's own shutdown."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or FOUND  # nobody reads any more
    os._exit(code)


def me() -> str:
    """Who runs the command, for what it writes."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"
