"""The inbox: what the world tells us, each event once."""

from collections.abc import Mapping
from typing import Any

import orjson

from activities.shared.database import Database

_RECEIVE = """
INSERT INTO inbox (source, event_id, payload, state, attempts, error) VALUES (%s, %s, %s::jsonb, %s, 0, '')
ON CONFLICT (source, event_id) DO NOTHING"""

KEYS = "idempotency-key"
_USED = "SELECT payload->>'fingerprint' AS fingerprint FROM inbox WHERE source = %s AND event_id = %s"


async def receive(database: Database, source: str, event_id: str, payload: Mapping[str, Any]) -> bool:
    """Store an event for the relay. False: it stands there already, nothing changed. Raises `Unavailable`."""
    async with database.reading() as cursor:
        await cursor.execute(_RECEIVE, (source, event_id, orjson.dumps(payload).decode(), "received"))
        return cursor.rowcount == 1


async def first_use(database: Database, channel: str, key: str, fingerprint: str) -> bool:
    """Bind an Idempotency-Key to a body, for ever. False: it is bound to another body. Raises `Unavailable`.

    The row is `done` from the start, so that the relay leaves it alone.
    """
    event_id = f"{channel}:{key}"
    payload = orjson.dumps({"fingerprint": fingerprint}).decode()
    async with database.reading() as cursor:
        await cursor.execute(_RECEIVE, (KEYS, event_id, payload, "done"))
        if cursor.rowcount == 1:
            return True
        await cursor.execute(_USED, (KEYS, event_id))
        row = await cursor.fetchone()
        return row is not None and row["fingerprint"] == fingerprint
