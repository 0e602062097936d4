"""Allocation's tables: reservations, levels, movements, purchase requests, preorders."""

from activities.allocation import levels, preorders
from activities.allocation.candidates import candidates
from activities.allocation.shortage import fall_short
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
from models.allocation.preorders import PreorderChanged, SetPreorder
from models.allocation.rules import needs, promise, source
from models.order.messages import Fact
from models.order.records import Axes, Notice, NoticeKind

# Quick tries before the levels are locked while they are planned over.
_TRIES = 4

_CLOSE_PURCHASE = "UPDATE purchase_request SET state = 'closed' WHERE order_number = %s AND state = 'open'"

# Claims of a preorder in their order, then backorders.
_WAITING = """
SELECT order_number FROM (
    SELECT order_number, id AS nth, 0 AS priority, created_at AS since FROM preorder_claim WHERE sku = %(sku)s AND state = 'open'
    UNION ALL
    SELECT p.order_number, NULL, o.priority, o.placed_at FROM purchase_request p JOIN sales_order o USING (order_number)
    WHERE p.sku = %(sku)s AND p.state = 'open' AND o.closed_at IS NULL) AS waiting
ORDER BY nth NULLS LAST, priority, since"""


class _OutrunError(Exception):
    """Another order was quicker: nothing is written, plan anew."""


class StockRecords:
    """Reserves, releases, commits and receives."""

    def __init__(self, database: Database) -> None:
        self._journal = StepJournal(database)

    async def reserve(self, request: Reserve) -> Allocation:
        """Plan over the stock as it stands and take it; planned anew when another order was quicker.

        That it was short is not remembered: asked again under the same key, it looks again. That a preorder was sold out is: what
        follows is the end of the order.
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
            return plan

        return await self._journal.once(
            request.key,
            request.order_number,
            "reserve_stock",
            Allocation,
            work,
            final=lambda plan: bool(plan.parts or plan.sold_out),
        )

    async def _take(self, cursor: Cursor, request: Reserve, locked: bool) -> Allocation:
        skus = sorted(needs(request.wants))
        if locked:
            await levels.await_receipts(cursor, skus)
            await levels.lock(cursor, skus)
        plan, options = await self._plan(cursor, request, skus)
        # A receipt under way must either be seen here or see that this order waits; and what earlier claims wait for is counted
        # by one order after the other.
        if not locked and (not plan.parts or any(one.spoken_for for one in options)):
            await levels.await_receipts(cursor, skus)
            plan, options = await self._plan(cursor, request, skus)
        if not plan.parts:
            return await fall_short(cursor, request, plan)
        if not await levels.reserve(cursor, request.key, request.order_number, plan.parts):
            raise _OutrunError
        if request.rest_key:
            await preorders.leave(cursor, request.key, request.rest_key, needs(request.wants))
        if any(one.claimed for one in options):
            await preorders.settle(cursor, request.key)
        ready = {one.warehouse: (one.ready_at or request.now, one.country) for one in options}
        used = [ready[part.warehouse] for part in plan.parts]
        date = promise(used, request.destination.country, request.transit_days)
        return plan.model_copy(update={"promised_by": date})

    async def _plan(
        self, cursor: Cursor, request: Reserve, skus: list[str]
    ) -> tuple[Allocation, tuple[StockCandidate, ...]]:
        options = await candidates(cursor, request, skus)
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

    async def release(self, request: ReleaseStock) -> Moved:
        """Give back what is still reserved; the whole order's claims go back to their preorders."""
        number = request.order_number

        async def work(cursor: Cursor) -> Moved:
            await levels.await_claims(cursor, number, [])
            pieces = await levels.end_reservations(
                cursor, request.key, number, request.warehouse, request.wants, shipped=False
            )
            if not request.wants and not request.warehouse:
                await preorders.release(cursor, number)
            fact = Fact(what="stock_released", why=request.why, data={"pieces": pieces})
            await orders.write(cursor, request.progress, (fact,))
            await cursor.execute(_CLOSE_PURCHASE, (number,))
            waiting = await preorders.waiting_for_freed(cursor, number, [])
            return Moved(pieces=pieces, waiting_orders=waiting)

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
            skus = [sku for sku, _ in deltas] if sign > 0 else []
            await levels.await_claims(cursor, request.order_number, skus)
            if sign < 0:
                deltas = await levels.unpromised(cursor, request.warehouse, deltas)
            await levels.change_on_hand(
                cursor, request.key, request.kind, request.warehouse, deltas, request.order_number
            )
            pieces = sum(needs(request.wants).values())
            fact = Fact(what=f"stock_{request.kind}", data={"parcel": request.parcel_id, "pieces": pieces})
            await orders.write(cursor, request.progress, (fact,))
            waiting = await preorders.waiting_for_freed(cursor, request.order_number, skus)
            return Moved(pieces=pieces, waiting_orders=waiting)

        return await self._journal.once(request.key, request.order_number, "restock", Moved, work)

    async def set_preorder(self, request: SetPreorder) -> PreorderChanged:
        """Open or change a preorder, once for each request id. A refusal is not remembered."""
        return await self._journal.once(
            f"preorder:{request.request_id}",
            "",
            "set_preorder",
            PreorderChanged,
            lambda cursor: preorders.change(cursor, request),
            final=lambda told: not told.problems,
        )

    async def receive(self, request: StockReceipt) -> Received:
        """Goods from a supplier, once for each receipt; tells which orders wait for them."""
        key = f"stock-receipt:{request.receipt_id}"

        async def work(cursor: Cursor) -> Received:
            await levels.await_receipts(cursor, [request.sku])
            delta = [(request.sku, request.quantity)]
            on_hand = await levels.change_on_hand(cursor, key, "received", request.warehouse, delta)
            await cursor.execute(_WAITING, {"sku": request.sku})
            waiting = tuple(row["order_number"] for row in await cursor.fetchall())
            return Received(on_hand=on_hand, waiting_orders=waiting)

        return await self._journal.once(key, "", "receive_stock", Received, work)
