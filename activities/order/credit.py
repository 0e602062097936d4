"""Credit as orders meet it: the account's limit, what open orders owe under it, and the score. For the steps of other stages.

No counter is kept. What a customer owes is summed up from the orders while the account's row is locked, so that of orders
recorded at once each sees those before it.
"""

from typing import Any

from activities.order import store as orders
from activities.shared.database import Cursor
from models.order.credit import CreditStanding, scored
from models.order.messages import Fact, Order
from models.review.credit import CreditModel
from models.review.credit_account import CreditAccount
from models.shared.money import show

# Counted in their turn: those that fitted, and those that a person let pass. The caller holds the account's lock.
EXPOSURE = """
SELECT coalesce(sum(greatest(o.total_minor - o.captured_minor, 0)), 0)::bigint AS exposure, count(*) AS orders
FROM credit_use u JOIN sales_order o USING (order_number)
WHERE u.customer_id = %s AND u.currency = %s AND u.turn IS NOT NULL AND o.closed_at IS NULL"""

_MODEL = "SELECT document FROM credit_model WHERE version = %s"
_USE = """
INSERT INTO credit_use (order_number, customer_id, currency, limit_minor, exposure_minor, turn)
VALUES (%s, %s, %s, %s, %s, CASE WHEN %s THEN nextval('credit_turn') END)"""
_LOCK_ACCOUNT = """
SELECT customer_id, currency, limit_minor FROM credit_account WHERE customer_id = (
    SELECT customer_id FROM credit_use WHERE order_number = %s AND turn IS NULL) FOR UPDATE"""
_APPROVE = """
UPDATE credit_use SET turn = nextval('credit_turn'), approved_at = now() WHERE order_number = %s AND turn IS NULL"""


class Credit:
    """What a step needs of accounts and models. A model never changes, so the one in use is read once."""

    def __init__(self) -> None:
        self._model: CreditModel | None = None

    async def standing(
        self, cursor: Cursor, order: Order, account: dict[str, Any] | None, model_version: str | None
    ) -> CreditStanding | None:
        """How an order stands to its customer's account, whose row the caller has locked; None without an account.

        One statement more for customers with an account, and one for a model that was not in use before.
        """
        if account is None:
            return None
        limit_minor, currency = account["limit_minor"], account["currency"]
        await cursor.execute(EXPOSURE, (order.customer.customer_id, currency))
        owed = await cursor.fetchone() or {}
        history = CreditAccount.model_validate(account["history"])
        score, features = scored(await self._of(cursor, model_version), history, limit_minor, currency)
        return CreditStanding(
            currency=currency,
            limit_minor=limit_minor,
            exposure_minor=owed["exposure"],
            order_currency=order.currency,
            order_minor=order.total_minor,
            score=score,
            features=features,
        )

    async def _of(self, cursor: Cursor, version: str | None) -> CreditModel | None:
        if version is None:
            return None
        if self._model is None or self._model.version != version:
            await cursor.execute(_MODEL, (version,))
            row = await cursor.fetchone()
            self._model = CreditModel.model_validate(row["document"] if row else None)
        return self._model


async def use_credit(cursor: Cursor, order: Order, standing: CreditStanding | None) -> None:
    """Write down how a recorded order stands: one that fits counts from now on. Another currency is not written."""
    if standing is not None and standing.comparable:
        values = (standing.currency, standing.limit_minor, standing.with_order_minor, standing.fits)
        await cursor.execute(_USE, (order.order_number, order.customer.customer_id, *values))


async def approve_use(cursor: Cursor, order_number: str) -> None:
    """An order over the limit goes on because a person said so: it counts from now on. Again, it changes nothing."""
    await cursor.execute(_LOCK_ACCOUNT, (order_number,))
    account = await cursor.fetchone()
    if account is None or not await orders.lock(cursor, order_number):
        return
    await cursor.execute(_APPROVE, (order_number,))
    await cursor.execute(EXPOSURE, (account["customer_id"], account["currency"]))
    owed = await cursor.fetchone() or {}
    exposure, limit = (
        show(amount, account["currency"]) for amount in (owed["exposure"], account["limit_minor"])
    )
    why = f"approved over the credit limit of {limit}: open orders on credit owe {exposure}"
    data = {
        "currency": account["currency"],
        "exposure_minor": owed["exposure"],
        "limit_minor": account["limit_minor"],
    }
    await orders.write_facts(cursor, order_number, (Fact(what="on_credit", why=why, data=data),))
