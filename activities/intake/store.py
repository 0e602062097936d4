"""Intake's tables: the order as it came."""

from psycopg.errors import UniqueViolation

from activities.intake.sources import LOCK_SOURCE, end_task
from activities.order import store as orders
from activities.order.credit import Credit, use_credit
from activities.order.policies import Policies
from activities.shared.database import Cursor, Database
from activities.shared.journal import StepJournal
from models.intake.messages import Recorded, RecordOrder
from models.intake.rules import accept
from models.order.messages import Acceptance, CustomerHistory, Fact, Order
from models.order.records import Notice, NoticeKind
from models.shared.ids import fingerprint
from models.shared.money import show

_INSERT_ORDER = """
INSERT INTO sales_order (order_number, channel, source_id, fingerprint, customer_id, goods, placed_at, currency, total_minor,
    country, order_class, priority, stage, order_state, payment_state, fulfilment_state, risk_verdict,
    authorised_minor, captured_minor, refunded_minor, waiting_for, policy_version, document)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'intake', 'received', 'none', 'unallocated', 'pending', 0, 0, 0, '', %s, %s)"""

_INSERT_LINES = """
INSERT INTO sales_order_line (order_number, line_no, sku, quantity, unit_price_minor, freight_minor, merchant_id)
SELECT %s, * FROM unnest(%s::int[], %s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::text[])"""

# The account's row stays locked: of a customer's orders at once each sees what those before it owe.
_HISTORY = """
WITH account AS (
    SELECT currency, limit_minor, history FROM credit_account WHERE customer_id = %(customer_id)s FOR UPDATE)
SELECT count(*) FILTER (WHERE outcome = 'completed') AS completed,
    count(*) FILTER (WHERE outcome IN ('unpaid', 'written_off', 'rejected')) AS failed,
    count(*) FILTER (WHERE closed_at IS NULL) AS open,
    count(*) FILTER (WHERE placed_at BETWEEN %(placed_at)s - interval '1 hour' AND %(placed_at)s + interval '1 hour') AS last_hour,
    array_agg(DISTINCT country) FILTER (WHERE order_state NOT IN ('cancelled', 'rejected')) AS countries,
    max(order_number) FILTER (WHERE goods = %(goods)s AND order_state NOT IN ('cancelled', 'rejected')
        AND placed_at > %(placed_at)s - interval '1 day') AS duplicate_of,
    (SELECT version FROM policy_version WHERE active) AS policy_version,
    (SELECT max(p.ships_from) FROM preorder p WHERE p.open AND p.sku = ANY(%(skus)s)
         AND NOT EXISTS (SELECT FROM stock_level s WHERE s.sku = p.sku AND s.on_hand > s.reserved)) AS ships_from,
    (SELECT answer FROM taken_order WHERE channel = %(channel)s AND source_id = %(source_id)s) AS answered,
    (SELECT to_jsonb(account) FROM account) AS account, (SELECT version FROM credit_model WHERE active) AS credit_model,
    (SELECT jsonb_build_object('id', id, 'open', state = 'open') FROM intake_task
     WHERE channel = %(channel)s AND source_id = %(source_id)s AND state <> 'dropped') AS task
FROM sales_order WHERE customer_id = %(customer_id)s"""


def goods_fingerprint(order: Order) -> str:
    """Same goods in the same quantities give the same text."""
    return fingerprint("|".join(sorted(f"{line.sku}*{line.quantity}" for line in order.lines)))[:16]


class IntakeRecords:
    """Writes orders down and tells what is known of their customers."""

    def __init__(self, database: Database) -> None:
        self._journal = StepJournal(database)
        self._policies = Policies()
        self._credit = Credit()

    async def record_order(self, request: RecordOrder) -> Recorded:
        """Write an order once. A source id that another order has is a value, not an error."""

        async def work(cursor: Cursor) -> Recorded:
            return await self._record(cursor, request)

        number = request.order.order_number
        try:
            return await self._journal.once(request.key, number, "record_order", Recorded, work)
        except UniqueViolation:
            return Recorded(first_run_id=request.first_run_id, duplicate_source=True)

    async def _record(self, cursor: Cursor, request: RecordOrder) -> Recorded:
        order = request.order
        goods = goods_fingerprint(order)
        await cursor.execute(LOCK_SOURCE, (order.channel, order.source_id))
        await cursor.execute(
            _HISTORY,
            {
                "goods": goods,
                "placed_at": order.placed_at,
                "customer_id": order.customer.customer_id,
                "channel": order.channel,
                "source_id": order.source_id,
                "skus": [line.sku for line in order.lines],
            },
        )
        known = await cursor.fetchone() or {}
        policy = await self._policies.get(cursor, known["policy_version"])
        told = (
            Acceptance.model_validate(known["answered"])
            if known["answered"]
            else accept(order, policy, request.now, known["ships_from"])
        )
        credit = await self._credit.standing(cursor, order, known["account"], known["credit_model"])
        await cursor.execute(
            _INSERT_ORDER,
            (
                order.order_number, order.channel, order.source_id, order.fingerprint, order.customer.customer_id, goods,
                order.placed_at, order.currency, order.total_minor, order.ship_to.country, told.order_class, told.priority, policy.version, order.model_dump_json(),
            ),
        )  # fmt: skip
        await cursor.execute(_INSERT_LINES, (order.order_number, *_columns(order)))
        await use_credit(cursor, order, credit)
        data: dict[str, str | int | None] = {"class": told.order_class, "priority": told.priority}
        if task := known["task"]:
            data["task"] = task["id"]
            if task["open"]:
                await end_task(cursor, order.channel, order.source_id, order.order_number)
        fact = Fact(what="received", actor=order.channel, data=data)
        notice = Notice(kind=NoticeKind.RECEIVED, data={"total": show(order.total_minor, order.currency)})
        await orders.write(cursor, request.progress, (fact,), (notice,))
        return Recorded(
            first_run_id=request.first_run_id,
            history=CustomerHistory(
                completed=known["completed"],
                failed=known["failed"],
                open=known["open"],
                last_hour=known["last_hour"],
                countries=tuple(known["countries"] or ()),
            ),
            policy=policy,
            order_class=told.order_class,
            priority=told.priority,
            promised_by=told.promised_by,
            possible_duplicate_of=known["duplicate_of"] or "",
            credit=credit,
        )


def _columns(order: Order) -> tuple[list[object], ...]:
    return tuple(
        list(column)
        for column in zip(
            *(
                (
                    line.line_no,
                    line.sku,
                    line.quantity,
                    line.unit_price_minor,
                    line.freight_minor,
                    line.merchant_id,
                )
                for line in order.lines
            ),
            strict=True,
        )
    )
