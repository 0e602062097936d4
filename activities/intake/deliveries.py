"""Deliveries of a storefront's webhooks that were answered: rows of the inbox that are done from the start."""

from typing import Any

from psycopg.types.json import Jsonb

from activities.shared.database import Database

_KNOWN = "SELECT payload FROM inbox WHERE source = %s AND event_id = %s"
_NOTE = """
INSERT INTO inbox (source, event_id, payload, state, attempts, error) VALUES (%s, %s, %s, 'done', 0, '')
ON CONFLICT (source, event_id) DO NOTHING"""


class Deliveries:
    """Which deliveries were answered, and with what. Every method raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def answered(self, channel: str, delivery_id: str, digest: str) -> dict[str, Any] | None:
        """The answer to this body under this id; None when it is new. The id is not signed, so it counts with its body alone."""
        async with self._database.reading() as cursor:
            await cursor.execute(_KNOWN, (_source(channel), delivery_id))
            row = await cursor.fetchone()
        known = row["payload"] if row else {}
        return known["answer"] if known.get("digest") == digest else None

    async def note(self, channel: str, delivery_id: str, digest: str, answer: dict[str, Any]) -> None:
        """A delivery is done with. Written last: what dies before it is simply delivered again."""
        payload = Jsonb({"digest": digest, "answer": answer})
        async with self._database.reading() as cursor:
            await cursor.execute(_NOTE, (_source(channel), delivery_id, payload))


def _source(channel: str) -> str:
    return f"storefront:{channel}"
