"""Allocation's tables: reservations, levels, movements, purchase requests."""

from activities.allocation import levels
from activities.order import store as orders
from activities.shared.database import Cursor, Database
from activities.shared.journal import StepJournal
from models.allocation.messages import (
    Allocation,
    CommitStock,
    Moved,
    Received,
    ReleaseStock,
    Reserve,
    Restock,
    StockCandidate,
    StockReceipt,
)
from models.allocation.rules import needs, promise, promise_when_short, source
from models.order.messages import Fact
from models.order.records import Axes, Notice, NoticeKind

# Quick tries before the levels are locked while they are planned over.
_TRIES = 4

_REQUEST_PURCHASE = """
INSERT INTO purchase_request (order_number, sku, missing, state) VALUES (%s, %s, %s, 'open')
ON CONFLICT (order_number, sku) DO UPDATE SET missing = excluded.missing, state = 'open'"""

_CLOSE_PURCHASE = "UPDATE purchase_request SET state = 'closed' WHERE order_number = %s AND state = 'open'"

_WAITING = """
SELECT p.order_number FROM purchase_request p JOIN sales_order o USING (order_number)
WHERE p.sku = %s AND p.state = 'open' AND o.closed_at IS NULL ORDER BY o.priority, o.placed_at"""


class _OutrunError(Exception):
    """Another order was quicker: nothing is written, plan anew."""


