"""The step journal: every effect is one row, unique by its idempotency key."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from pydantic import BaseModel

from activities.shared.database import Cursor, Database
from activities.shared.effects import Intent

M = TypeVar("M", bound=BaseModel)

_BEGIN = """
INSERT INTO step_record (key, order_number, step, state, request) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (key) DO NOTHING RETURNING true AS begun"""
_FINISH = "UPDATE step_record SET state = %s, result = %s WHERE key = %s AND state = 'intended' RETURNING true AS closed"
_FORGET = "DELETE FROM step_record WHERE key = %s"
_STORED = "SELECT state, result FROM step_record WHERE key = %s"


class StepJournal:
    """Makes a database step run once, and remembers the intent and the outcome of an outside one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def once(
        self,
        key: str,
        order_number: str,
        step: str,
        result: type[M],
        work: Callable[[Cursor], Awaitable[M]],
        final: Callable[[M], bool] = lambda _: True,
    ) -> M:
        """Run `work` in one transaction unless the key is known; then give back what it gave the first time.

        An answer that is not `final` is not remembered: asked again, the step looks again.
        """
        async with self._database.transaction() as cursor:
            await cursor.execute(_BEGIN, (key, order_number, step, "intended", None))
            if await cursor.fetchone() is None:
                return await self._stored(cursor, key, result)
            answer = await work(cursor)
            if final(answer):
                await cursor.execute(_FINISH, ("done", answer.model_dump_json(), key))
            else:
                await cursor.execute(_FORGET, (key,))
            return answer

    async def intend(
        self,
        key: str,
        order_number: str,
        step: str,
        request: BaseModel,
        result: type[M],
        before: Callable[[Cursor], Awaitable[None]] | None = None,
    ) -> Intent[M]:
        """Write the intent down, with what belongs in the same transaction; or tell what is known of an earlier one."""
        async with self._database.transaction() as cursor:
            await cursor.execute(
                _BEGIN, (key, order_number, step, "intended", request.model_dump_json(exclude={"progress"}))
            )
            if await cursor.fetchone():
                if before:
                    await before(cursor)
                return Intent(repeated=False)
            await cursor.execute(_STORED, (key,))
            row = await cursor.fetchone()
            if row and row["result"] is not None:
                return Intent(repeated=True, result=result.model_validate(row["result"]))
            return Intent(repeated=True)

    @asynccontextmanager
    async def recording(self, key: str, answer: M, done: bool = True) -> AsyncIterator[Cursor | None]:
        """A transaction that closes an intent with its answer; yields None when another attempt closed it before."""
        async with self._database.transaction() as cursor:
            await cursor.execute(_FINISH, ("done" if done else "refused", answer.model_dump_json(), key))
            yield cursor if await cursor.fetchone() else None

    async def _stored(self, cursor: Cursor, key: str, result: type[M]) -> M:
        await cursor.execute(_STORED, (key,))
        row = await cursor.fetchone()
        return result.model_validate(row["result"] if row else None)
