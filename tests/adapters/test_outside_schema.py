"""The schema of the outsiders' journals stands beside ours."""

from __future__ import annotations

import asyncio

import pytest

from activities.adapters.simulator.schema import create_schema
from activities.shared.database import Database
from tests.adapters.conftest import TABLES
from tests.adapters.journals import rows

pytestmark = pytest.mark.engine


async def test_processes_that_start_together_make_it_once_and_keep_what_is_in_it(database: Database) -> None:
    async with database.reading() as cursor:
        await cursor.execute("DROP SCHEMA IF EXISTS sim CASCADE")
    await asyncio.gather(*(create_schema(database) for _ in range(5)))
    await rows(
        database,
        "INSERT INTO sim.mail (message_id, rcpt, subject, body) VALUES ('1', '2', '3', '4') RETURNING 1",
    )
    await create_schema(database)
    assert await rows(database, "SELECT rcpt FROM sim.mail") == [("2",)]
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'sim' ORDER BY 1"
    assert await rows(database, tables) == [(name,) for name in sorted(TABLES)]
