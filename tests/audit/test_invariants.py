"""Every invariant sees the fault that breaks it, and that one alone."""

from __future__ import annotations

import pytest

from activities.insight.audit import DESCRIPTIONS, MOST_FINDINGS, audit, has_journals
from activities.insight.invariants import INVARIANTS
from activities.shared.database import Database
from models.insight.messages import Finding
from tests.audit.plants.credit import CREDIT
from tests.audit.plants.disputes import DISPUTES
from tests.audit.plants.goods import PARCELS, STOCK
from tests.audit.plants.money import MONEY
from tests.audit.plants.orders import ORDERS
from tests.audit.plants.plant import Plant
from tests.audit.plants.preorders import PREORDERS
from tests.audit.plants.telling import TELLING

pytestmark = pytest.mark.engine
PLANTS = (*ORDERS, *STOCK, *PREORDERS, *MONEY, *CREDIT, *DISPUTES, *PARCELS, *TELLING)
GUARDED = (
    "order_fact",
    "stock_movement",
    "preorder_movement",
    "ledger_transaction",
    "ledger_entry",
    "dispute_evidence",
)
ACROSS = {one.name for one in INVARIANTS if one.journals}


async def put(db: Database, sql: str) -> None:
    """Run statements with every trigger off, as somebody would who wants to hide a trace."""
    async with db.transaction() as cursor:
        for table in GUARDED:
            await cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        for statement in filter(str.strip, sql.split(";")):
            await cursor.execute(statement.encode())


async def test_books_in_which_orders_lived_are_clean(books: Database) -> None:
    report = await audit(books, None, journals=True)
    assert report.findings == ()
    assert set(report.checked) == {one.name for one in INVARIANTS}
    # Everything but open intents and unstarted orders was there to be looked at: no other is clean for want of rows.
    assert {name for name, looked in report.checked.items() if not looked} == {"steps_settle", "taken_start"}


async def test_an_empty_database_is_clean(database: Database) -> None:
    report = await audit(database, None, journals=True)
    assert (report.clean, sum(report.checked.values())) == (True, 0)


@pytest.mark.parametrize("planted", PLANTS, ids=lambda planted: f"{planted.invariant}: {planted.fault}")
async def test_a_planted_fault_is_found_and_nothing_else(books: Database, planted: Plant) -> None:
    await put(books, planted.sql)
    report = await audit(books, None, journals=True, grace_s=planted.grace_s)
    assert report.findings == tuple(
        Finding(invariant=planted.invariant, subject=subject, detail=detail)
        for subject, detail in planted.found
    )


def test_every_invariant_over_the_tables_has_a_planted_fault() -> None:
    assert {planted.invariant for planted in PLANTS} == {one.name for one in INVARIANTS}


async def test_without_journals_schema_sim_is_not_needed(books: Database) -> None:
    assert await has_journals(books) is True
    async with books.transaction() as cursor:
        await cursor.execute("DROP SCHEMA sim CASCADE")
    assert await has_journals(books) is False
    report = await audit(books, None, journals=False)
    assert report.findings == ()
    assert set(report.checked) == {one.name for one in INVARIANTS} - ACROSS


async def test_an_order_that_waits_for_its_turn_is_no_finding_while_others_are_recorded(
    books: Database,
) -> None:
    await put(
        books,
        "UPDATE sales_order SET recorded_at = now() WHERE order_number = 'DE-DONE';"
        "INSERT INTO taken_order VALUES ('web', 'S-9', 'DE-LATE', 'f', '{}', '{}', 'waiting', 0, '',"
        " now() - interval '1 day', now()); UPDATE sales_order SET recorded_at = now() WHERE order_number = 'DE-OPEN'",
    )
    report = await audit(books, None, journals=True)
    assert (report.findings, report.checked["taken_start"]) == ((), 1)


async def test_a_step_under_way_of_an_open_order_is_waited_for(books: Database) -> None:
    await put(
        books,
        """
INSERT INTO step_record (key, order_number, step, state) VALUES ('planted', 'DE-OPEN', 'capture_payment', 'intended');
UPDATE sim.psp_payment SET captured_minor = 6190 WHERE order_number = 'DE-OPEN';
UPDATE sim.carrier_label SET voided_at = now() WHERE parcel_id = 'DE-OPEN-P1'""",
    )
    assert (await audit(books, None, journals=True)).findings == ()


async def test_money_that_the_customer_may_still_send_is_waited_for(books: Database) -> None:
    await put(
        books,
        """
UPDATE sales_order SET payment_state = 'pending', authorised_minor = 0 WHERE order_number = 'DE-OPEN';
UPDATE sim.psp_payment SET status = 'pending' WHERE order_number = 'DE-OPEN'""",
    )
    assert (await audit(books, None, journals=True)).findings == ()


async def test_a_notice_that_got_through_before_we_knew_is_no_fault(books: Database) -> None:
    await put(books, "UPDATE notice SET state = 'sending' WHERE order_number = 'DE-OPEN'")
    assert (await audit(books, None, journals=True)).findings == ()


async def test_an_order_that_works_within_the_grace_time_need_not_wait(books: Database) -> None:
    await put(books, "UPDATE sales_order SET waiting_for = '' WHERE order_number = 'DE-OPEN'")
    assert (await audit(books, None, journals=True)).findings == ()


async def test_an_order_cancelled_by_the_engine_may_end_with_its_goods_on_the_way(books: Database) -> None:
    await put(
        books,
        """
UPDATE sales_order SET outcome = 'cancelled', order_state = 'cancelled', fulfilment_state = 'delivered'
WHERE order_number = 'DE-TWICE'""",
    )
    assert (await audit(books, None, journals=True)).findings == ()


async def test_of_many_findings_the_first_hundred_are_told(books: Database) -> None:
    await put(
        books,
        "INSERT INTO sim.mail (message_id, rcpt, subject, body)"
        " SELECT concat('spam-', lpad(n::text, 3, '0')), '', '', '' FROM generate_series(1, 130) AS n",
    )
    found = (await audit(books, None, journals=True)).findings
    assert len(found) == MOST_FINDINGS + 1
    assert (found[0].subject, found[99].subject) == ("spam-001", "spam-100")
    assert (found[100].subject, found[100].detail) == ("…", "and 30 more")


def test_every_invariant_says_in_one_line_what_always_holds() -> None:
    assert len(DESCRIPTIONS) == len(INVARIANTS) + 1
    assert [name for name, says in DESCRIPTIONS.items() if not says.endswith(".") or len(says) < 20] == []


async def test_news_of_a_dispute_and_its_steps_under_way_are_waited_for(books: Database) -> None:
    await put(
        books,
        """
UPDATE sim.psp_dispute SET status = 'won', changed_at = now() WHERE order_number = 'DE-DONE';
INSERT INTO step_record (key, order_number, step, state)
SELECT concat('dispute-', reference, ':planted'), order_number, 'submit_evidence', 'intended' FROM dispute
WHERE order_number = 'DE-DONE'""",
    )
    assert (await audit(books, None, journals=True)).findings == ()


async def test_a_limit_that_was_lowered_and_an_order_that_a_person_let_pass_break_nothing(
    books: Database,
) -> None:
    await put(
        books,
        """
UPDATE credit_account SET limit_minor = 1;
UPDATE credit_use SET limit_minor = 12379, exposure_minor = 12380, approved_at = now() WHERE order_number = 'DE-SHORT'""",
    )
    assert (await audit(books, None, journals=True)).findings == ()
