"""`orderloom stored-value`: gift cards and store credit: issue them, look at them, and what we owe for all of them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from models.order.paying import StoredKind
from models.shared.errors import Conflict, NotFound, Problem, Refused
from models.shared.money import exponent, show
from starter.settings import Settings
from workers.cli.addresses import database_url
from workers.cli.answers import me, say

app = typer.Typer(no_args_is_help=True, help="Gift cards and store credit.")
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Code = Annotated[str, typer.Argument(help="The code that orders name.")]
T = TypeVar("T")
CODE_LIMIT = 64


@app.command()
def issue(
    code: Code,
    currency: Annotated[str, typer.Option(help="ISO 4217.")],
    amount_minor: Annotated[int, typer.Option(min=1, max=10**12, help="In minor units.")],
    kind: Annotated[StoredKind, typer.Option(help="What it is.")] = StoredKind.GIFT_CARD,
    customer: Annotated[str, typer.Option(help="Whose it is; anybody's who knows the code without it.")] = "",
    expires: Annotated[datetime | None, typer.Option(help="Until when it may be used (UTC).")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a gift card or credit with a balance, and book that we owe it. 1: the code is taken, nothing was changed."""
    _expect(code, currency, kind, customer)
    until = expires.replace(tzinfo=expires.tzinfo or UTC) if expires else None
    done = _with_books(lambda books: books.issue(code, kind, currency, amount_minor, me(), customer, until))
    if not done:
        raise Conflict("code_taken", f"{code} exists already: nothing was changed")
    told = {"code": code, "kind": kind, "currency": currency, "balance_minor": amount_minor}
    say(as_json, told, f"{code}: {show(amount_minor, currency)}")


@app.command(name="show")
def show_one(code: Code, as_json: AsJson = False) -> None:
    """Show a balance, what of it is held, and every movement."""
    view = _with_books(lambda books: books.show(code))
    if view is None:
        raise NotFound(f"there is no {code}")
    say(as_json, view)


@app.command()
def liability(as_json: AsJson = False) -> None:
    """What we owe for gift cards and credit that are not used up, by kind and currency."""
    owed = _with_books(lambda books: books.liability())
    text = "\n".join(f"{row['kind']:14} {show(row['balance_minor'], row['currency'])}" for row in owed)
    say(as_json, {"liability": owed}, text or "nothing is owed")


def _expect(code: str, currency: str, kind: StoredKind, customer: str) -> None:
    """Raise `Refused` with every fault."""
    problems = []
    if not 0 < len(code) <= CODE_LIMIT or not code.isprintable():
        problems.append(
            Problem(pointer="CODE", code="bad_format", detail="is no printable text of 1 to 64 letters")
        )
    if exponent(currency) is None:
        problems.append(
            Problem(
                pointer="--currency",
                code="currency_unknown",
                detail=f"{currency} is not an ISO 4217 currency",
                fix="give its three-letter code",
            )
        )
    if kind is StoredKind.STORE_CREDIT and not customer:
        problems.append(
            Problem(pointer="--customer", code="missing", detail="store credit belongs to a customer")
        )
    if problems:
        raise Refused(problems)


def _with_books(ask: Callable[[Any], Awaitable[T]]) -> T:
    from activities.settlement.stored_value import StoredValueRecords
    from activities.shared.database import Database

    async def asked() -> T:
        async with Database(database_url(Settings()), size=1, name="orderloom-stored-value") as database:
            return await ask(StoredValueRecords(database))

    return asyncio.run(asked())
