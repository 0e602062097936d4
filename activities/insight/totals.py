"""What all orders add up to: outcomes, waits, money, stock and letters, over one moment of the database."""

from typing import Any

from activities.shared.database import Cursor, Database
from models.settlement.rules import COMMISSION

_OUTCOMES = "SELECT outcome AS name, count(*) AS number FROM sales_order WHERE outcome IS NOT NULL GROUP BY 1 ORDER BY 1"
_WAITS = """
SELECT CASE WHEN waiting_for = '' THEN 'working' ELSE waiting_for END AS name, count(*) AS number
FROM sales_order WHERE outcome IS NULL GROUP BY 1 ORDER BY 1"""
_STAGES = "SELECT stage AS name, count(*) AS number FROM sales_order WHERE outcome IS NULL GROUP BY 1"
# Authorised counts what was held at any time, also when it was given back since.
_MONEY = """
SELECT o.currency, sum(o.total_minor)::bigint AS ordered, sum(o.authorised_minor)::bigint AS authorised,
    sum(o.captured_minor)::bigint AS captured, sum(o.refunded_minor)::bigint AS refunded
FROM sales_order o GROUP BY 1 ORDER BY 1"""
_LEDGER = """
SELECT currency, -coalesce(sum(amount_minor) FILTER (WHERE account = %(commission)s), 0)::bigint AS commission,
    -coalesce(sum(amount_minor) FILTER (WHERE account LIKE 'merchant:%%'), 0)::bigint AS payable
FROM ledger_entry GROUP BY 1"""
_STOCK = """
SELECT coalesce(sum(on_hand), 0)::bigint AS on_hand, coalesce(sum(reserved), 0)::bigint AS reserved,
    count(DISTINCT sku) AS skus, count(DISTINCT warehouse) AS warehouses FROM stock_level"""
_MOVEMENTS = "SELECT kind AS name, sum(abs(on_hand_delta + CASE WHEN on_hand_delta = 0 THEN reserved_delta ELSE 0 END))::bigint AS number FROM stock_movement GROUP BY 1 ORDER BY 1"
_NOTICES = "SELECT kind AS name, count(*) AS number FROM notice GROUP BY 1 ORDER BY 1"
_UNTOLD = """
SELECT (SELECT count(*) FROM notice WHERE state IN ('queued', 'sending'))
    + (SELECT count(*) FROM inbox WHERE state IN ('received', 'applied')) AS number"""


class Totals:
    """Sums for summaries and boards. Every method raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def everything(self) -> dict[str, Any]:
        """`outcomes` and `waiting` count orders, `notices` letters by kind; `money` is minor units by currency,
        `stock` pieces, its `moved` pieces by kind of movement."""
        async with self._database.transaction() as cursor:
            await cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            stock = (await _rows(cursor, _STOCK))[0]
            return {
                "outcomes": await _counted(cursor, _OUTCOMES),
                "waiting": await _counted(cursor, _WAITS),
                "money": await _money(cursor),
                "stock": stock | {"moved": await _counted(cursor, _MOVEMENTS)},
                "notices": await _counted(cursor, _NOTICES),
            }

    async def board(self) -> dict[str, dict[str, int]]:
        """Open orders by `stages` and `waiting`, ended ones by `outcomes`."""
        async with self._database.reading() as cursor:
            return {
                "stages": await _counted(cursor, _STAGES),
                "waiting": await _counted(cursor, _WAITS),
                "outcomes": await _counted(cursor, _OUTCOMES),
            }

    async def untold(self) -> int:
        """Letters not sent and news not worked off."""
        async with self._database.reading() as cursor:
            return int((await _rows(cursor, _UNTOLD))[0]["number"])


async def _money(cursor: Cursor) -> dict[str, dict[str, int]]:
    money = {row.pop("currency"): row for row in await _rows(cursor, _MONEY)}
    ledger = {row.pop("currency"): row for row in await _rows(cursor, _LEDGER)}
    nothing = {"commission": 0, "payable": 0}
    return {currency: sums | ledger.get(currency, nothing) for currency, sums in money.items()}


async def _counted(cursor: Cursor, statement: str) -> dict[str, int]:
    return {str(row["name"]): int(row["number"]) for row in await _rows(cursor, statement)}


async def _rows(cursor: Cursor, statement: str) -> list[dict[str, Any]]:
    await cursor.execute(statement.encode(), {"commission": COMMISSION})
    return await cursor.fetchall()