class StockRecords:
    """Reserves, releases, commits and receives."""

    def __init__(self, database: Database) -> None:
        self._journal = StepJournal(database)

    async def reserve(self, request: Reserve) -> Allocation:
        """Plan over the stock as it stands and take it; planned anew when another order was quicker.

        That it was short is not remembered: asked again under the same key, it looks again.
        """
        for _ in range(_TRIES):
            try:
                return await self._reserve(request, locked=False)
            except _OutrunError:
                continue
        return await self._reserve(request, locked=True)

    async def _reserve(self, request: Reserve, locked: bool) -> Allocation:
        async def work(cursor: Cursor) -> Allocation:
            plan = await self._take(cursor, request, locked)
            if plan.parts:
                await self._write_reserved(cursor, request, plan)
            else:
                await self._write_short(cursor, request, plan)
            return plan

        return await self._journal.once(
            request.key,
            request.order_number,
            "reserve_stock",
            Allocation,
            work,
            final=lambda plan: bool(plan.parts),
        )

    async def _take(self, cursor: Cursor, request: Reserve, locked: bool) -> Allocation:
        skus, to = sorted(needs(request.wants)), request.destination
        if locked:
            await levels.await_receipts(cursor, skus)
            await levels.lock(cursor, skus)
        plan, options = await self._plan(cursor, request, skus)
        if (
            not plan.parts and not locked
        ):  # a receipt under way must either be seen here or see that this order waits
            await levels.await_receipts(cursor, skus)
            plan, options = await self._plan(cursor, request, skus)
        if not plan.parts:
            date = promise_when_short(request.now, request.transit_days, request.policy)
            return plan.model_copy(update={"promised_by": date})
        if not await levels.reserve(cursor, request.key, request.order_number, plan.parts):
            raise _OutrunError
        origins = {one.warehouse: one.country for one in options}
        used = [origins[part.warehouse] for part in plan.parts]
        date = promise(request.now, used, to.country, request.transit_days, request.policy)
        return plan.model_copy(update={"promised_by": date})

    async def _plan(
        self, cursor: Cursor, request: Reserve, skus: list[str]
    ) -> tuple[Allocation, tuple[StockCandidate, ...]]:
        to = request.destination
        options = await levels.candidates(cursor, skus, to.country, to.postcode)
        return source(request.wants, options, request.excluded), options

    async def _write_reserved(self, cursor: Cursor, request: Reserve, plan: Allocation) -> None:
        date = plan.promised_by.date().isoformat() if plan.promised_by else ""
        fact = Fact(
            what="stock_reserved",
            why=plan.explained,
            data={"warehouses": ",".join(p.warehouse for p in plan.parts)},
        )
        axes = Axes(promised_by=plan.promised_by)
        notice = Notice(kind=NoticeKind.REVIEWED, data={"promised_by": date})
        await orders.write(cursor, request.progress, (fact,), (notice,), axes)
        await cursor.execute(_CLOSE_PURCHASE, (request.order_number,))

    async def _write_short(self, cursor: Cursor, request: Reserve, plan: Allocation) -> None:
        date = plan.promised_by.date().isoformat() if plan.promised_by else ""
        missing = ", ".join(f"{short.missing} × {short.sku}" for short in plan.short)
        for short in plan.short:
            await cursor.execute(_REQUEST_PURCHASE, (request.order_number, short.sku, short.missing))
        notices = (
            Notice(kind=NoticeKind.PURCHASING, about=missing[:200], data={"missing": missing}),
            Notice(kind=NoticeKind.DELAYED, data={"promised_by": date}),
        )
        axes = Axes(promised_by=plan.promised_by)
        await orders.write(
            cursor, request.waiting_progress, (Fact(what="stock_short", why=missing),), notices, axes
        )

    async def release(self, request: ReleaseStock) -> Moved:
        """Give back what is still reserved."""

        async def work(cursor: Cursor) -> Moved:
            pieces = await levels.end_reservations(
                cursor, request.key, request.order_number, request.warehouse, request.wants, shipped=False
            )
            fact = Fact(what="stock_released", why=request.why, data={"pieces": pieces})
            await orders.write(cursor, request.progress, (fact,))
            await cursor.execute(_CLOSE_PURCHASE, (request.order_number,))
            return Moved(pieces=pieces)

        return await self._journal.once(request.key, request.order_number, "release_stock", Moved, work)

    async def commit(self, request: CommitStock) -> Moved:
        """The parcel's goods left the warehouse."""

        async def work(cursor: Cursor) -> Moved:
            pieces = await levels.end_reservations(
                cursor, request.key, request.order_number, request.warehouse, request.wants, shipped=True
            )
            fact = Fact(what="dispatched", data={"parcel": request.parcel_id, "pieces": pieces})
            await orders.write(cursor, request.progress, (fact,))
            return Moved(pieces=pieces)

        return await self._journal.once(request.key, request.order_number, "commit_stock", Moved, work)

    async def restock(self, request: Restock) -> Moved:
        """Goods came back to the shelf, or were found missing there."""
        sign = 1 if request.kind == "returned" else -1

        async def work(cursor: Cursor) -> Moved:
            deltas = [(sku, sign * pieces) for sku, pieces in needs(request.wants).items()]
            if sign < 0:
                deltas = await levels.unpromised(cursor, request.warehouse, deltas)
            await levels.change_on_hand(
                cursor, request.key, request.kind, request.warehouse, deltas, request.order_number
            )
            pieces = sum(needs(request.wants).values())
            fact = Fact(what=f"stock_{request.kind}", data={"parcel": request.parcel_id, "pieces": pieces})
            await orders.write(cursor, request.progress, (fact,))
            return Moved(pieces=pieces)

        return await self._journal.once(request.key, request.order_number, "restock", Moved, work)

    async def receive(self, request: StockReceipt) -> Received:
        """Goods from a supplier, once for each receipt; tells which orders wait for them."""
        key = f"stock-receipt:{request.receipt_id}"

        async def work(cursor: Cursor) -> Received:
            await levels.await_receipts(cursor, [request.sku])
            delta = [(request.sku, request.quantity)]
            on_hand = await levels.change_on_hand(cursor, key, "received", request.warehouse, delta)
            await cursor.execute(_WAITING, (request.sku,))
            waiting = tuple(row["order_number"] for row in await cursor.fetchall())
            return Received(on_hand=on_hand, waiting_orders=waiting)

        return await self._journal.once(key, "", "receive_stock", Received, work)
