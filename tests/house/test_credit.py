"""Credit accounts and models are reference data: put there by people's commands, all or nothing, with a way back."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from activities.order.credit_records import CreditAccounts, CreditModels
from activities.shared.database import Database
from models.order.credit_body import AccountBody, HistoryBody
from models.review.credit import score
from models.review.credit_account import features_of
from models.shared.errors import Conflict, NotFound
from starter.score.credit import load
from starter.score.credit import run as train
from tests.conftest import of_database
from tests.house.commands import run
from tests.rules.credit_made import MODEL, history
from tests.score.made_up import rows, write
from tests.stores.crediting import CUSTOMER, account, close, order, record

pytestmark = pytest.mark.engine

ADA = AccountBody(customer_id="ada", currency="EUR", limit_minor=50_000)
BOB = AccountBody(customer_id="bob", currency="JPY", limit_minor=9)


async def test_accounts_are_added_changed_and_left_alone_when_nothing_differs(database: Database) -> None:
    accounts = CreditAccounts(database)
    assert await accounts.put([BOB, ADA], "ana") == 2
    assert await accounts.put([ADA, BOB.model_copy(update={"limit_minor": 10})], "bo") == 1
    listed = [(one.customer_id, one.limit_minor, one.updated_by) for one in await accounts.page()]
    assert listed == [("ada", 50_000, "ana"), ("bob", 10, "bo")]
    assert [one.customer_id for one in await accounts.page(1, "ada")] == ["bob"]
    assert await accounts.show("eve") is None


async def test_a_view_shows_what_is_left_and_the_score_of_now(database: Database) -> None:
    months = HistoryBody.model_validate(history("high").model_dump())
    await CreditAccounts(database).put([ADA.model_copy(update={"history": months})], "ana")
    view = await CreditAccounts(database).show("ada")
    assert view is not None
    assert (view.exposure_minor, view.available_minor, view.open_orders, view.score) == (0, 50_000, 0, None)
    await CreditModels(database).add(MODEL, "ana")
    await CreditModels(database).activate("hand-1")
    view = await CreditAccounts(database).show("ada")
    assert view is not None
    assert view.score is not None
    assert (round(view.score.probability, 9), view.score.band) == (0.3, "high")


async def test_the_currency_of_a_limit_stays_while_orders_are_open_under_it(database: Database) -> None:
    await account(database, 1)
    await record(database, order(1))  # held, and open
    accounts, dollars = (
        CreditAccounts(database),
        ADA.model_copy(update={"customer_id": CUSTOMER, "currency": "USD"}),
    )
    with pytest.raises(Conflict, match="1 open orders under a credit limit in EUR") as refused:
        await accounts.put([BOB, dollars], "ana")
    assert refused.value.code == "credit_in_use"
    assert [(one.customer_id, one.currency) for one in await accounts.page()] == [(CUSTOMER, "EUR")]
    await close(database, order(1))
    assert await accounts.put([dollars], "ana") == 1


async def test_one_model_is_active_and_an_older_one_or_none_is_the_way_back(database: Database) -> None:
    models, newer = CreditModels(database), MODEL.model_copy(update={"version": "hand-2"})
    assert [await models.add(MODEL, "ana"), await models.add(MODEL, "bo"), await models.add(newer, "bo")] == [True, False, True]  # fmt: skip
    assert [one.active for one in await models.entries()] == [False, False]
    await models.activate("hand-1")
    await models.activate("hand-2")
    with pytest.raises(NotFound, match="no credit model hand-3"):
        await models.activate("hand-3")
    listed = [(one.version, one.active, one.created_by) for one in await models.entries()]
    assert listed == [("hand-1", False, "ana"), ("hand-2", True, "bo")]
    await asyncio.gather(*(models.activate(f"hand-{1 + n % 2}") for n in range(8)), models.activate(None))
    await models.activate("hand-1")
    assert [one.active for one in await models.entries()] == [True, False]
    await models.activate(None)
    assert [one.active for one in await models.entries()] == [False, False]
    with pytest.raises(Conflict, match="another model has the version hand-1"):
        await models.add(MODEL.model_copy(update={"start": 1.0}), "ana")


async def test_a_model_that_was_trained_is_stored_as_it_was_written(
    database: Database, tmp_path: Path
) -> None:
    data, saved = write(tmp_path / "accounts.csv", rows(1_200)), tmp_path / "model.json"
    train(data, None, saved)
    models, trained = CreditModels(database), load(saved)
    assert [await models.add(trained, "ana"), await models.add(load(saved), "ana")] == [True, False]
    await models.activate(trained.version)
    months = history("high")
    body = ADA.model_copy(update={"history": HistoryBody.model_validate(months.model_dump())})
    await CreditAccounts(database).put([body], "ana")
    view = await CreditAccounts(database).show("ada")
    assert view is not None
    assert view.score == score(trained, features_of(months.model_copy(update={"limit": 500.0})))


async def test_the_commands_set_show_import_activate_and_list(
    database: Database, postgres_dsn: str, tmp_path: Path
) -> None:
    url = await _url(database, postgres_dsn)
    model, months = tmp_path / "model.json", tmp_path / "months.json"
    model.write_text(MODEL.model_dump_json(), "utf-8")
    months.write_text(history("high").model_dump_json(exclude={"limit"}), "utf-8")
    sheet = tmp_path / "accounts.csv"
    sheet.write_text("customer_id,currency,limit_minor\nbob,JPY,9\nada,EUR,60000\n", "utf-8")

    def say(*words: str) -> Any:
        done = run("credit", *words, "--json", DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    set_words = ("account", "set", "ada", "--currency", "EUR", "--limit-minor")
    assert say(*set_words, "50000", "--history", str(months)) == {"customer_id": "ada", "changed": True}
    assert say(*set_words, "50000") == {"customer_id": "ada", "changed": False}  # the history stays
    assert say("model", "add", str(model), "--activate") == {
        "version": "hand-1",
        "new": True,
        "activated": True,
    }
    assert round(say("account", "show", "ada")["score"]["probability"], 9) == 0.3
    assert say("model", "activate", "none") == {"active": None}
    assert say("account", "show", "ada")["score"] is None
    assert say("model", "activate", "hand-1") == {"active": "hand-1"}
    assert [one["active"] for one in say("model", "list")["models"]] == [True]
    assert say("account", "import", str(sheet)) == {"accounts": 2, "changed": 2, "faults": []}
    assert [one["limit_minor"] for one in say("account", "list")["accounts"]] == [60_000, 9]


async def test_a_file_with_faults_changes_nothing_and_the_commands_say_so_by_their_exit_code(
    database: Database, postgres_dsn: str, tmp_path: Path
) -> None:
    url = await _url(database, postgres_dsn)
    sheet, bad = tmp_path / "accounts.csv", tmp_path / "bad.json"
    sheet.write_text("customer_id,currency,limit_minor\nada,EUR,1\nbob,XXX,-1\n", "utf-8")
    bad.write_text('{"wages": 3}', "utf-8")

    def fails(*words: str) -> subprocess.CompletedProcess[str]:
        return run("credit", *words, DATABASE_URL=url)

    done = fails("account", "import", str(sheet), "--json")
    assert done.returncode == 1
    assert [(one["row"], one["field"], one["code"]) for one in json.loads(done.stdout)["faults"]] == [
        (3, "currency", "currency_unknown"),
        (3, "limit_minor", "out_of_range"),
    ]
    set_words = ("account", "set", "ada", "--limit-minor", "5", "--currency")
    assert fails(*set_words, "XXX").returncode == 2
    assert fails(*set_words, "EUR", "--history", str(bad)).returncode == 2
    assert fails("account", "import", str(tmp_path / "none.csv")).returncode == 2
    assert fails("account", "show", "ada").returncode == 1
    assert fails("model", "add", str(bad)).returncode == 2
    assert fails("model", "activate", "hand-9").returncode == 1
    assert await CreditAccounts(database).page() == []
    assert await CreditModels(database).entries() == []
    assert run("credit", "account", "list", DATABASE_URL="postgresql://127.0.0.1:1/none").returncode == 3


async def _url(database: Database, postgres_dsn: str) -> str:
    async with database.reading() as cursor:
        await cursor.execute("SELECT current_database() AS name")
        row = await cursor.fetchone() or {}
    return of_database(postgres_dsn, row["name"])
