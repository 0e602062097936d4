"""A template in which orders lived, copied for each test."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from activities.shared.database import Database
from tests.audit.lives import fill
from tests.conftest import TEMPLATE, drop, of_database

LIVED = "orderloom_lived"
_NUMBERS = itertools.count(1)


async def _fill(dsn: str) -> None:
    async with Database(dsn, size=1) as db:
        await fill(db)


@pytest.fixture(scope="session")
def lived_dsn(postgres_dsn: str) -> str:
    """A database in which orders lived, without a fault."""
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {LIVED} TEMPLATE {TEMPLATE}")
    with ThreadPoolExecutor(1) as thread:  # this thread's loop belongs to the tests
        thread.submit(asyncio.run, _fill(of_database(postgres_dsn, LIVED))).result()
    return of_database(postgres_dsn, LIVED)


@pytest.fixture
async def books_dsn(postgres_dsn: str, lived_dsn: str) -> AsyncIterator[str]:
    """A copy of it of one test's own."""
    del lived_dsn
    name = f"books_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {LIVED}")
        yield of_database(postgres_dsn, name)
        drop(connection, name)


@pytest.fixture
async def books(books_dsn: str) -> AsyncIterator[Database]:
    """The same, opened."""
    async with Database(books_dsn, size=3) as db:
        yield db
