"""The outbox of notices, as the relay that sends them sees it."""

from dataclasses import dataclass

from activities.shared.database import Database

_CLAIM = """
UPDATE notice n SET state = 'sending', attempts = n.attempts + 1, next_at = now() + interval '30 seconds'
FROM (SELECT id, order_number FROM notice WHERE state IN ('queued', 'sending') AND next_at <= now()
      ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) due
LEFT JOIN sales_order o USING (order_number) LEFT JOIN intake_task t ON t.id = due.order_number
WHERE n.id = due.id AND (o.order_number IS NOT NULL OR t.id IS NOT NULL)
RETURNING n.id, n.order_number, n.kind, n.about, n.audience, n.data, n.attempts,
    coalesce(o.document->'customer'->>'email', t.reach->>'email') AS email,
    coalesce(o.document->'customer'->>'name', t.reach->>'name') AS name,
    coalesce(o.document->>'locale', t.reach->>'locale') AS locale"""

_SENT = "UPDATE notice SET state = 'sent', sent_at = now(), error = '' WHERE id = ANY(%s)"

_FAILED = """
UPDATE notice SET state = CASE WHEN attempts >= %s THEN 'failed' ELSE 'queued' END,
    next_at = now() + least(interval '5 minutes', attempts * attempts * interval '1 second'), error = left(%s, 500)
WHERE id = %s"""

MOST_ATTEMPTS = 30


@dataclass(frozen=True)
class DueNotice:
    """A notice that this relay claimed; `attempts` over 1: an earlier one may have got through.

    Of an intake task `order_number` is the task's id, and the customer is whom its body names.
    """

    id: int
    order_number: str
    kind: str
    about: str
    audience: str
    data: dict[str, str]
    attempts: int
    email: str
    name: str
    locale: str


class NoticeOutboxStore:
    """Claims due notices and writes down what became of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, limit: int) -> list[DueNotice]:
        """Notices to send now, oldest first; nobody else gets them for 30 seconds."""
        async with self._database.reading() as cursor:
            await cursor.execute(_CLAIM, (limit,))
            return sorted((DueNotice(**row) for row in await cursor.fetchall()), key=lambda notice: notice.id)

    async def sent(self, ids: list[int]) -> None:
        """These were taken by the mail server."""
        async with self._database.reading() as cursor:
            await cursor.execute(_SENT, (ids,))

    async def failed(self, notice_id: int, error: str) -> None:
        """Try again later, or give up after 30 attempts: the auditor then reports it."""
        async with self._database.reading() as cursor:
            await cursor.execute(_FAILED, (MOST_ATTEMPTS, error, notice_id))
