"""`orderloom orders …`, `orderloom order show`: reading orders."""

from typing import Annotated

import typer

from activities.order.reads import PAGE_LIMIT
from activities.order.views import OrderRow, OrderView
from models.order.holds import named
from models.order.states import HoldReason, OrderState, Stage
from models.order.waits import WaitingFor
from models.shared.errors import NotFound
from models.shared.money import show as money
from starter.cli.printing import AsJson, as_json, line, table
from starter.cli.session import Records, reading

orders = typer.Typer(help="Lists of orders.", no_args_is_help=True)
Limit = Annotated[int, typer.Option(min=1, max=PAGE_LIMIT)]
_COLUMNS = ("order", "status", "stage", "waits for", "since", "priority", "total", "held", "ended")


@orders.command("list")
def list_orders(
    stage: Annotated[Stage | None, typer.Option(help="Only orders in this stage.")] = None,
    waiting_for: Annotated[WaitingFor | None, typer.Option(help="Only open orders with this wait.")] = None,
    state: Annotated[OrderState | None, typer.Option(help="Only orders in this state.")] = None,
    hold: Annotated[HoldReason | None, typer.Option(help="Only with an open hold of this kind.")] = None,
    owner: Annotated[str, typer.Option(help="Only with an open hold that they are to end.")] = "",
    limit: Limit = 20,
    after: Annotated[str, typer.Option(help="The page mark that the last page ended with.")] = "",
    json: AsJson = False,
) -> None:
    """Orders, newest first."""
    wait = waiting_for.value if waiting_for else None
    page = reading(lambda records: records.orders.orders(stage, wait, state, limit, after, hold, owner))
    if json:
        as_json(page)
        return
    _rows(page.orders)
    if page.next:
        line(f"more: --after {page.next}")


@orders.command()
def reviews(limit: Limit = 20, json: AsJson = False) -> None:
    """Orders that wait for a reviewer: by priority, the longest waiting first."""
    found = reading(lambda records: records.orders.reviews(limit))
    if json:
        as_json(found)
    else:
        _rows(found)


@orders.command()
def counts(json: AsJson = False) -> None:
    """How many orders wait for what, and how many ended how."""
    found = reading(lambda records: records.orders.counts())
    if json:
        as_json(found)
        return
    waits = sorted(found.waiting_for.items())
    table(("waits for", "orders"), [(name or "(works)", count) for name, count in waits])
    table(("ended", "orders"), sorted(found.outcomes.items()))


def show(number: Annotated[str, typer.Argument(help="The order's number.")], json: AsJson = False) -> None:
    """Where an order stands, and everything that happened to it."""

    async def find(records: Records) -> OrderView:
        view = await records.orders.order(number)
        if view is None:
            raise NotFound(f"there is no order {number}")
        return view

    view = reading(find)
    if json:
        as_json(view)
    else:
        _page(view)


def _rows(found: tuple[OrderRow, ...]) -> None:
    table(
        _COLUMNS,
        [
            (
                row.order_number, row.status, row.stage, row.waiting_for, row.waiting_since, row.priority,
                money(row.total_minor, row.currency), row.hold_reasons, row.outcome,
            )
            for row in found
        ],
    )  # fmt: skip


def _page(view: OrderView) -> None:
    order = view.order
    _rows((order,))
    line(f"order {order.order_state}, payment {order.payment_state}, fulfilment {order.fulfilment_state}")
    taken = ", ".join(
        f"{what} {money(amount, order.currency)}"
        for what, amount in (
            ("authorised", view.authorised_minor),
            ("captured", view.captured_minor),
            ("refunded", view.refunded_minor),
        )
    )
    line(f"risk {order.risk_verdict}, {taken}")
    if order.holds:
        table(
            ("hold", "on", "why", "to be ended by", "ends by itself", "placed by", "placed"),
            [
                (
                    hold.hold_id, named(hold.lines) if hold.lines else "the order", hold.why, hold.owner, hold.until,
                    hold.placed_by, hold.placed_at,
                )
                for hold in order.holds
            ],
        )  # fmt: skip
    table(
        ("line", "sku", "title", "pieces", "price", "freight", "merchant"),
        [
            (
                one.line_no, one.sku, one.title, one.quantity, money(one.unit_price_minor, order.currency),
                money(one.freight_minor, order.currency), one.merchant_id,
            )
            for one in view.lines
        ],
    )  # fmt: skip
    if view.shipments:
        table(
            ("parcel", "carrier", "service", "tracking number", "label", "tracking", "incident"),
            [
                (
                    one.parcel_id,
                    one.carrier,
                    one.service,
                    one.tracking_number,
                    one.state,
                    one.tracking,
                    one.incident,
                )
                for one in view.shipments
            ],
        )
    if view.notices:
        table(
            ("letter", "about", "to", "state", "sent"),
            [(one.kind, one.about, one.audience, one.state, one.sent_at) for one in view.notices],
        )
    table(
        ("no", "at", "what", "by", "why"),
        [(one.seq, one.at, one.what, one.actor, one.why) for one in view.facts],
    )
