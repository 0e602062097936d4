"""`orderloom bench …` and `orderloom stock …`: the work of benches and of purchasing."""

from typing import Annotated

import typer

from activities.allocation.reads import StockView
from models.allocation.messages import Received, StockReceipt
from models.preparation.messages import BenchStep, BenchWork
from models.shared.errors import NotFound
from starter.cli.printing import AsJson, By, RequestId, Why, answered, as_json, line, table
from starter.cli.session import Records, Session, reading, saying
from starter.receipts import MAX_PIECES, check_receipt

bench = typer.Typer(help="The work at the benches.", no_args_is_help=True)
stock = typer.Typer(help="Stock levels and receipts.", no_args_is_help=True)


@bench.command()
def tasks(
    warehouse: Annotated[str, typer.Option(help="Only this warehouse.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    json: AsJson = False,
) -> None:
    """Open parcels, the oldest first, with what to take off the shelf."""
    found = reading(lambda records: records.bench.open_tasks(warehouse, limit))
    if json:
        as_json(found)
        return
    table(
        ("parcel", "warehouse", "open since", "done", "next", "take"),
        [
            (
                task.parcel_id, task.warehouse, task.opened_at, task.steps, task.next_step,
                [f"{one.quantity} × {one.sku}" for one in task.lines],
            )
            for task in found
        ],
    )  # fmt: skip


@bench.command()
def work(
    parcel: Annotated[str, typer.Argument(help="The parcel's id.")],
    steps: Annotated[list[BenchStep], typer.Argument(help="The steps that were done, in their order.")],
    by: By,
    missing_sku: Annotated[str, typer.Option(help="A SKU that is not there, or not fit to send.")] = "",
    missing: Annotated[int, typer.Option(min=0, max=MAX_PIECES, help="How many pieces of it.")] = 0,
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Tell what was done with a parcel; after `label` the label is printed."""
    message = BenchWork(
        by=by,
        why=why,
        request_id=request_id,
        parcel_id=parcel,
        steps=tuple(steps),
        missing_sku=missing_sku,
        missing=missing,
    )
    answered(saying(lambda session: session.desk.bench(message)), json)


@stock.command()
def show(sku: Annotated[str, typer.Argument(help="The SKU.")], json: AsJson = False) -> None:
    """On hand, reserved and available in each warehouse."""

    async def find(records: Records) -> StockView:
        view = await records.stock.stock(sku)
        if view is None:
            raise NotFound(f"no warehouse ever had {sku}")
        return view

    view = reading(find)
    if json:
        as_json(view)
        return
    rows = [(level.warehouse, level.on_hand, level.reserved, level.available) for level in view.levels]
    table(("warehouse", "on hand", "reserved", "available"), rows, f"{sku}: {view.available} available")


@stock.command()
def receive(
    sku: Annotated[str, typer.Argument(help="What came.")],
    quantity: Annotated[int, typer.Argument(min=1, max=MAX_PIECES, help="How many pieces.")],
    warehouse: Annotated[str, typer.Option(help="Where it came.")],
    receipt: Annotated[str, typer.Option(help="The receipt's id: booked once, however often this is said.")],
    by: By = "purchasing",
    json: AsJson = False,
) -> None:
    """Book goods from a supplier; orders that wait for them try again."""
    message = StockReceipt(receipt_id=receipt, warehouse=warehouse, sku=sku, quantity=quantity, by=by)

    async def book(session: Session) -> Received:
        await check_receipt(message, session.catalogue, session.stock)
        return await session.desk.receive_stock(message)

    received = saying(book)
    if json:
        as_json(received)
        return
    line(f"{received.on_hand} pieces of {sku} on hand in {warehouse}")
    if received.waiting_orders:
        line(f"told to try again: {', '.join(received.waiting_orders)}")
