"""The books of stored value: holds, captures, refunds. Rows are locked in the order of their codes."""

from datetime import datetime
from typing import Any

from activities.order import store as orders
from activities.settlement.ledger import post
from activities.shared.database import Cursor, Database
from activities.shared.journal import StepJournal
from models.order.messages import Fact
from models.order.paying import StoredKind
from models.order.records import Axes, Notice, NoticeKind
from models.order.states import PaymentState
from models.settlement.messages import Posting
from models.settlement.rules import STORED, STORED_ISSUED
from models.settlement.stored_value import (
    HoldStoredValue,
    ReleaseStoredValue,
    StoredHeld,
    StoredReleased,
    spread,
)
from models.shared.money import show

_LOCK = """
SELECT code, kind, customer_id, currency, balance_minor - held_minor AS free_minor, expires_at
FROM stored_value WHERE code = ANY(%s) ORDER BY code FOR UPDATE"""
_MOVE = """
WITH moved AS (
    INSERT INTO stored_value_movement (code, kind, balance_delta, held_delta, order_number, key)
    SELECT code, %(kind)s, balance_delta, held_delta, %(order_number)s, %(key)s
    FROM unnest(%(codes)s::text[], %(balances)s::bigint[], %(helds)s::bigint[]) AS m(code, balance_delta, held_delta)
    ORDER BY code
    RETURNING code, balance_delta, held_delta
)
UPDATE stored_value v SET balance_minor = balance_minor + balance_delta, held_minor = held_minor + held_delta
FROM moved WHERE moved.code = v.code"""
# What an order holds and has spent of each, in the order of its tenders.
_OF_ORDER = """
SELECT m.code, v.kind, sum(m.held_delta)::bigint AS held_minor, -sum(m.balance_delta)::bigint AS spent_minor
FROM stored_value_movement m JOIN stored_value v USING (code)
WHERE m.order_number = %s GROUP BY 1, 2 ORDER BY min(m.id)"""
_FREED = """
UPDATE sales_order SET authorised_minor = authorised_minor - stored_minor, stored_minor = 0 WHERE order_number = %s"""
_STORED_ON_ROW = "UPDATE sales_order SET stored_minor = %s, authorised_minor = %s WHERE order_number = %s"
_ISSUE = """
INSERT INTO stored_value (code, kind, customer_id, currency, balance_minor, held_minor, expires_at, created_by)
VALUES (%s, %s, %s, %s, 0, 0, %s, %s) ON CONFLICT (code) DO NOTHING RETURNING code"""

_SHOW = """
SELECT code, kind, customer_id, currency, balance_minor, held_minor, expires_at, created_at, created_by
FROM stored_value WHERE code = %s"""
_MOVEMENTS = """
SELECT at, kind, balance_delta, held_delta, order_number FROM stored_value_movement WHERE code = %s ORDER BY id"""
_LIABILITY = """
SELECT kind, currency, count(*) AS number, sum(balance_minor)::bigint AS balance_minor,
    (sum(balance_minor) FILTER (WHERE expires_at <= now()))::bigint AS expired_minor
FROM stored_value WHERE balance_minor > 0 GROUP BY 1, 2 ORDER BY 1, 2"""


async def move(
    cursor: Cursor, key: str, order_number: str, kind: str, deltas: dict[str, tuple[int, int]]
) -> None:
    """Change balance and held amount of each code by its pair, with a movement each."""
    if not deltas:
        return
    codes = sorted(deltas)
    await cursor.execute(
        _MOVE,
        {
            "kind": kind, "order_number": order_number, "key": key, "codes": codes,
            "balances": [deltas[code][0] for code in codes], "helds": [deltas[code][1] for code in codes],
        },
    )  # fmt: skip


async def spend(cursor: Cursor, key: str, order_number: str, amount_minor: int) -> None:
    """Take a part of what the order holds, in the order of its tenders, and free the rest."""
    await cursor.execute(_OF_ORDER, (order_number,))
    held = {row["code"]: row["held_minor"] for row in await cursor.fetchall() if row["held_minor"]}
    taken = spread(amount_minor, held, list(held))
    await move(cursor, key, order_number, "captured", {code: (-part, -part) for code, part in taken.items()})
    left = {code: (0, taken.get(code, 0) - part) for code, part in held.items() if part > taken.get(code, 0)}
    await move(cursor, f"{key}:rest", order_number, "released", left)


async def give_back(cursor: Cursor, key: str, order_number: str, amount_minor: int) -> None:
    """Put a part of what the order spent back, the last tender first."""
    await cursor.execute(_OF_ORDER, (order_number,))
    spent = {row["code"]: row["spent_minor"] for row in await cursor.fetchall() if row["spent_minor"]}
    back = spread(amount_minor, spent, list(reversed(spent)))
    await move(cursor, key, order_number, "refunded", {code: (part, 0) for code, part in back.items()})


