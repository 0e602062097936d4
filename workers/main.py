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
# Each brings its own commands; together they are the one list of what `orderloom` can do.
_MODULES = (
    "workers.cli.house",
    "workers.cli.serving",
    "workers.cli.demo",
    "workers.cli.olist",
    "starter.cli.main",
)
# What a house starts several times over: mounting the rest would cost each of them a second.
_SERVING = frozenset({"worker", "relays", "door", "simulators", "migrate"})


def build(first_word: str = "") -> typer.Typer:
    """The command with everything mounted, or only what `first_word` needs."""
    if first_word in _SERVING:
        app.add_typer(importlib.import_module("workers.cli.serving").app)
        return app
    for name in _MODULES:
        try:
            app.add_typer(importlib.import_module(name).app)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    app.add_typer(importlib.import_module("workers.cli.policy").app, name="policy")
    app.command()(importlib.import_module("starter.cli.audit").audit)
    return app


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
