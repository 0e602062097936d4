"""The inbox, as the relay that works it off sees it."""

from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from activities.shared.database import Cursor, Database

_CLAIM = """
UPDATE inbox i SET attempts = i.attempts + 1, next_at = now() + interval '15 seconds'
FROM (SELECT source, event_id FROM inbox WHERE state IN ('received', 'applied') AND next_at <= now()
      ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED) due
WHERE i.source = due.source AND i.event_id = due.event_id
RETURNING i.source, i.event_id, i.payload, i.signals, i.state, i.attempts, i.received_at"""

_APPLIED = "UPDATE inbox SET state = 'applied', signals = %s WHERE source = %s AND event_id = %s"

_DONE = """
UPDATE inbox SET state = 'done', error = '' FROM unnest(%s::text[], %s::text[]) AS d(source, event_id)
WHERE inbox.source = d.source AND inbox.event_id = d.event_id"""

_LATER = """
UPDATE inbox SET state = CASE WHEN attempts >= %s THEN 'dead' ELSE state END,
    next_at = now() + least(interval '1 minute', attempts * interval '500 milliseconds'), error = left(%s, 500)
WHERE source = %s AND event_id = %s"""

MOST_ATTEMPTS = 60


@dataclass(frozen=True)
class DueEvent:
    """An event that this relay claimed. `signals` stand when it was applied already but perhaps not told."""

    source: str
    event_id: str
    payload: dict[str, Any]
    signals: list[dict[str, Any]] | None
    state: str
    attempts: int
    received_at: Any


class InboxStore:
    """Claims due events and writes down what became of them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def claim(self, limit: int) -> list[DueEvent]:
        """Events to work off, oldest first; nobody else gets them for 15 seconds."""
        async with self.database.reading() as cursor:
            await cursor.execute(_CLAIM, (limit,))
            return sorted(
                (DueEvent(**row) for row in await cursor.fetchall()), key=lambda event: event.received_at
            )

    async def applied(self, cursor: Cursor, event: DueEvent, signals: list[dict[str, Any]]) -> None:
        """In the transaction that applied the event: what still has to be told."""
        await cursor.execute(_APPLIED, (Jsonb(signals), event.source, event.event_id))

    async def done(self, events: list[DueEvent]) -> None:
        """Everything was told."""
        columns = ([event.source for event in events], [event.event_id for event in events])
        async with self.database.reading() as cursor:
            await cursor.execute(_DONE, columns)

    async def later(self, event: DueEvent, error: str) -> None:
        """Try again later; after 60 attempts it is dead, and the auditor reports it."""
        async with self.database.reading() as cursor:
            await cursor.execute(_LATER, (MOST_ATTEMPTS, error, event.source, event.event_id))
