"""What doors read, from a real PostgreSQL that the stores wrote into."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import text

from activities.allocation.reads import Level, StockReads, StockView
from activities.intake.catalogue import Catalogue
from activities.order.reads import OrderReads
from activities.preparation.reads import BenchReads, TaskLine
from activities.shared.database import Database
from activities.shared.inbox import first_use, receive
from activities.shared.reading import ReadEngine
from models.order.messages import Verdict
from models.order.states import HoldReason, OrderState, Stage
from models.preparation.messages import BenchStep
from models.shared.errors import Unavailable
from tests.rules.order_bodies import good_body, read
from workers.engine import LocalPostgres
from workers.migrate import migrate

pytestmark = pytest.mark.engine

_ORDER = """
INSERT INTO sales_order (order_number, channel, source_id, fingerprint, customer_id, goods, placed_at, recorded_at,
    currency, total_minor, country, order_class, priority, stage, order_state, payment_state, fulfilment_state,
    risk_verdict, authorised_minor, captured_minor, refunded_minor, waiting_for, waiting_since, hold_reasons,
    outcome, closed_at, policy_version, document)
VALUES (%(number)s, 'web', %(number)s, %(fingerprint)s, 'c-7', 'g', now(), timestamptz '2026-03-01Z' + %(nth)s * interval '1 s',
    'EUR', 6190, 'DE', 'ordinary', %(priority)s, 'review', %(state)s::text, 'none', 'unallocated', 'hold', 0, 0, 0,
    %(waiting)s, timestamptz '2026-03-01Z' + %(nth)s * interval '1 s', %(holds)s, %(outcome)s::text,
    CASE WHEN %(outcome)s::text IS NULL THEN NULL ELSE now() END, 1, %(document)s)"""
_ROWS = [
    # number, priority, waiting for, state, outcome
    ("DE-A", 3, "review", "received", None),
    ("DE-B", 1, "release", "received", None),
    ("DE-C", 3, "stock", "confirmed", None),
    ("DE-D", 3, "", "confirmed", None),
    ("DE-E", 3, "", "cancelled", "cancelled"),
]


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with LocalPostgres(Path(tmp_path_factory.mktemp("reads"))) as server:
        migrate(server.dsn)
        yield server.dsn


@pytest.fixture(scope="module")
async def database(dsn: str) -> AsyncIterator[Database]:
    async with Database(dsn, size=2) as database:
        await fill(database)
        yield database


@pytest.fixture(scope="module")
async def engine(dsn: str, database: Database) -> AsyncIterator[ReadEngine]:
    engine = ReadEngine(dsn, size=2)
    yield engine
    await engine.close()


async def fill(database: Database) -> None:
    document = read(good_body()).model_dump_json()
    async with database.transaction() as cursor:
        for nth, (number, priority, waiting, state, outcome) in enumerate(_ROWS):
            await cursor.execute(
                _ORDER,
                {
                    "number": number, "nth": nth, "priority": priority, "waiting": waiting, "state": state,
                    "outcome": outcome, "holds": ["large_order"] if waiting in ("review", "release") else [],
                    "fingerprint": f"f-{number}", "document": document,
                },
            )  # fmt: skip
        for statement in (
            "INSERT INTO sales_order_line VALUES ('DE-A', 1, 'MUG-1', 2, 1500, 290, 'm-kiln')",
            "INSERT INTO order_fact (order_number, seq, actor, what, why, data, prev_hash, hash)"
            " SELECT 'DE-A', 0, 'ana', what, '', '{}', '', '' FROM unnest(ARRAY['received', 'reviewed']) AS what",
            "INSERT INTO parcel (parcel_id, order_number, warehouse, weight_g, value_minor, steps, state)"
            " VALUES ('DE-C-P1', 'DE-C', 'BER', 700, 3000, '{pick,check}', 'open'),"
            " ('DE-C-P2', 'DE-C', 'BER', 700, 3000, '{}', 'cancelled')",
            "INSERT INTO parcel_line VALUES ('DE-C-P1', 1, 'MUG-1', 2)",
            "INSERT INTO warehouse VALUES ('BER', 'Berlin', 'DE', 52.5, 13.4), ('RIO', 'Rio', 'BR', -22.9, -43.2)",
            "INSERT INTO stock_level VALUES ('MUG-1', 'BER', 10, 3), ('MUG-1', 'RIO', 1, 0)",
            "INSERT INTO product (sku, title, merchant_id, category, weight_g, special_goods, list_currency)"
            " VALUES ('MUG-1', 'Mug', 'm-kiln', '', 350, false, '')",
        ):
            await cursor.execute(statement)


async def test_an_order_is_shown_with_everything_that_hangs_on_it(engine: ReadEngine) -> None:
    view = await OrderReads(engine).order("DE-A")
    assert view is not None
    assert (view.order.status, view.order.hold_reasons) == ("OrderProblem", ("large_order",))
    assert [(line.sku, line.quantity, line.title) for line in view.lines] == [("MUG-1", 2, "Mug")]
    assert [(fact.seq, fact.what) for fact in view.facts] == [(1, "received"), (2, "reviewed")]
    assert (view.shipments, view.notices, view.ship_to["city"]) == ((), (), "Berlin")
    assert await OrderReads(engine).order("DE-Z") is None


async def test_lists_are_newest_first_and_can_be_read_on(engine: ReadEngine) -> None:
    reads = OrderReads(engine)
    numbers, after = [], ""
    for _ in range(3):
        page = await reads.orders(limit=2, after=after)
        numbers.append([row.order_number for row in page.orders])
        after = page.next
    assert (numbers, after) == ([["DE-E", "DE-D"], ["DE-C", "DE-B"], ["DE-A"]], "")


async def test_lists_are_filtered_by_stage_wait_and_state(engine: ReadEngine) -> None:
    reads = OrderReads(engine)

    async def found(**wanted: object) -> list[str]:
        return [row.order_number for row in (await reads.orders(**wanted)).orders]  # type: ignore[arg-type]

    assert await found(waiting_for="stock") == ["DE-C"]
    assert await found(waiting_for="") == ["DE-D"]
    assert await found(state=OrderState.CANCELLED) == ["DE-E"]
    assert await found(stage=Stage.DELIVERY) == []
    with pytest.raises(ValueError):
        await reads.orders(after="nonsense")


async def test_lists_are_filtered_by_the_reason_and_the_owner_of_one_hold(
    engine: ReadEngine, database: Database
) -> None:
    at = {"placed_at": "2026-03-01T09:00:00Z"}
    one: dict[str, object] = {"hold_id": "large_order", "reason": "large_order", "by_rule": True, **at}
    two: dict[str, object] = {"hold_id": "other-1", "reason": "other", "owner": "care", "lines": [2], **at}
    async with database.transaction() as cursor:
        for number, holds in (("DE-A", [one, two]), ("DE-B", [one])):
            reasons = [hold["reason"] for hold in holds]
            await cursor.execute(
                "UPDATE sales_order SET holds = %s, hold_reasons = %s WHERE order_number = %s",
                (json.dumps(holds), reasons, number),
            )
    reads = OrderReads(engine)

    async def found(**wanted: object) -> list[str]:
        return [row.order_number for row in (await reads.orders(**wanted)).orders]  # type: ignore[arg-type]

    assert await found(hold=HoldReason.LARGE_ORDER) == ["DE-B", "DE-A"]
    assert await found(hold=HoldReason.BY_PERSON) == ["DE-A"]
    assert await found(owner="care") == ["DE-A"]
    assert await found(hold=HoldReason.BY_PERSON, owner="care", waiting_for="review") == ["DE-A"]
    assert await found(hold=HoldReason.LARGE_ORDER, owner="care") == []
    assert await found(owner='ca"re') == []
    view = await reads.order("DE-A")
    assert view is not None
    assert [hold.told() for hold in view.order.holds] == ["large_order", "other-1 (line 2; owner care)"]


async def test_the_review_queue_is_by_priority_and_counts_add_up(engine: ReadEngine) -> None:
    reads = OrderReads(engine)
    assert [row.order_number for row in await reads.reviews()] == ["DE-B", "DE-A"]
    counts = await reads.counts()
    assert counts.waiting_for == {"review": 1, "release": 1, "stock": 1, "": 1}
    assert counts.outcomes == {"cancelled": 1}


async def test_a_repeated_submission_is_answered_from_the_records(engine: ReadEngine) -> None:
    reads = OrderReads(engine)
    order = read(good_body() | {"order_number": "DE-A0", "source_id": "DE-A"})
    same = order.model_copy(update={"order_number": "DE-A", "fingerprint": "f-DE-A"})
    for submitted, verdict in (
        (same, Verdict.ACCEPTED),
        (same.model_copy(update={"fingerprint": "other"}), Verdict.KEY_REUSED),
        (order, Verdict.DUPLICATE_SOURCE),
    ):
        answer = await reads.acceptance(submitted)
        assert answer is not None
        assert answer.verdict is verdict
    assert await reads.acceptance(order.model_copy(update={"source_id": "new"})) is None
    assert [await reads.end_of(number) for number in ("DE-E", "DE-A", "DE-Z")] == ["cancelled", "", None]


async def test_benches_see_open_parcels_with_the_next_step(engine: ReadEngine) -> None:
    (task,) = await BenchReads(engine).open_tasks("BER")
    assert (task.parcel_id, task.next_step) == ("DE-C-P1", BenchStep.PACK)
    assert task.lines == (TaskLine(line_no=1, sku="MUG-1", quantity=2),)
    assert await BenchReads(engine).open_tasks("RIO") == ()


async def test_stock_is_summed_over_warehouses(engine: ReadEngine) -> None:
    reads = StockReads(engine)
    assert await reads.stock("MUG-1") == StockView(
        sku="MUG-1",
        available=8,
        levels=(
            Level(warehouse="BER", on_hand=10, reserved=3, available=7),
            Level(warehouse="RIO", on_hand=1, reserved=0, available=1),
        ),
    )
    assert await reads.stock("GHOST") is None
    assert [await reads.has_warehouse(code) for code in ("BER", "XXX")] == [True, False]


async def test_the_catalogue_asks_only_for_what_it_does_not_remember(database: Database) -> None:
    now = [0.0]
    catalogue = Catalogue(database, ttl_s=30, clock=lambda: now[0])
    assert (await catalogue.entries(["MUG-1", "GHOST"]))["MUG-1"].merchant_id == "m-kiln"
    async with database.reading() as cursor:
        await cursor.execute("UPDATE product SET merchant_id = 'm-other'")
    assert (await catalogue.entries(["MUG-1"]))["MUG-1"].merchant_id == "m-kiln"
    now[0] = 31.0
    assert (await catalogue.entries(["MUG-1"]))["MUG-1"].merchant_id == "m-other"
    assert dict(await catalogue.entries(["GHOST"])) == {}


async def test_an_event_is_stored_once_and_a_key_keeps_its_body(database: Database) -> None:
    assert [await receive(database, "psp", "evt-1", {"n": n}) for n in (1, 2)] == [True, False]
    assert [await first_use(database, "web", "key-1", print_) for print_ in ("a", "a", "b")] == [
        True,
        True,
        False,
    ]
    async with database.reading() as cursor:
        await cursor.execute("SELECT source, state, payload FROM inbox ORDER BY source")
        assert await cursor.fetchall() == [
            {"source": "idempotency-key", "state": "done", "payload": {"fingerprint": "a"}},
            {"source": "psp", "state": "received", "payload": {"n": 1}},
        ]


async def test_a_reading_session_cannot_write_and_a_lost_database_is_unavailable(engine: ReadEngine) -> None:
    await engine.ping()
    with pytest.raises(DBAPIError, match="read-only"):
        async with engine.session() as session:
            await (await session.connection()).execute(text("DELETE FROM parcel_line"))
    away = ReadEngine("postgresql://orderloom@127.0.0.1:9/orderloom", size=1)
    with pytest.raises(Unavailable):
        await away.ping()
    await away.close()
