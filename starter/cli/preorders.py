"""`orderloom preorders …`: what is sold before it is there, up to a cap and with a date."""

from typing import Annotated
from uuid import uuid4

import typer

from models.allocation.preorders import MOST_PIECES, Preorder, PreorderChanged, SetPreorder
from models.shared.errors import NotFound
from starter.cli.printing import AsJson, By, RequestId, Why, as_json, line, table
from starter.cli.session import Session, reading, saying
from starter.preorders import check_preorder

preorders = typer.Typer(help="What is sold before it is there.", no_args_is_help=True)
Sku = Annotated[str, typer.Argument(help="The SKU.")]


@preorders.command(name="list")
def list_preorders(json: AsJson = False) -> None:
    """Every preorder: its date and cap, what is sold, and what still waits for goods."""
    found = reading(lambda records: records.stock.preorders())
    if json:
        as_json(found)
        return
    table(
        ("sku", "ships from", "cap", "sold", "left", "waiting", "open", "note"),
        [
            (one.sku, one.ships_from, one.cap, one.sold, one.left, one.waiting, "yes" if one.open else "no", one.note)
            for one in found
        ],
    )  # fmt: skip


@preorders.command(name="set")
def set_preorder(
    sku: Sku,
    by: By,
    ships_from: Annotated[
        str | None,
        typer.Option(help="From when it ships: a day, or a time with its zone.", show_default=False),
    ] = None,
    cap: Annotated[
        int | None,
        typer.Option(help="How many pieces may be sold in all.", max=MOST_PIECES, show_default=False),
    ] = None,
    open_again: Annotated[
        bool, typer.Option("--open", help="Take orders again after it was closed.")
    ] = False,
    note: Annotated[str | None, typer.Option(help="A note for colleagues.", show_default=False)] = None,
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Open a preorder, or change it: what is not named stays. Customers who wait for it hear of another date."""
    asked = SetPreorder(
        sku=sku,
        cap=cap,
        open=True if open_again else None,
        note=note,
        by=by,
        why=why,
        request_id=request_id or uuid4().hex,
    )
    _change(asked, ships_from, json)


@preorders.command()
def close(sku: Sku, by: By, why: Why = "", request_id: RequestId = "", json: AsJson = False) -> None:
    """Sell no more of it; what is sold is delivered when it comes."""

    async def known(session: Session) -> None:
        if await session.stock.preorder(sku) is None:
            raise NotFound(f"there is no preorder of {sku}")

    saying(known)
    asked = SetPreorder(sku=sku, open=False, by=by, why=why, request_id=request_id or uuid4().hex)
    _change(asked, None, json)


def _change(asked: SetPreorder, ships_from: str | None, json: bool) -> None:
    async def say(session: Session) -> PreorderChanged:
        change = await check_preorder(asked, ships_from, session.catalogue, session.stock)
        return await session.desk.set_preorder(change)

    changed = saying(say)
    if json:
        as_json(changed)
        return
    if changed.preorder:
        line(_told(changed.preorder))
    if changed.waiting_orders:
        line(f"told of the date: {', '.join(changed.waiting_orders)}")


def _told(one: Preorder) -> str:
    state = "open" if one.open else "closed"
    return f"{one.sku}: {one.sold} of {one.cap} sold, ships from {one.ships_from:%Y-%m-%d}, {state}"
