"""Credit accounts and credit models as reference data: written by people's commands, read by steps and doors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from activities.order.credit import EXPOSURE
from activities.shared.database import Cursor, Database, Row
from models.order.credit import scored
from models.order.credit_body import AccountBody
from models.review.credit import CreditModel, CreditScore
from models.review.credit_account import CreditAccount
from models.shared.errors import Conflict, NotFound
from models.shared.messages import Message

LIST_LIMIT = 500

# An account that is as it should be keeps its time and hand.
_PUT = """
INSERT INTO credit_account AS a (customer_id, currency, limit_minor, history, updated_by) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (customer_id) DO UPDATE SET currency = excluded.currency, limit_minor = excluded.limit_minor,
    history = excluded.history, updated_at = now(), updated_by = excluded.updated_by
WHERE (a.currency, a.limit_minor, a.history) IS DISTINCT FROM (excluded.currency, excluded.limit_minor, excluded.history)
RETURNING customer_id"""
_LOCK = "SELECT currency FROM credit_account WHERE customer_id = %s FOR UPDATE"
_OTHERS = """
SELECT u.currency, count(*) AS orders FROM credit_use u JOIN sales_order o USING (order_number)
WHERE u.customer_id = %s AND u.currency <> %s AND o.closed_at IS NULL GROUP BY u.currency ORDER BY u.currency LIMIT 1"""
_GET = """
SELECT customer_id, currency, limit_minor, history, updated_at, updated_by FROM credit_account WHERE customer_id = %s"""
_PAGE = """
SELECT customer_id, currency, limit_minor, updated_at, updated_by FROM credit_account WHERE customer_id > %s
ORDER BY customer_id LIMIT %s"""
_ACTIVE = "SELECT document FROM credit_model WHERE active"

_LOCK_MODELS = "SELECT pg_advisory_xact_lock(7301553910)"
_MODELS = "SELECT version, active, created_at, created_by FROM credit_model ORDER BY created_at, version"
_MODEL = "SELECT document FROM credit_model WHERE version = %s"
_ADD = "INSERT INTO credit_model (version, active, document, created_by) VALUES (%s, false, %s, %s)"
_SWITCH_OFF = "UPDATE credit_model SET active = false WHERE active"
_SWITCH_ON = "UPDATE credit_model SET active = true WHERE version = %s RETURNING version"


class AccountRow(Message):
    """One account in a list; the limit in minor units of its currency."""

    customer_id: str
    currency: str
    limit_minor: int
    updated_at: datetime
    updated_by: str


class CreditView(AccountRow):
    """An account with what is used of it now. `available_minor` is never below 0; `score` is the active model's, if any."""

    history: CreditAccount
    exposure_minor: int
    available_minor: int
    open_orders: int
    score: CreditScore | None = None


@dataclass(frozen=True)
class ModelEntry:
    """One stored model."""

    version: str
    active: bool
    created_at: datetime
    created_by: str


class CreditAccounts:
    """Every method raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, accounts: Sequence[AccountBody], by: str) -> int:
        """Add accounts, or change those that differ, all or none; returns how many changed.

        Orders that were let in before stay so, also over a lower limit. Raises `Conflict` when an account would change its
        currency while orders are open under the old one.
        """
        changed = 0
        async with self._database.transaction() as cursor:
            for one in sorted(accounts, key=lambda one: one.customer_id):
                await _expect_no_other_currency(cursor, one)
                history = Jsonb(one.history.model_dump(mode="json"))
                await cursor.execute(_PUT, (one.customer_id, one.currency, one.limit_minor, history, by))
                changed += await cursor.fetchone() is not None
        return changed

    async def show(self, customer_id: str) -> CreditView | None:
        """A customer's account, what open orders owe under it, and its score now; None when there is none."""
        async with self._database.transaction() as cursor:
            await cursor.execute(_GET, (customer_id,))
            account = await cursor.fetchone()
            if account is None:
                return None
            await cursor.execute(EXPOSURE, (customer_id, account["currency"]))
            owed = await cursor.fetchone() or {}
            await cursor.execute(_ACTIVE)
            row = await cursor.fetchone()
        return _view(account, owed, CreditModel.model_validate(row["document"]) if row else None)

    async def page(self, limit: int = LIST_LIMIT, after: str = "") -> list[AccountRow]:
        """Accounts by customer; `after` is the last customer of the page before."""
        async with self._database.reading() as cursor:
            await cursor.execute(_PAGE, (after, max(1, min(limit, LIST_LIMIT))))
            return [AccountRow.model_validate(row) for row in await cursor.fetchall()]


async def _expect_no_other_currency(cursor: Cursor, account: AccountBody) -> None:
    await cursor.execute(_LOCK, (account.customer_id,))
    now = await cursor.fetchone()
    if now is None or now["currency"] == account.currency:
        return
    await cursor.execute(_OTHERS, (account.customer_id, account.currency))
    other = await cursor.fetchone()
    if other is not None:
        raise Conflict(
            "credit_in_use",
            f"{account.customer_id} has {other['orders']} open orders under a credit limit in {other['currency']}:"
            " the currency can change once they are closed",
        )


def _view(account: Row, owed: Row, model: CreditModel | None) -> CreditView:
    history = CreditAccount.model_validate(account["history"])
    score, _ = scored(model, history, account["limit_minor"], account["currency"])
    return CreditView(
        **account | {"history": history},
        exposure_minor=owed["exposure"],
        available_minor=max(account["limit_minor"] - owed["exposure"], 0),
        open_orders=owed["orders"],
        score=score,
    )


class CreditModels:
    """Trained models by their own versions. One is active, or none: then nobody is scored. Every method raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self) -> list[ModelEntry]:
        """Every stored model, the oldest first."""
        async with self._database.reading() as cursor:
            await cursor.execute(_MODELS)
            return [ModelEntry(**row) for row in await cursor.fetchall()]

    async def add(self, model: CreditModel, by: str) -> bool:
        """Store a model, not active; False when it is there already. Raises `Conflict` for another one of its version."""
        async with self._database.transaction() as cursor:
            await cursor.execute(_LOCK_MODELS)
            await cursor.execute(_MODEL, (model.version,))
            there = await cursor.fetchone()
            if there is None:
                await cursor.execute(_ADD, (model.version, Jsonb(model.model_dump(mode="json")), by))
                return True
        if CreditModel.model_validate(there["document"]) != model:
            raise Conflict("version_reused", f"another model has the version {model.version}")
        return False

    async def activate(self, version: str | None) -> None:
        """Make a stored model the active one; None: no model. Orders recorded before keep their score. Raises `NotFound`."""
        async with self._database.transaction() as cursor:
            await cursor.execute(_LOCK_MODELS)
            await cursor.execute(_SWITCH_OFF)
            if version is not None:
                await cursor.execute(_SWITCH_ON, (version,))
                if await cursor.fetchone() is None:
                    raise NotFound(f"there is no credit model {version}")
