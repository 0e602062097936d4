"""What a customer owes under a limit: exact whatever comes at once, whoever is killed, however often a step runs."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import psycopg
import pytest

from activities.intake.store import IntakeRecords
from activities.order.credit_records import CreditModels
from activities.review.store import ReviewRecords
from activities.shared.database import Database
from models.intake.messages import Recorded
from models.order.states import RiskVerdict
from models.review.messages import Authorised, PaymentStatus, RecordVerdict
from models.shared.errors import Unavailable
from models.shared.ids import step_key
from tests.rules.credit_made import MODEL
from tests.rules.order_bodies import NOW
from tests.stores.crediting import (
    PRICE,
    account,
    close,
    fits,
    intend,
    order,
    owed,
    progress,
    record,
    rows,
    shown,
    verdict,
    write,
)

pytestmark = pytest.mark.engine


async def test_a_customer_without_an_account_stands_to_nothing_and_leaves_nothing(database: Database) -> None:
    await CreditModels(database).add(MODEL, "ana")
    await CreditModels(database).activate(MODEL.version)
    assert (await record(database, order(1))).credit is None
    assert await rows(database, "SELECT 1 FROM credit_use") == []


async def test_each_order_sees_what_those_before_it_owe_and_a_repeat_sees_what_it_saw(
    database: Database,
) -> None:
    await account(database, 2 * PRICE + 1)
    first, second, third = [await record(database, order(n)) for n in (1, 2, 3)]
    seen = [one.credit.exposure_minor for one in (first, second, third) if one.credit]
    assert (seen, [fits(one) for one in (first, second, third)]) == (
        [0, PRICE, 2 * PRICE],
        [True, True, False],
    )
    assert await record(database, order(1)) == first
    assert await record(database, order(3)) == third
    assert await owed(database) == (2 * PRICE, 2)
    view = await shown(database)
    assert (view.limit_minor, view.available_minor) == (2 * PRICE + 1, 1)


async def test_of_200_orders_at_once_exactly_50_fit_whoever_is_killed_and_however_often_a_step_runs(
    database: Database, postgres_dsn: str
) -> None:
    await account(database, 50 * PRICE + PRICE // 2)
    intake, chance = IntakeRecords(database), random.Random(7)
    name = (await rows(database, "SELECT current_database() AS name"))[0]["name"]
    going = True

    async def stubborn(nth: int) -> Recorded:
        """What the workflow does: the same step under the same key until it answers; some answers are lost on the way."""
        while True:
            step = asyncio.create_task(record(database, order(nth), intake))
            if chance.random() < 0.2:
                await asyncio.sleep(chance.random() * 0.05)
                step.cancel()
            try:
                answer = await step
            except (asyncio.CancelledError, Unavailable, psycopg.Error):
                await asyncio.sleep(0.01)
                continue
            if chance.random() > 0.2:
                return answer

    async def killer() -> int:
        kills = 0
        async with await psycopg.AsyncConnection.connect(postgres_dsn, autocommit=True) as connection:
            while going:
                cursor = await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND application_name = 'orderloom' AND state <> 'idle' AND random() < 0.3",
                    (name,),
                )
                kills += len(await cursor.fetchall())
                await asyncio.sleep(0.05)
        return kills

    killing = asyncio.create_task(killer())
    try:
        answers = await asyncio.gather(*(stubborn(nth) for nth in range(200)))
    finally:
        going = False
    kills = await killing
    assert kills > 3
    assert sum(map(fits, answers)) == 50
    assert await owed(database) == (50 * PRICE, 50)
    uses = await rows(database, "SELECT exposure_minor, turn FROM credit_use ORDER BY turn")
    assert len(uses) == 200
    assert [use["exposure_minor"] for use in uses[:50]] == [PRICE * nth for nth in range(1, 51)]
    assert {(use["exposure_minor"], use["turn"]) for use in uses[50:]} == {(51 * PRICE, None)}
    assert (await record(database, order(7), intake)) == answers[7]


async def test_what_is_closed_or_captured_is_free_again(database: Database) -> None:
    await account(database, 2 * PRICE)
    for n in (1, 2):
        await record(database, order(n))
    await close(database, order(1))
    assert await owed(database) == (PRICE, 1)
    assert fits(await record(database, order(3)))
    assert not fits(await record(database, order(4)))
    await write(
        database,
        "UPDATE sales_order SET authorised_minor = total_minor, captured_minor = %s WHERE order_number = 'DE-2'",
        PRICE - 5,
    )
    assert await owed(database) == (PRICE + 5, 2)
    assert not fits(await record(database, order(5)))
    assert fits(await record(database, order(6, total_minor=PRICE - 5)))
    # Put back what no ledger booked, for the audit.
    await write(database, "UPDATE sales_order SET authorised_minor = 0, captured_minor = 0")
    await close(database, order(2))


async def test_a_lowered_limit_stops_what_comes_and_leaves_what_was_let_in(database: Database) -> None:
    await account(database, 3 * PRICE)
    for n in (1, 2):
        assert fits(await record(database, order(n)))
    await account(database, PRICE)
    assert not fits(await record(database, order(3)))
    view = await shown(database)
    assert (view.exposure_minor, view.limit_minor, view.available_minor) == (2 * PRICE, PRICE, 0)


async def test_a_limit_that_changes_while_orders_come_holds_for_those_after_it(database: Database) -> None:
    await account(database, 10 * PRICE)
    intake = IntakeRecords(database)
    at_once = [record(database, order(n), intake) for n in range(20)]
    answers = await asyncio.gather(*at_once[:10], account(database, 15 * PRICE), *at_once[10:])
    later = await asyncio.gather(*(record(database, order(n), intake) for n in range(20, 30)))
    assert sum(fits(one) for one in (*answers, *later) if one) == 15
    assert await owed(database) == (15 * PRICE, 15)


async def test_an_order_that_a_person_let_pass_counts_from_then_on_and_says_so(database: Database) -> None:
    await account(database, 2 * PRICE - 1)
    await record(database, order(1))
    held = verdict(order(2), await record(database, order(2)))
    assert (held.verdict, held.reasons) == (RiskVerdict.HOLD, ("credit_limit",))
    assert await owed(database) == (PRICE, 1)
    passed = held.model_copy(update={"verdict": RiskVerdict.ACCEPT})
    request = await intend(database, order(2), passed)
    await intend(database, order(2), passed)  # the step again
    await intend(database, order(2), passed, version=2)  # another payment method
    assert await owed(database) == (2 * PRICE, 2)
    answer = Authorised(status=PaymentStatus.DECLINED, reference="p", reason="no funds")
    await ReviewRecords(database).record_authorised(request, answer)
    facts = await rows(
        database, "SELECT what, why, data FROM order_fact WHERE order_number = 'DE-2' AND what = 'on_credit'"
    )
    assert [(fact["why"], fact["data"]["exposure_minor"]) for fact in facts] == [
        ("approved over the credit limit of EUR 123.79: open orders on credit owe EUR 123.80", 2 * PRICE)
    ]
    await account(database, 3 * PRICE)
    assert fits(await record(database, order(3)))
    assert not fits(await record(database, order(4)))


async def test_an_approval_and_orders_at_once_never_let_an_order_in_that_did_not_fit(
    database: Database,
) -> None:
    await account(database, 10 * PRICE)
    big = order(99, total_minor=20 * PRICE)
    passed = verdict(big, await record(database, big)).model_copy(update={"verdict": RiskVerdict.ACCEPT})
    intake = IntakeRecords(database)
    jobs: list[Any] = [record(database, order(n), intake) for n in range(8)]
    jobs.insert(4, intend(database, big, passed))
    answers = await asyncio.gather(*jobs)
    let_in = sum(fits(one) for one in answers if isinstance(one, Recorded))
    assert await owed(database) == (20 * PRICE + let_in * PRICE, 1 + let_in)
    turns = await rows(
        database, "SELECT order_number, turn FROM credit_use WHERE turn IS NOT NULL ORDER BY turn"
    )
    assert turns[-1]["order_number"] == "DE-99"  # whoever came after it did not fit


async def test_an_order_in_another_currency_is_not_compared_and_not_counted(database: Database) -> None:
    await account(database, 10 * PRICE)
    recorded = await record(database, order(1, currency="USD"))
    assert not fits(recorded)
    decision = verdict(order(1, currency="USD"), recorded)
    assert decision.explained == (
        "the order is in USD, the credit limit is EUR 619.00: they cannot be compared",
    )
    await intend(
        database, order(1, currency="USD"), decision.model_copy(update={"verdict": RiskVerdict.ACCEPT})
    )
    assert await rows(database, "SELECT 1 FROM credit_use") == []
    assert await owed(database) == (0, 0)


async def test_the_verdict_is_stored_with_score_features_and_both_versions(database: Database) -> None:
    await CreditModels(database).add(MODEL, "ana")
    await CreditModels(database).activate(MODEL.version)
    await account(database, 10 * PRICE, "high")
    intake = IntakeRecords(database)
    recorded = await record(database, order(1), intake)
    held = verdict(order(1), recorded)
    await ReviewRecords(database).record_verdict(
        RecordVerdict(
            key=step_key("DE-1", "record_verdict"), order_number="DE-1", decision=held, progress=progress(order(1)), now=NOW
        )
    )  # fmt: skip
    (row,) = await rows(
        database,
        "SELECT verdict, round(score::numeric, 6) AS score, model_version, policy_version, features FROM risk_decision",
    )
    assert (row["verdict"], float(row["score"]), row["model_version"], row["policy_version"]) == (
        "hold",
        0.3,
        "hand-1",
        1,
    )
    assert (row["features"]["worst_delay"], row["features"]["limit"]) == (1.0, 619.0)
    await CreditModels(database).activate(None)
    unscored = (await record(database, order(2), intake)).credit
    assert unscored is not None
    assert (unscored.score, unscored.features) == (None, {})
    other = MODEL.model_copy(update={"version": "hand-2", "start": 1.0})
    await CreditModels(database).add(other, "ana")
    await CreditModels(database).activate("hand-2")
    scored = (await record(database, order(3), intake)).credit
    assert scored is not None
    assert scored.score is not None
    assert scored.score.model_version == "hand-2"
    assert await record(database, order(1), intake) == recorded
