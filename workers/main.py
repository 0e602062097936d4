"""`orderloom`: every command. Exit codes: 0 fine, 1 a check found something, 2 wrong use, 3 a needed service is away."""

import importlib
import sys

import typer

from workers.cli.answers import FOUND, WRONG_USE, code_of, complain, leave

app = typer.Typer(
    name="orderloom",
    help="Runs the whole life of a B2C order.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
# Where the commands are, by their first word. Only what is asked for is loaded: some of it takes a second.
_OURS = {
    **dict.fromkeys(("worker", "relays", "door", "simulators", "migrate"), "workers.cli.serving"),
    **dict.fromkeys(("up", "doctor"), "workers.cli.house"),
    **dict.fromkeys(("import", "replay"), "workers.cli.olist"),
    "demo": "workers.cli.demo",
    "intake": "workers.cli.intake",
    "policy": "workers.cli.policy",
    "credit": "workers.cli.credit",
    "stored-value": "workers.cli.stored_value",
    "warehouses": "workers.cli.warehouses",
    "score": "workers.cli.score",
}
# Whose commands come after that word; those of the others are words themselves.
_NAMED = {_OURS[word]: word for word in ("policy", "credit", "stored-value", "warehouses", "intake")}
_THEIRS = "starter.cli.main"


def build(first_word: str = "") -> typer.Typer:
    """The command with what `first_word` needs, or with everything."""
    asked = [_OURS[first_word]] if first_word in _OURS else [*dict.fromkeys(_OURS.values()), _THEIRS]
    for name in asked:
        app.add_typer(importlib.import_module(name).app, name=_NAMED.get(name))
    if _THEIRS in asked:
        app.command()(importlib.import_module("starter.cli.audit").audit)
    else:
        app.callback()(_several)
    return app


def _several() -> None:
    """Keeps the first word a word: a command that stands alone would take its place."""


def main() -> None:
    """Run one command and end with its exit code."""
    try:
        build(next(iter(sys.argv[1:]), ""))()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else WRONG_USE
    except KeyboardInterrupt:
        code = 130
    except BaseException as error:
        told = code_of(_only(error))
        if told is None:
            import traceback

            traceback.print_exc()
            code = FOUND
        else:
            complain(_only(error))
            code = told
    leave(code)


def _only(error: BaseException) -> BaseException:
    """The one error of a group of tasks that ended because of it."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


if __name__ == "__main__":
    main()
