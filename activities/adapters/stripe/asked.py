"""What our own record says was asked of the provider under a key: Stripe cannot be asked by idempotency key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from activities.shared.database import Database

_ASKED = "SELECT step, request, created_at FROM step_record WHERE key = %s AND request IS NOT NULL"
_OPERATIONS = {
    "authorise_payment": "authorise",
    "void_payment": "void",
    "capture_payment": "capture",
    "refund_payment": "refund",
}


@dataclass(frozen=True)
class Asked:
    """One request. `reference` empty for an authorisation, and for a void of one whose outcome is unknown."""

    operation: str
    key: str
    at: datetime
    order_number: str = ""
    amount_minor: int = 0
    currency: str = ""
    method: str = ""
    token: str = ""
    reference: str = ""
    authorise_key: str = ""


Recall = Callable[[str], Awaitable[Asked | None]]


class StepRecall:
    """Reads the step journal: the intent is written before the call, so a key that is not there was never asked with."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, key: str) -> Asked | None:
        """What was asked under the key. Raises `Unavailable`."""
        async with self._database.reading() as cursor:
            await cursor.execute(_ASKED, (key,))
            row = await cursor.fetchone()
        if row is None or row["step"] not in _OPERATIONS:
            return None
        request: dict[str, Any] = row["request"]
        named = {name: request[name] for name in Asked.__dataclass_fields__ if name in request}
        return Asked(**(named | {"operation": _OPERATIONS[row["step"]], "key": key, "at": row["created_at"]}))
