"""Reading for doors: short read-only sessions over an async engine of their own, apart from the steps' pool."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from models.shared.errors import Unavailable

# A board is stale after that anyway.
STATEMENT_TIMEOUT_MS = 5_000


class ReadEngine:
    """Sessions that see one moment of the database and cannot write. Every use raises `Unavailable` when it is away."""

    def __init__(self, dsn: str, size: int = 5) -> None:
        """`dsn` is a libpq URL (`postgresql://…`); connections are made when they are needed."""
        options = (
            f"-c timezone=UTC -c default_transaction_read_only=on -c statement_timeout={STATEMENT_TIMEOUT_MS}"
        )
        self._engine = create_async_engine(
            sqlalchemy_url(dsn),
            pool_size=size,
            max_overflow=0,
            pool_timeout=5,
            # A server that was restarted leaves dead connections behind.
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            connect_args={
                "options": options,
                "connect_timeout": 3,
                "application_name": "orderloom-door",
                # Prepared statements outlive a migration badly and a pooler not at all.
                "prepare_threshold": None,
            },
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One read-only transaction."""
        try:
            async with AsyncSession(self._engine, expire_on_commit=False) as session:
                yield session
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise Unavailable(f"PostgreSQL: {error}") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable(f"PostgreSQL: {error}") from error
            raise

    async def ping(self) -> None:
        """Ask the database for a sign of life."""
        async with self.session() as session:
            await (await session.connection()).execute(sqlalchemy.text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()


def sqlalchemy_url(dsn: str) -> str:
    """The same database for SQLAlchemy's psycopg dialect."""
    for scheme in ("postgresql://", "postgres://"):
        if dsn.startswith(scheme):
            return "postgresql+psycopg://" + dsn.removeprefix(scheme)
    return dsn
