"""Gift cards and store credit by command: issued once, shown with every movement, owed until they are used up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from activities.shared.database import Database
from tests.conftest import of_database
from tests.house.commands import run

pytestmark = pytest.mark.engine


@pytest.fixture
async def where(database: Database, postgres_dsn: str) -> dict[str, str]:
    """The environment that names the test's database."""
    async with database.reading() as cursor:
        await cursor.execute("SELECT current_database() AS name")
        row = await cursor.fetchone()
    assert row
    return {"DATABASE_URL": of_database(postgres_dsn, row["name"])}


def told(where: dict[str, str], *words: str, code: int = 0) -> Any:
    """What a command answers as JSON, with the exit code that it should end with."""
    ended = run("stored-value", *words, "--json", **where)
    assert ended.returncode == code, ended.stderr
    return json.loads(ended.stdout) if ended.stdout else ended.stderr


async def test_a_gift_card_is_issued_once_and_owed(where: dict[str, str], database: Database) -> None:
    issue = ("issue", "GIFT-1", "--currency", "EUR", "--amount-minor", "5000", "--expires", "2030-01-01")
    assert told(where, *issue)["balance_minor"] == 5_000
    assert "GIFT-1 exists already" in told(where, *issue, code=1)
    shown = told(where, "show", "GIFT-1")
    assert (shown["balance_minor"], [one["kind"] for one in shown["movements"]]) == (5_000, ["issued"])
    assert shown["expires_at"].startswith("2030-01-01")
    (owed,) = told(where, "liability")["liability"]
    assert (owed["kind"], owed["currency"], owed["number"], owed["balance_minor"]) == (
        "gift_card",
        "EUR",
        1,
        5_000,
    )
    async with database.reading() as cursor:
        await cursor.execute("SELECT count(*) AS n FROM ledger_transaction")
        assert await cursor.fetchone() == {"n": 1}


async def test_every_fault_is_told_at_once_and_nothing_is_issued(
    where: dict[str, str], database: Database
) -> None:
    words = ("issue", "\x07", "--currency", "XXX", "--amount-minor", "1", "--kind", "store_credit")
    said = told(where, *words, code=2)
    assert all(part in said for part in ("CODE", "--currency", "--customer"))
    assert "there is no GIFT-2" in told(where, "show", "GIFT-2", code=1)
    async with database.reading() as cursor:
        await cursor.execute("SELECT count(*) AS n FROM stored_value")
        assert await cursor.fetchone() == {"n": 0}
