"""What an order that is short writes: its claims on preorders, its backorders, and the date that its customer hears."""

from datetime import datetime, timedelta

from activities.allocation import preorders
from activities.allocation.calendars import ready_at
from activities.allocation.candidates import nearest_calendar
from activities.order import store as orders
from activities.shared.database import Cursor
from models.allocation.messages import FIRST_CAUSE, Allocation, Reserve, Short
from models.allocation.preorders import Claims, Preorder, decide_claims
from models.allocation.rules import needs, promise_when_short, wait_ends
from models.order.messages import Fact
from models.order.records import Axes, Notice, NoticeKind

_REQUEST_PURCHASE = """
INSERT INTO purchase_request (order_number, sku, missing, state) VALUES (%s, %s, %s, 'open')
ON CONFLICT (order_number, sku) DO UPDATE SET missing = excluded.missing, state = 'open'"""

_PROMISED = "SELECT promised_by FROM sales_order WHERE order_number = %s"


async def fall_short(cursor: Cursor, request: Reserve, plan: Allocation) -> Allocation:
    """Claim what is sold as a preorder, request the rest of purchasing, and tell the customer when to expect the order.

    The caller holds the advisory locks of the SKUs. Sold out: nothing is claimed, and the answer says of what.
    """
    need = needs(request.wants)
    skus = [short.sku for short in plan.short]
    known = await preorders.standings(cursor, request.key, request.order_number, skus)
    claims = decide_claims(need, known, request.cause == FIRST_CAUSE and not request.rest)
    if claims.sold_out:
        return await _sold_out(cursor, request, plan, claims)
    sales = {one.preorder.sku: one.preorder for one in known if one.preorder.sku in claims.all}
    if claims.fresh:
        pieces = {sku: need[sku] for sku in claims.fresh}
        await preorders.claim(cursor, request.key, request.order_number, pieces)
    if claims.moved:
        await preorders.tell(cursor, request.key, claims.moved)
    lacking = tuple(short for short in plan.short if short.sku not in sales)
    date, ships_from = await _promise(cursor, request, sales, bool(lacking))
    plan = plan.model_copy(update={"promised_by": date, "ships_from": ships_from})
    told = await _told_before(cursor, request) if claims.moved else None
    moved = claims.moved if told is None or told.date() != date.date() else ()
    await _write(cursor, request, plan, claims, lacking, moved, sales)
    return plan


async def _promise(
    cursor: Cursor, request: Reserve, sales: dict[str, Preorder], backordered: bool
) -> tuple[datetime, datetime | None]:
    """The date for the customer, and when the last preordered goods are expected."""
    calendar = await nearest_calendar(cursor, request.destination)
    ships_from = max((sale.ships_from for sale in sales.values()), default=None)
    there = [max(request.now, ships_from)] if ships_from else []
    if backordered:
        there.append(request.now + timedelta(days=request.policy.restock_days))
    ready = max(ready_at(at, request.policy.handling_days, calendar) for at in there)
    return promise_when_short(ready, request.transit_days), ships_from


async def _write(
    cursor: Cursor,
    request: Reserve,
    plan: Allocation,
    claims: Claims,
    lacking: tuple[Short, ...],
    moved: tuple[str, ...],
    sales: dict[str, Preorder],
) -> None:
    date = plan.promised_by.date().isoformat() if plan.promised_by else ""
    missing = ", ".join(f"{short.missing} × {short.sku}" for short in lacking)
    facts, notices = [], []
    if lacking:
        for short in lacking:
            await cursor.execute(_REQUEST_PURCHASE, (request.order_number, short.sku, short.missing))
        facts.append(Fact(what="stock_short", why=missing))
        notices.append(Notice(kind=NoticeKind.PURCHASING, about=missing[:200], data={"missing": missing}))
    for what, skus in (("preordered", claims.fresh), ("preorder_moved", claims.moved)):
        if skus:
            facts.append(Fact(what=what, why=_dates(sales, skus)))
    told = {"promised_by": date, "ships_from": _day(plan.ships_from)}
    if claims.fresh:
        notices.append(Notice(kind=NoticeKind.PREORDERED, data=told))
    elif lacking:
        notices.append(Notice(kind=NoticeKind.DELAYED, data={"promised_by": date}))
    if moved:
        change = sum(sale.revision for sale in sales.values())  # every further change makes it greater
        about = f"{change}:{','.join(moved)}"
        notices.append(Notice(kind=NoticeKind.PREORDER_MOVED, about=about[:200], data=told))
    if not facts:  # it looked again, and its goods are not there yet
        facts.append(Fact(what="stock_short", why=", ".join(claims.kept)))
    waiting = request.waiting_progress
    ends = wait_ends(waiting.waiting_since, waiting.deadline_at, plan.ships_from)
    waiting = waiting.model_copy(update={"deadline_at": ends})
    await orders.write(cursor, waiting, tuple(facts), tuple(notices), Axes(promised_by=plan.promised_by))


async def _sold_out(cursor: Cursor, request: Reserve, plan: Allocation, claims: Claims) -> Allocation:
    """Somebody was quicker: the order cannot wait for pieces that will not come, and its workflow ends it."""
    fact = Fact(what="preorder_sold_out", why=", ".join(claims.sold_out))
    progress = request.progress.model_copy(update={"order_state": None, "fulfilment_state": None})
    await orders.write(cursor, progress, (fact,))
    return plan.model_copy(update={"sold_out": claims.sold_out})


async def _told_before(cursor: Cursor, request: Reserve) -> datetime | None:
    await cursor.execute(_PROMISED, (request.order_number,))
    row = await cursor.fetchone()
    return row["promised_by"] if row else None


def _dates(sales: dict[str, Preorder], skus: tuple[str, ...]) -> str:
    return ", ".join(f"{sku} ships from {_day(sales[sku].ships_from)}" for sku in skus)


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
