"""`orderloom credit`: whose orders go on credit and up to which limit, and by which trained model customers are scored."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from starter.settings import Settings
from workers.cli.addresses import database_url
from workers.cli.answers import FOUND, WRONG_USE, me, say

app = typer.Typer(no_args_is_help=True, help="Credit accounts, and the models that score them.")
account = typer.Typer(no_args_is_help=True, help="Customers' limits and six months of history.")
model = typer.Typer(no_args_is_help=True, help="Trained credit models, of which one is active or none.")
app.add_typer(account, name="account")
app.add_typer(model, name="model")
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
T = TypeVar("T")
NONE = "none"
SHOWN = 20


@account.command(name="set")
def set_account(
    customer: Annotated[str, typer.Argument(help="The customer's id, as orders name it.")],
    currency: Annotated[str, typer.Option(help="ISO 4217.")],
    limit_minor: Annotated[
        int, typer.Option(min=0, max=10**15, help="In minor units; 0: nothing goes on credit.")
    ],
    history: Annotated[
        Path | None,
        typer.Option(help="Six months as JSON; by default what is known already stays.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give a customer an account, or change it. Orders that were let in before stay so."""
    import orjson

    from models.order.credit_file import read_accounts, read_history
    from models.shared.money import show

    raw: dict[str, Any] = {"customer_id": customer, "currency": currency, "limit_minor": limit_minor}
    if history is not None:
        months, faults = read_history(_read(history))
        _leave_with(faults, as_json, WRONG_USE)
        raw["history"] = months.model_dump() if months else {}
    elif kept := _with_accounts(lambda records: records.show(customer)):
        raw["history"] = kept.history.model_dump()
    accounts, faults = read_accounts(orjson.dumps(raw), as_csv=False)
    _leave_with(faults, as_json, WRONG_USE)
    changed = bool(_with_accounts(lambda records: records.put(accounts, me())))
    text = f"limit {show(limit_minor, currency)}" if changed else "nothing changed"
    say(as_json, {"customer_id": customer, "changed": changed}, f"{customer}: {text}")


@account.command(name="import")
def import_accounts(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Accounts as CSV (.csv) or as JSON lines.")],
    as_json: AsJson = False,
) -> None:
    """Put a file's accounts in, all or none: 0 they are in, 1 some have faults and nothing was changed."""
    from models.order.credit_file import read_accounts

    accounts, faults = read_accounts(_read(file), as_csv=file.suffix.lower() == ".csv")
    _leave_with(faults, as_json, FOUND)
    changed = _with_accounts(lambda records: records.put(accounts, me()))
    told = {"accounts": len(accounts), "changed": changed, "faults": []}
    say(as_json, told, f"{len(accounts):,} accounts, {changed:,} new or changed")


@account.command(name="show")
def show_account(
    customer: Annotated[str, typer.Argument(help="The customer's id.")], as_json: AsJson = False
) -> None:
    """Show a customer's limit, what open orders owe under it, and the score now."""
    from models.shared.errors import NotFound

    view = _with_accounts(lambda records: records.show(customer))
    if view is None:
        raise NotFound(f"{customer} has no credit account")
    say(as_json, view.model_dump(mode="json"))


@account.command(name="list")
def list_accounts(
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    after: Annotated[str, typer.Option(help="The last customer of the page before.")] = "",
    as_json: AsJson = False,
) -> None:
    """List accounts by customer."""
    from models.shared.money import show
    from starter.cli.printing import table

    rows = _with_accounts(lambda records: records.page(limit, after))
    if as_json:
        say(True, {"accounts": [row.model_dump(mode="json") for row in rows]})
        return
    told = [
        (row.customer_id, show(row.limit_minor, row.currency), row.updated_at, row.updated_by) for row in rows
    ]
    table(("customer", "limit", "since", "by"), told)


@model.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `orderloom score credit --save` wrote.")],
    activate: Annotated[bool, typer.Option("--activate", help="Score by it from now on.")] = False,
    as_json: AsJson = False,
) -> None:
    """Store a trained model under its own version."""
    from starter.score.credit import load

    trained = load(file)

    async def put(records: Any) -> bool:
        new: bool = await records.add(trained, me())
        if activate:
            await records.activate(trained.version)
        return new

    new = _with_models(put)
    text = f"model {trained.version}: {'stored' if new else 'there already'}{', active' if activate else ''}"
    say(as_json, {"version": trained.version, "new": new, "activated": activate}, text)


@model.command(name="activate")
def activate_model(
    version: Annotated[str, typer.Argument(help=f"A stored version, or `{NONE}`: nobody is scored.")],
    as_json: AsJson = False,
) -> None:
    """Score by a stored model from now on; an older one is the way back. Orders recorded before keep their score."""
    _with_models(lambda records: records.activate(None if version == NONE else version))
    say(as_json, {"active": None if version == NONE else version}, f"model {version} is active")


@model.command(name="list")
def list_models(as_json: AsJson = False) -> None:
    """List every model that ever was stored."""
    from starter.cli.printing import table

    entries = _with_models(lambda records: records.entries())
    if as_json:
        say(True, {"models": [{**vars(entry)} for entry in entries]})
        return
    rows = [(one.version, "active" if one.active else "", one.created_at, one.created_by) for one in entries]
    table(("model", "active", "since", "by"), rows)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from error


def _leave_with(faults: Sequence[Any], as_json: bool, code: int) -> None:
    """End when there are faults: all of them as JSON, the first ones for people."""
    if not faults:
        return
    lines = [
        f"row {one.row}{' ' + one.field if one.field else ''}: {one.code}, {one.detail} ({one.fix})"
        for one in faults
    ]
    more = [f"and {len(lines) - SHOWN:,} more faults: --json lists all"] if len(lines) > SHOWN else []
    document = {"changed": 0, "faults": [one.model_dump() for one in faults]}
    say(as_json, document, "\n".join([*lines[:SHOWN], *more, "nothing was changed"]))
    raise typer.Exit(code)


def _with_accounts(ask: Callable[[Any], Awaitable[T]]) -> T:
    from activities.order.credit_records import CreditAccounts

    return _with(CreditAccounts, ask)


def _with_models(ask: Callable[[Any], Awaitable[T]]) -> T:
    from activities.order.credit_records import CreditModels

    return _with(CreditModels, ask)


def _with(records: Callable[[Any], Any], ask: Callable[[Any], Awaitable[T]]) -> T:
    from activities.shared.database import Database

    async def asked() -> T:
        async with Database(database_url(Settings()), size=1, name="orderloom-credit") as database:
            return await ask(records(database))

    return asyncio.run(asked())
