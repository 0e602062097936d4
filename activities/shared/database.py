"""The pool of PostgreSQL connections. No network call to anyone else happens inside a transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from models.shared.errors import Unavailable

Row = dict[str, Any]
Cursor = psycopg.AsyncCursor[Row]


class Database:
    """A pool over one PostgreSQL; rows are dicts, the session's time zone is UTC.

    Every method raises `Unavailable` when the server cannot be reached.
    """

    def __init__(self, dsn: str, size: int = 10, name: str = "orderloom") -> None:
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Row]] = AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=size,
            open=False,
            timeout=10,
            kwargs={
                "row_factory": dict_row,
                "autocommit": True,
                "application_name": name,
                "options": "-c timezone=UTC",
            },
            # A small pool is a tool's, which may outlive the server: look before use. A hot one finds out and tries again.
            check=AsyncConnectionPool.check_connection if size <= 2 else None,
        )

    async def open(self) -> "Database":
        """Open the pool; the first connection is made in the background."""
        await self._pool.open(wait=False)
        return self

    async def close(self) -> None:
        """Give every connection back."""
        await self._pool.close(timeout=2)

    async def __aenter__(self) -> "Database":
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Cursor]:
        """A cursor that commits each statement by itself: for reads and single writes."""
        try:
            async with self._pool.connection() as connection, connection.cursor() as cursor:
                yield cursor
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Unavailable(f"PostgreSQL: {error}") from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Cursor]:
        """A cursor inside one transaction: all of it or nothing.

        Statements are sent without waiting for the one before; a fetch waits. So ask for rows (`RETURNING`), never for `rowcount`,
        and expect a statement's error at the next fetch or at the end.
        """
        try:
            async with (
                self._pool.connection() as connection,
                connection.pipeline(),
                connection.transaction(),
                connection.cursor() as cursor,
            ):
                yield cursor
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Unavailable(f"PostgreSQL: {error}") from error
