"""Preparation's tables: parcels and what the bench did with them."""

from activities.order import store as orders
from activities.shared.database import Cursor, Database
from activities.shared.journal import StepJournal
from models.order.messages import Fact
from models.preparation.messages import BenchRecorded, OpenParcels, RecordBench

_INSERT_PARCELS = """
INSERT INTO parcel (parcel_id, order_number, warehouse, weight_g, value_minor, state)
SELECT p, %s, w, g, v, 'open' FROM unnest(%s::text[], %s::text[], %s::int[], %s::bigint[]) AS n(p, w, g, v)"""

_INSERT_LINES = """
INSERT INTO parcel_line (parcel_id, line_no, sku, quantity)
SELECT * FROM unnest(%s::text[], %s::int[], %s::text[], %s::int[])"""

# A short pick cancels the parcel: what is left of it is sourced anew. A label makes it ready to go.
_WORK = """
UPDATE parcel SET steps = steps || %s::text[], state = %s WHERE parcel_id = %s RETURNING steps"""

# The label that was to come did not: the parcel is back at the bench.
_UNDO = "UPDATE parcel SET steps = trim_array(steps, 1), state = 'open' WHERE parcel_id = %s RETURNING steps"


class ParcelRecords:
    """Writes parcels and the bench's work."""

    def __init__(self, database: Database) -> None:
        self._journal = StepJournal(database)

    async def open_parcels(self, request: OpenParcels) -> BenchRecorded:
        """Write parcels with their lines, once."""

        async def work(cursor: Cursor) -> BenchRecorded:
            plans = request.parcels
            ids = [plan.parcel_id for plan in plans]
            await cursor.execute(
                _INSERT_PARCELS,
                (
                    request.order_number,
                    ids,
                    [plan.warehouse for plan in plans],
                    [plan.weight_g for plan in plans],
                    [plan.value_minor for plan in plans],
                ),
            )
            lines = [
                (plan.parcel_id, want.line_no, want.sku, want.quantity)
                for plan in plans
                for want in plan.wants
            ]
            await cursor.execute(_INSERT_LINES, tuple(list(column) for column in zip(*lines, strict=True)))
            fact = Fact(what="parcels_opened", data={"parcels": ",".join(ids)})
            await orders.write(cursor, request.progress, (fact,))
            return BenchRecorded(steps=())

        return await self._journal.once(
            request.key, request.order_number, "open_parcels", BenchRecorded, work
        )

    async def record_bench(self, request: RecordBench) -> BenchRecorded:
        """Append finished steps, once."""
        state = "cancelled" if request.missing_sku else "labelled" if "label" in request.steps else "open"

        async def work(cursor: Cursor) -> BenchRecorded:
            if request.undone:
                await cursor.execute(_UNDO, (request.parcel_id,))
            else:
                await cursor.execute(_WORK, (list(request.steps), state, request.parcel_id))
            row = await cursor.fetchone()
            why = f"{request.missing} × {request.missing_sku} missing" if request.missing_sku else ""
            done = "label" if request.undone else "+".join(request.steps)
            fact = Fact(
                what="bench_undone" if request.undone else "bench_work",
                actor=request.by,
                why=why,
                data={"parcel": request.parcel_id, "steps": done},
            )
            await orders.write(cursor, request.progress, (fact,))
            return BenchRecorded(steps=tuple(row["steps"]) if row else ())

        return await self._journal.once(
            request.key, request.order_number, "record_bench", BenchRecorded, work
        )
