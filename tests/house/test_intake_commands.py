"""`orderloom intake …` over a real database, while Temporal is away."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from activities.intake.seeding import ProductSeed, ProductSeeding
from activities.shared.database import Database
from models.shared.errors import Conflict, NotFound, Refused
from tests.conftest import of_database
from tests.rules.order_bodies import CATALOGUE, good_body, read
from tests.stores.mending_desk import RIGHT, House, faulty, house_over
from workers.cli.intake import app

pytestmark = pytest.mark.engine
NUMBER = read(good_body()).order_number


@pytest.fixture
async def house(
    database: Database, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> House:
    """Tasks in a database that the commands find, and no Temporal."""
    await ProductSeeding(database).put_products(
        ProductSeed.model_validate(entry.model_dump()) for entry in CATALOGUE.values()
    )
    made = house_over(database)
    ((name,),) = await made.rows("SELECT current_database()")
    monkeypatch.setenv("DATABASE_URL", of_database(postgres_dsn, name))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    monkeypatch.setenv("ORDERLOOM_HOME", str(tmp_path))
    return made


async def said(*words: str) -> Result:
    """One command, in a thread: it brings a loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        ended = asyncio.get_running_loop().run_in_executor(thread, CliRunner().invoke, app, list(words))
        return await ended


def told(ended: Result) -> tuple[int, dict[str, Any]]:
    return ended.exit_code, json.loads(ended.stdout)


async def test_a_task_is_found_shown_claimed_and_mended_to_an_order(house: House) -> None:
    task = await house.hold(faulty())
    code, page = told(await said("tasks", "--json"))
    assert (code, [(one["id"], one["faults"]) for one in page["tasks"]]) == (0, [(task.id, 2)])
    shown = await said("show", task.id)
    assert shown.exit_code == 0
    assert '"city": "Berlin"' in shown.stdout
    assert "total_mismatch" in shown.stdout
    code, claimed = told(await said("claim", task.id, "--by", "ana", "--json"))
    assert (code, claimed["owner"]) == (0, "ana")
    patch = json.dumps({"total_minor": 6190})
    code, kept = told(await said("mend", task.id, "--by", "ana", "--patch", patch, "--json"))
    assert (code, kept["state"], [one["pointer"] for one in kept["problems"]]) == (
        1,
        "open",
        ["/ship_to/postcode"],
    )
    assert await house.orders() == set()
    mended = await said("mend", task.id, "--by", "ana", "--patch", json.dumps(RIGHT))
    assert (mended.exit_code, mended.stdout.split(": ")[-1].strip()) == (0, f"mended {NUMBER}")
    assert await house.orders() == {NUMBER}
    code, page = told(await said("tasks", "--json"))
    assert (code, page["tasks"]) == (0, [])


async def test_a_task_is_dropped_with_a_reason(house: House, tmp_path: Path) -> None:
    task = await house.hold(faulty())
    assert (await said("drop", task.id, "--by", "ana")).exit_code == 2
    code, dropped = told(await said("drop", task.id, "--by", "ana", "--why", "a joke", "--json"))
    assert (code, dropped["state"], dropped["why"]) == (0, "dropped", "a joke")
    patch = tmp_path / "patch.json"
    patch.write_text(json.dumps(RIGHT), "utf-8")
    late = await said("mend", task.id, "--by", "ana", "--patch", f"@{patch}")
    assert isinstance(late.exception, Conflict)
    assert await house.orders() == set()


async def test_wrong_use_changes_nothing(house: House) -> None:
    task = await house.hold(faulty())
    for words in (
        ("mend", task.id, "--by", "ana", "--patch", "{"),
        ("mend", task.id, "--by", "ana", "--patch", "[]"),
        ("mend", task.id, "--by", "ana", "--patch", "@nowhere.json"),
        ("mend", task.id, "--patch", "{}"),
        ("tasks", "--after", "soon"),
        ("tasks", "--state", "lost"),
    ):
        assert (await said(*words)).exit_code == 2
    refused = await said("mend", task.id, "--by", "ana", "--patch", '{"channel": "app"}')
    assert isinstance(refused.exception, Refused)
    assert isinstance((await said("show", "task-none")).exception, NotFound)
    assert (await house.tasks.task(task.id)) == task
