"""Drafts of orders: written without any effect, and confirmed as one order."""

from datetime import datetime
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from activities.intake.sources import LOCK_SOURCE
from activities.intake.taken import TakenOrders
from activities.shared.database import Cursor, Database, Row
from models.intake.drafts import Draft
from models.order.messages import Order, Verdict
from models.shared.errors import Conflict, ErrorCode, NotFound

# The attempt to start the workflow at once goes first; see `starter.taking`.
HEAD_START_S = 1.0

_DRAFT = "SELECT *, expires_at <= now() AS expired FROM order_draft WHERE id = %(id)s"
_LOCKED = "SELECT *, expires_at <= now() AS expired FROM order_draft WHERE id = %(id)s FOR UPDATE"
_WRITE = """
INSERT INTO order_draft (id, fingerprint, body, version, order_number, expires_at)
VALUES (%(id)s, %(fingerprint)s, %(body)s, 1, '', now() + make_interval(secs => %(ttl_s)s))
ON CONFLICT (id) DO NOTHING RETURNING *"""
# Those that expired a day ago go when another one comes.
_SWEEP = """
DELETE FROM order_draft WHERE id IN (
    SELECT id FROM order_draft WHERE answer IS NULL AND expires_at < now() - interval '1 day' LIMIT 50 FOR UPDATE SKIP LOCKED)"""
_CHANGE = """
UPDATE order_draft SET body = %(body)s, version = version + 1, updated_at = now(),
    expires_at = now() + make_interval(secs => %(ttl_s)s)
WHERE id = %(id)s AND version = %(version)s AND answer IS NULL AND expires_at > now() RETURNING *"""
_CONFIRM = """
UPDATE order_draft SET body = %(body)s, order_number = %(order_number)s, answer = %(answer)s, version = version + 1, updated_at = now()
WHERE id = %(id)s RETURNING *"""
_DELETE = """
DELETE FROM order_draft WHERE id = %(id)s AND version = %(version)s AND answer IS NULL RETURNING id"""


class DraftBook:
    """Writes drafts. Every method raises `Unavailable`; changes are by compare-and-set."""

    def __init__(self, database: Database, taken: TakenOrders, ttl_s: float) -> None:
        """`ttl_s`: how many seconds a draft lives after its last change."""
        self._database = database
        self._taken = taken
        self._ttl_s = ttl_s

    async def write(self, draft_id: str, body: dict[str, Any], fingerprint: str) -> Draft:
        """A new draft, or the one that stands under this id. Raises `Conflict` (`key_reused`) when that began with another body."""
        values = {"id": draft_id, "fingerprint": fingerprint, "body": Jsonb(body), "ttl_s": self._ttl_s}
        async with self._database.transaction() as cursor:
            await cursor.execute(_SWEEP)
            row = await _row(cursor, _WRITE, values) or await _row(cursor, _DRAFT, values)
            draft = _draft(row, draft_id)
        if draft.fingerprint != fingerprint:
            raise Conflict(ErrorCode.KEY_REUSED, "the Idempotency-Key was used with another body")
        return draft

    async def draft(self, draft_id: str) -> Draft:
        """One draft. Raises `NotFound`."""
        async with self._database.reading() as cursor:
            return _draft(await _row(cursor, _DRAFT, {"id": draft_id}), draft_id)

    async def change(self, draft: Draft, body: dict[str, Any]) -> Draft | None:
        """Another body. None: it was changed, confirmed, deleted or expired in between."""
        values = {"id": draft.id, "version": draft.version, "body": Jsonb(body), "ttl_s": self._ttl_s}
        async with self._database.transaction() as cursor:
            row = await _row(cursor, _CHANGE, values)
        return _draft(row, draft.id) if row else None

    async def confirm(self, draft: Draft, order: Order, body: dict[str, Any], now: datetime) -> Draft | None:
        """Take the order of a draft into the book, in one transaction. None: it was changed, confirmed or expired in between.

        `now` is UTC. Raises `Conflict` when another order has the same source.
        """
        async with self._database.transaction() as cursor:
            await cursor.execute(LOCK_SOURCE, (order.channel, order.source_id))
            row = await _row(cursor, _LOCKED, {"id": draft.id})
            if row is None or row["version"] != draft.version or row["expired"]:
                return None
            answer = await self._taken.enter(cursor, order, now, HEAD_START_S)
            if answer.verdict is not Verdict.ACCEPTED:
                raise Conflict(answer.verdict, f"{order.channel} has another order {order.source_id}")
            values = {
                "id": draft.id, "body": Jsonb(body), "order_number": order.order_number,
                "answer": Jsonb(answer.model_dump(mode="json")),
            }  # fmt: skip
            return _draft(await _row(cursor, _CONFIRM, values), draft.id)

    async def delete(self, draft: Draft) -> bool:
        """Forget a draft. False: it was changed or confirmed in between."""
        async with self._database.transaction() as cursor:
            return await _row(cursor, _DELETE, {"id": draft.id, "version": draft.version}) is not None


def _draft(row: Row | None, draft_id: str) -> Draft:
    if row is None:
        raise NotFound(f"there is no draft {draft_id}")
    return Draft.model_validate(row)


async def _row(cursor: Cursor, sql: LiteralString, values: dict[str, Any]) -> Row | None:
    await cursor.execute(sql, values)
    return await cursor.fetchone()
