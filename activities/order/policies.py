"""Policies as versioned data: one is active, and each that ever was can be again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from activities.order.policy_document import expect_sound, read_policy
from activities.shared.database import Cursor, Database
from models.order.policy import Policy
from models.shared.errors import NotFound

_LOCK = "SELECT pg_advisory_xact_lock(7301553909)"
_LIST = "SELECT version, name, active, created_at, created_by FROM policy_version ORDER BY version"
_GET = "SELECT version, name, active, document, created_at, created_by FROM policy_version WHERE version = %s"
_ACTIVE = "SELECT version, document FROM policy_version WHERE active"
_LAST = "SELECT coalesce(max(version), 0) AS version FROM policy_version"
_INSERT = (
    "INSERT INTO policy_version (version, name, active, document, created_by) VALUES (%s, %s, %s, %s, %s)"
)
_SWITCH_OFF = "UPDATE policy_version SET active = false WHERE active"
_SWITCH_ON = "UPDATE policy_version SET active = true WHERE version = %s"


@dataclass(frozen=True)
class PolicyEntry:
    """One stored version."""

    version: int
    name: str
    active: bool
    created_at: datetime
    created_by: str


class Policies:
    """Versions for steps that read them with every order: a version never changes, so each is read once."""

    def __init__(self) -> None:
        self._known: dict[int, Policy] = {}

    async def get(self, cursor: Cursor, version: int | None) -> Policy:
        """A stored version; None: no other than the one that ships was ever active."""
        if version is None:
            return Policy()
        if version not in self._known:
            await cursor.execute(_GET, (version,))
            stored = await cursor.fetchone()
            self._known[version] = Policy.model_validate(stored["document"] if stored else {})
        return self._known[version]


class PolicyRecords:
    """Reads and activates policy versions. Version 1 is the one that ships. Every method raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self) -> list[PolicyEntry]:
        """Every stored version, the oldest first; empty: the one that ships is active."""
        async with self._database.reading() as cursor:
            await cursor.execute(_LIST)
            return [PolicyEntry(**row) for row in await cursor.fetchall()]

    async def show(self, version: int | None = None) -> Policy:
        """One version, by default the active one. Raises `NotFound`."""
        async with self._database.reading() as cursor:
            await cursor.execute(*((_ACTIVE,) if version is None else (_GET, (version,))))
            row = await cursor.fetchone()
        if row is not None:
            return Policy.model_validate(row["document"])
        if version in (None, 1):
            return Policy()
        raise NotFound(f"there is no policy version {version}")

    async def activate(self, document: Mapping[str, Any], by: str) -> int:
        """Make a document the active version; the active one again is not stored twice. Raises `Refused`.

        What the document leaves out is as it ships.
        """
        policy = read_policy(document)
        async with self._database.transaction() as cursor:
            await cursor.execute(_LOCK)
            await cursor.execute(_ACTIVE)
            now = await cursor.fetchone()
            if now and Policy.model_validate(now["document"]) == policy.model_copy(
                update={"version": now["version"]}
            ):
                version: int = now["version"]
                return version
            version = await self._next(cursor)
            stored = policy.model_copy(update={"version": version})
            await cursor.execute(_SWITCH_OFF)
            await cursor.execute(
                _INSERT, (version, stored.name, True, Jsonb(stored.model_dump(mode="json")), by)
            )
            return version

    async def activate_version(self, version: int) -> int:
        """Make a stored version active again. Raises `NotFound`, and `Refused` when a calendar of it is wrong."""
        async with self._database.transaction() as cursor:
            await cursor.execute(_LOCK)
            await self._next(cursor)
            await cursor.execute(_GET, (version,))
            stored = await cursor.fetchone()
            if stored is None:
                raise NotFound(f"there is no policy version {version}")
            expect_sound(Policy.model_validate(stored["document"]))
            await cursor.execute(_SWITCH_OFF)
            await cursor.execute(_SWITCH_ON, (version,))
            return version

    async def _next(self, cursor: Cursor) -> int:
        """The next version's number; the policy that ships is stored first, so that one can go back to it."""
        await cursor.execute(_LAST)
        row = await cursor.fetchone()
        last = int(row["version"]) if row else 0
        if last == 0:
            shipped = Policy()
            await cursor.execute(
                _INSERT, (1, shipped.name, False, Jsonb(shipped.model_dump(mode="json")), "orderloom")
            )
            last = 1
        return last + 1
