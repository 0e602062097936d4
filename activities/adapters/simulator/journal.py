"""One statement against an outsider's journal, and the small values that journals are keyed by."""

import hashlib
import json
from collections.abc import Mapping

from activities.shared.database import Database, Row
from activities.shared.failures import OutcomeUnknown, RequestConflict
from models.shared.errors import Unavailable

# Every webhook of a statement goes through this: one row for each of `delays` (seconds from now).
ENQUEUE = "INSERT INTO sim.webhook (source, event_id, subject, payload, deliver_at, next_at)"


async def run(db: Database, statement: str, values: Mapping[str, object]) -> list[Row]:
    """Run one statement, which commits by itself. Raises `OutcomeUnknown` when the connection broke."""
    try:
        async with db.reading() as cursor:
            await cursor.execute(statement.encode(), values)
            return await cursor.fetchall()
    except Unavailable as error:
        raise OutcomeUnknown(f"the simulator's journal: {error}") from error


def fingerprint(operation: str, **body: object) -> str:
    """A digest of what was asked: the same for the same request only."""
    return _digest(json.dumps([operation, body], sort_keys=True, default=str))


def made_id(prefix: str, *parts: object) -> str:
    """An id computed from what it names, so that a repeat has the same."""
    return f"{prefix}_{_digest(json.dumps(parts, default=str))[:24]}"


def expect_same(row: Row, asked: str, key: str) -> None:
    """Raise `RequestConflict` when the stored request under `key` was another one."""
    if row["fingerprint"] != asked:
        raise RequestConflict(f"key {key} was used with another body")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
