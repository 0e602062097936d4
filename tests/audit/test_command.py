"""`orderloom audit` and the addresses that it works with."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from activities.shared.database import Database
from models.shared.errors import Unavailable
from starter.cli.audit import audit
from starter.endpoints import Endpoints, resolve
from starter.settings import Settings

NOWHERE = "postgresql://nobody@127.0.0.1:9/none"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No addresses in the environment, and a data folder of the test's own."""
    for name in ("DATABASE_URL", "TEMPORAL_ADDRESS", "ORDERLOOM_DATABASE_URL", "ORDERLOOM_TEMPORAL_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ORDERLOOM_HOME", str(tmp_path))


def run(*arguments: str) -> Result:
    """Run the command as the only one of a program."""
    app = typer.Typer()
    app.command()(audit)
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def remember(folder: Path, **addresses: str) -> None:
    (folder / "endpoints.json").write_text(json.dumps(addresses), encoding="utf-8")


@pytest.mark.engine
async def test_clean_books_end_with_0(books_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = await _run_beside(books_dsn, monkeypatch, "--sample", "0")
    assert said.exit_code == 0
    assert said.stdout.rstrip().endswith("clean")
    assert "stock_replays" in said.stdout


@pytest.mark.engine
async def test_findings_end_with_1_and_stand_in_the_json(
    books: Database, books_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with books.transaction() as cursor:
        await cursor.execute("UPDATE inbox SET state = 'dead', attempts = 60, error = 'no order'")
    said = await _run_beside(books_dsn, monkeypatch, "--sample", "0", "--json")
    assert said.exit_code == 1
    assert json.loads(said.stdout)["findings"] == [
        {"invariant": "inbox_drains", "subject": "psp evt-1", "detail": "dead after 60 attempts: no order"}
    ]


def test_wrong_use_ends_with_2() -> None:
    assert run("--sample", "-1").exit_code == 2


def test_without_addresses_it_ends_with_3_and_names_both(tmp_path: Path) -> None:
    said = run()
    assert said.exit_code == 3
    assert " ".join(said.stderr.split()) == (
        "cannot audit: no address of a service: set DATABASE_URL and TEMPORAL_ADDRESS, or start `orderloom up`,"
        f" which writes {tmp_path / 'endpoints.json'}"
    )


def test_a_database_that_is_away_ends_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    said = run("--sample", "0")
    assert (said.exit_code, said.stderr.split(":")[0]) == (3, "cannot audit")


def test_the_environment_wins_over_what_up_remembered(tmp_path: Path) -> None:
    remember(
        tmp_path,
        database_url="postgresql://a/b",
        temporal_address="h:1",
        door="http://d",
        temporal_ui="http://u",
    )
    assert resolve(Settings(home=tmp_path, database_url="postgresql://mine/x", door_port=8080)) == Endpoints(
        database_url="postgresql://mine/x",
        temporal_address="h:1",
        door="http://127.0.0.1:8080",
        temporal_ui="http://u",
    )


def test_only_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="set TEMPORAL_ADDRESS, or start"):
        resolve(Settings(home=tmp_path, database_url="postgresql://mine/x"))


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "endpoints.json").write_text("{", encoding="utf-8")
    with pytest.raises(Unavailable, match="start `orderloom up` again"):
        resolve(Settings(home=tmp_path))


async def _run_beside(dsn: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """The command has a loop of its own: it runs in a thread."""
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    return await asyncio.to_thread(run, *arguments)