class StoredValueRecords:
    """Holds and frees stored value, and issues it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._journal = StepJournal(database)

    async def hold(self, request: HoldStoredValue) -> StoredHeld:
        """Hold all tenders or none, once. What cannot be held declines the payment, and the customer is told why."""

        async def work(cursor: Cursor) -> StoredHeld:
            said = await self._objection(cursor, request)
            if said:
                fact = Fact(what="stored_value_refused", why=said)
                notice = Notice(kind=NoticeKind.PAYMENT_FAILED, about=request.key, data={"reason": said})
                axes = Axes(payment=PaymentState.DECLINED)
                await orders.write(cursor, request.progress, (fact,), (notice,), axes)
                return StoredHeld(said=said)
            deltas = {tender.code: (0, tender.amount_minor) for tender in request.tenders}
            await move(cursor, request.key, request.order_number, "held", deltas)
            held = sum(tender.amount_minor for tender in request.tenders)
            fact = Fact(what="stored_value_held", data={"amount_minor": held})
            await orders.write(cursor, request.progress, (fact,))
            await cursor.execute(_STORED_ON_ROW, (held, held, request.order_number))
            return StoredHeld(held_minor=held)

        return await self._journal.once(
            request.key, request.order_number, "hold_stored_value", StoredHeld, work
        )

    async def release(self, request: ReleaseStoredValue) -> StoredReleased:
        """Free what the order still holds, once."""

        async def work(cursor: Cursor) -> StoredReleased:
            await cursor.execute(_OF_ORDER, (request.order_number,))
            held = {row["code"]: row["held_minor"] for row in await cursor.fetchall() if row["held_minor"]}
            await move(
                cursor, request.key, request.order_number, "released", {c: (0, -n) for c, n in held.items()}
            )
            freed = sum(held.values())
            facts = (Fact(what="stored_value_released", data={"amount_minor": freed}),) if freed else ()
            await orders.write(cursor, request.progress, facts)
            if freed:
                await cursor.execute(_FREED, (request.order_number,))
            return StoredReleased(released_minor=freed)

        return await self._journal.once(
            request.key, request.order_number, "release_stored_value", StoredReleased, work
        )

    async def issue(
        self,
        code: str,
        kind: StoredKind,
        currency: str,
        amount_minor: int,
        by: str,
        customer_id: str = "",
        expires_at: datetime | None = None,
    ) -> bool:
        """Make a gift card or credit with a balance, and book what we owe for it. False: the code is taken, nothing changed."""
        key = f"stored_value:{code}"
        async with self._database.transaction() as cursor:
            await cursor.execute(_ISSUE, (code, kind, customer_id, currency, expires_at, by))
            if await cursor.fetchone() is None:
                return False
            await move(cursor, key, "", "issued", {code: (amount_minor, 0)})
            legs = (
                Posting(account=STORED_ISSUED, amount_minor=amount_minor, currency=currency),
                Posting(account=STORED, amount_minor=-amount_minor, currency=currency),
            )
            await post(cursor, key, "", "stored_value_issued", legs)
            return True

    async def show(self, code: str) -> dict[str, Any] | None:
        """One gift card or credit with its movements, JSON-ready; None when there is none."""
        async with self._database.transaction() as cursor:
            await cursor.execute(_SHOW, (code,))
            row = await cursor.fetchone()
            if row is None:
                return None
            await cursor.execute(_MOVEMENTS, (code,))
            return {**row, "movements": await cursor.fetchall()}

    async def liability(self) -> list[dict[str, Any]]:
        """What all balances add up to, by kind and currency; expired ones are told apart, as they may become income."""
        async with self._database.reading() as cursor:
            await cursor.execute(_LIABILITY)
            return await cursor.fetchall()

    async def _objection(self, cursor: Cursor, request: HoldStoredValue) -> str:
        """Why the tenders cannot be held, all of them together; empty when they can. Locks their rows."""
        await cursor.execute(_LOCK, (sorted(tender.code for tender in request.tenders),))
        rows = {row["code"]: row for row in await cursor.fetchall()}
        said = []
        for nth, tender in enumerate(request.tenders, 1):
            row, what = rows.get(tender.code), f"{tender.method.replace('_', ' ')} {nth}"
            if (
                row is None
                or row["kind"] != tender.method
                or row["customer_id"] not in ("", request.customer_id)
            ):
                said.append(f"{what} is not known")
            elif row["currency"] != request.currency:
                said.append(f"{what} is in {row['currency']}")
            elif row["expires_at"] is not None and row["expires_at"] <= request.now:
                said.append(f"{what} has expired")
            elif row["free_minor"] < tender.amount_minor:
                free, asked = (show(n, row["currency"]) for n in (row["free_minor"], tender.amount_minor))
                said.append(f"{what} has {free} left, not {asked}")
        return "; ".join(said)
