"""One PostgreSQL for the session, one fresh database for each test that asks for it."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import NullPool, create_engine

from activities.adapters.simulator.schema import create_schema
from activities.insight.audit import audit
from activities.shared.database import Database
from workers.engine import LocalPostgres
from workers.migrate import alembic_config, sqlalchemy_url

TEMPLATE = "orderloom_template"
_NUMBERS = itertools.count(1)


def prepare_template(dsn: str) -> None:
    """Fill the database that every test's database is a copy of: the newest schema, ours and the outsiders', no rows."""
    # No pool: a database that somebody is still connected to cannot be copied.
    engine = create_engine(sqlalchemy_url(dsn), poolclass=NullPool)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    with ThreadPoolExecutor(1) as thread:  # this thread's loop belongs to the tests
        thread.submit(asyncio.run, _create_journals(dsn)).result()


async def _create_journals(dsn: str) -> None:
    async with Database(dsn, size=1) as database:
        await create_schema(database)


@pytest.fixture(scope="session")
def postgres_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that lives as long as the session; its role may create databases."""
    server = LocalPostgres(Path(tmp_path_factory.mktemp("postgres")))
    dsn = server.start()
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        prepare_template(of_database(dsn, TEMPLATE))
        yield dsn
    finally:
        server.stop()


@pytest.fixture
async def database(postgres_dsn: str, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database of one test's own: a copy of the template, audited and dropped afterwards.

    The audit fails a test that left a fault behind, unless the test is marked `plants_faults`.
    """
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        try:
            async with Database(of_database(postgres_dsn, name)) as database:
                yield database
                if request.node.get_closest_marker("plants_faults") is None:
                    await expect_clean(database)
        finally:
            drop(connection, name)


def drop(connection: psycopg.Connection[object], name: str) -> None:
    """Drop a database. A vacuum of the server's own may be at work in it for a moment, which our role must not end."""
    for left in reversed(range(50)):
        try:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
            return
        except psycopg.errors.InsufficientPrivilege:
            if not left:
                raise
            time.sleep(0.1)


async def expect_clean(database: Database) -> None:
    """Fail when an invariant is broken. Without orders the journals are those of an outsider tested alone."""
    async with database.reading() as cursor:
        await cursor.execute("SELECT EXISTS (SELECT FROM sales_order) AS some")
        row = await cursor.fetchone()
    report = await audit(database, None, journals=bool(row and row["some"]), grace_s=3_600)
    found = [f"{one.invariant} {one.subject}: {one.detail}" for one in report.findings]
    assert found == [], (
        "the audit found what this test left behind (mark it plants_faults if it does so on purpose)"
    )


def of_database(dsn: str, name: str) -> str:
    """The same server's connection string for another database."""
    return f"{dsn.rsplit('/', 1)[0]}/{name}"
