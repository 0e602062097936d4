"""The outsiders' journals for the tests of adapters."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import psycopg
import pytest

from activities.adapters.simulator.schema import create_schema
from activities.shared.database import Database

TABLES = (
    "psp_dispute", "psp_dispute_request", "psp_payment", "psp_request",
    "carrier_label", "carrier_void", "carrier_event", "webhook", "mail",
)  # fmt: skip


@pytest.fixture(scope="session")
async def journals(postgres_dsn: str) -> AsyncIterator[Database]:
    """One database with schema `sim` and nothing else: outsiders share no tables with us."""
    name = f"outside_{os.getpid()}"
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    async with Database(f"{postgres_dsn.rsplit('/', 1)[0]}/{name}") as database:
        await create_schema(database)
        yield database


@pytest.fixture
async def outside(journals: Database) -> Database:
    """Journals with nothing in them. Emptied, not made anew: a copied database costs a quarter of a second."""
    async with journals.transaction() as cursor:
        for table in TABLES:
            await cursor.execute(f"DELETE FROM sim.{table}")
    return journals
