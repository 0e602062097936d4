"""Preorders: a cap that nobody oversells, claims that are served in their order, dates that every customer hears once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from activities.allocation.store import StockRecords
from activities.intake.catalogue import Catalogue
from activities.shared.database import Database
from models.allocation.messages import Allocation, ReleaseStock, StockReceipt
from models.allocation.preorders import PreorderChanged, SetPreorder
from models.order.messages import Progress
from models.order.states import Stage
from models.shared.ids import step_key
from tests.stores.test_reservations import asked, rows, shop

pytestmark = pytest.mark.engine

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


async def put(stock: StockRecords, sku: str = "NEW", **changes: object) -> PreorderChanged:
    """Change a preorder, under an id made of what is changed."""
    request = f"{sku}-{'-'.join(f'{name}.{value}' for name, value in changes.items())}"
    return await stock.set_preorder(
        SetPreorder.model_validate({"sku": sku, "request_id": request, "by": "ana"} | changes)
    )


@asynccontextmanager
async def sale(database: Database, orders: int, cap: int, **pieces: int) -> AsyncIterator[StockRecords]:
    """A shop in which NEW is sold from November on, `cap` pieces of it."""
    async with shop(database, orders, **pieces) as stock:
        assert (await put(stock, ships_from=NOVEMBER, cap=cap)).problems == ()
        yield stock


async def claim(stock: StockRecords, order: int, pieces: dict[str, int], cause: str = "order") -> Allocation:
    return await stock.reserve(asked(f"DE-{order}", pieces, cause, now=NOW))


async def release(stock: StockRecords, order: int, key: str = "release_all") -> tuple[str, ...]:
    number = f"DE-{order}"
    progress = Progress(order_number=number, stage=Stage.ALLOCATION)
    asked_for = ReleaseStock(
        key=step_key(number, key), order_number=number, why="cancelled", progress=progress
    )
    return (await stock.release(asked_for)).waiting_orders


async def receive(
    stock: StockRecords, pieces: int, receipt: str = "R-1", sku: str = "NEW"
) -> tuple[str, ...]:
    booked = StockReceipt(receipt_id=receipt, warehouse="BER", sku=sku, quantity=pieces)
    return (await stock.receive(booked)).waiting_orders


async def sold(database: Database, sku: str = "NEW") -> tuple[int, int]:
    """Pieces sold by the preorder, and by its movements."""
    (row,) = await rows(
        database,
        "SELECT sold, (SELECT coalesce(sum(sold_delta), 0)::int FROM preorder_movement m WHERE m.sku = p.sku) AS replayed"
        f" FROM preorder p WHERE sku = '{sku}'",
    )
    return row["sold"], row["replayed"]


async def claims(database: Database) -> list[tuple[str, int, str]]:
    found = await rows(database, "SELECT order_number, quantity, state FROM preorder_claim ORDER BY id")
    return [(row["order_number"], row["quantity"], row["state"]) for row in found]


async def letters(database: Database, order: int) -> list[tuple[str, str]]:
    found = await rows(database, "SELECT order_number, kind, about, data FROM notice ORDER BY id")
    return [
        (row["kind"], row["data"].get("promised_by", ""))
        for row in found
        if row["order_number"] == f"DE-{order}"
    ]


async def test_three_hundred_at_once_claim_a_hundred_pieces_however_often_they_ask(
    database: Database,
) -> None:
    async with sale(database, 300, 100) as stock:

        async def ask(order: int) -> list[Allocation]:
            twice = [claim(stock, order, {"NEW": 1}), claim(stock, order, {"NEW": 1})]
            return [*await asyncio.gather(*twice), await claim(stock, order, {"NEW": 1})]

        answers = await asyncio.gather(*map(ask, range(300)))
        assert [len({bool(one.sold_out) for one in three}) for three in answers] == [1] * 300
        assert sum(not three[0].sold_out for three in answers) == 100
        assert await sold(database) == (100, 100)
        assert len(await claims(database)) == 100
        assert all(one.sold_out == ("NEW",) for three in answers if three[0].sold_out for one in three)
        # A loser wrote that it lost, once, and nothing else.
        facts = await rows(database, "SELECT what, count(*) AS n FROM order_fact GROUP BY what ORDER BY what")
        assert {row["what"]: row["n"] for row in facts}["preorder_sold_out"] == 200
        assert len(await rows(database, "SELECT 1 FROM notice WHERE kind = 'preordered'")) == 100
        assert await rows(database, "SELECT 1 FROM purchase_request") == []


async def test_orders_of_several_preorders_in_any_order_of_lines_do_not_block_each_other(
    database: Database,
) -> None:
    async with sale(database, 60, 40) as stock:
        await put(stock, "OTHER", ships_from=DECEMBER, cap=25)
        wanted = [{"NEW": 1, "OTHER": 1} if n % 2 else {"OTHER": 1, "NEW": 1} for n in range(60)]

        async def live(order: int, pieces: dict[str, int]) -> bool:
            answer = await claim(stock, order, pieces)
            if order % 3 == 0:
                await release(stock, order)
            return bool(answer.sold_out)

        lost = await asyncio.gather(*(live(n, pieces) for n, pieces in enumerate(wanted)))
        standing = [one for one in await claims(database) if one[2] == "open"]
        held = len(standing) // 2
        assert held == sum(not out for n, out in enumerate(lost) if n % 3)
        assert (await sold(database, "NEW"), await sold(database, "OTHER")) == ((held, held), (held, held))
        assert held <= 25


async def test_the_promise_counts_from_the_date_and_the_customer_hears_it(database: Database) -> None:
    async with sale(database, 2, 10) as stock:
        answer = await claim(stock, 0, {"NEW": 2})
        # One day of handling, two of transit.
        assert (answer.promised_by, answer.ships_from) == (NOVEMBER + timedelta(days=3), NOVEMBER)
        assert await letters(database, 0) == [("preordered", "2026-11-04")]
        (row,) = await rows(
            database, "SELECT waiting_for, promised_by FROM sales_order WHERE order_number = 'DE-0'"
        )
        assert (row["waiting_for"], row["promised_by"]) == ("stock", NOVEMBER + timedelta(days=3))
        late = await stock.reserve(asked("DE-1", {"NEW": 1}, now=DECEMBER))
        assert late.promised_by == DECEMBER + timedelta(days=3)


async def test_what_lies_there_is_sold_without_a_claim_and_a_backorder_beside_a_claim_waits_for_both(
    database: Database,
) -> None:
    async with sale(database, 2, 10, NEW=1, CUP=1) as stock:
        assert (await claim(stock, 0, {"NEW": 1})).parts
        both = await claim(stock, 1, {"NEW": 1, "CUP": 4})
        assert both.promised_by == NOVEMBER + timedelta(days=3)
        assert await claims(database) == [("DE-1", 1, "open")]
        requests = await rows(database, "SELECT sku, missing FROM purchase_request")
        assert [(row["sku"], row["missing"]) for row in requests] == [("CUP", 3)]
        assert await letters(database, 1) == [("purchasing", ""), ("preordered", "2026-11-04")]


async def test_a_cancelled_order_gives_its_pieces_back_once_and_the_next_one_has_them(
    database: Database,
) -> None:
    async with sale(database, 3, 2) as stock:
        assert not (await claim(stock, 0, {"NEW": 2})).sold_out
        assert (await claim(stock, 1, {"NEW": 1})).sold_out == ("NEW",)
        await asyncio.gather(*(release(stock, 0, key) for key in ("a", "a", "b", "c")))
        assert await sold(database) == (0, 0)
        assert not (await claim(stock, 2, {"NEW": 2})).sold_out
        assert await claims(database) == [("DE-0", 2, "released"), ("DE-2", 2, "open")]


async def test_an_order_that_wants_more_than_is_left_claims_nothing_of_anything(database: Database) -> None:
    async with sale(database, 1, 10) as stock:
        await put(stock, "OTHER", ships_from=DECEMBER, cap=1)
        answer = await claim(stock, 0, {"NEW": 3, "OTHER": 2})
        assert (answer.sold_out, answer.parts) == (("OTHER",), ())
        assert (await sold(database), await claims(database), await letters(database, 0)) == ((0, 0), [], [])


async def test_goods_that_arrive_go_to_claims_in_their_order_whoever_asks_first(database: Database) -> None:
    async with sale(database, 5, 10) as stock:
        for order in (3, 1, 4, 0):
            await claim(stock, order, {"NEW": 2})
        assert await receive(stock, 5) == ("DE-3", "DE-1", "DE-4", "DE-0")
        asks = [(order, bool((await claim(stock, order, {"NEW": 2})).parts)) for order in (0, 4, 1, 3)]
        assert asks == [(0, False), (4, False), (1, True), (3, True)]
        # The last piece waits for DE-4, which needs two: a newcomer does not get it, and claims instead.
        assert (await claim(stock, 2, {"NEW": 1})).parts == ()
        await receive(stock, 1, "R-2")
        again = await asyncio.gather(*(claim(stock, order, {"NEW": 2}) for order in (0, 4)))
        assert [bool(answer.parts) for answer in again] == [False, True]
        assert [one for one in await claims(database) if one[2] == "settled"] == [
            ("DE-3", 2, "settled"),
            ("DE-1", 2, "settled"),
            ("DE-4", 2, "settled"),
        ]
        assert await sold(database) == (9, 9)  # what was served stays sold


async def test_goods_are_handed_out_in_order_also_when_everybody_asks_at_once(database: Database) -> None:
    async with sale(database, 40, 30) as stock:
        for order in range(20):
            await claim(stock, order, {"NEW": 1})
        await receive(stock, 12)
        askers = list(range(40))
        answers = await asyncio.gather(*(claim(stock, order, {"NEW": 1}) for order in reversed(askers)))
        served = [order for order, answer in zip(reversed(askers), answers, strict=True) if answer.parts]
        assert sorted(served) == list(range(12))
        settled = [one[0] for one in await claims(database) if one[2] == "settled"]
        assert settled == [f"DE-{order}" for order in range(12)]
        assert await sold(database) == (30, 30)


async def test_what_an_order_lets_go_of_goes_to_the_next_claim_which_is_told(database: Database) -> None:
    async with sale(database, 3, 10) as stock:
        for order in range(3):
            await claim(stock, order, {"NEW": 1})
        await receive(stock, 1)
        # The first holds nothing yet, but the piece waits for it; when it is cancelled the next in line is told.
        assert not (await claim(stock, 1, {"NEW": 1})).parts
        assert await release(stock, 0) == ("DE-1", "DE-2")
        assert (await claim(stock, 1, {"NEW": 1})).parts
        # And when that one is cancelled with the piece in its hands, the last.
        assert await release(stock, 1) == ("DE-2",)
        assert (await claim(stock, 2, {"NEW": 1})).parts
        assert await claims(database) == [
            ("DE-0", 1, "released"),
            ("DE-1", 1, "settled"),
            ("DE-2", 1, "settled"),
        ]


async def test_a_replaced_parcel_takes_what_lies_there_and_never_claims(database: Database) -> None:
    async with sale(database, 2, 1) as stock:
        await claim(stock, 0, {"NEW": 1})
        await receive(stock, 1)
        assert (await claim(stock, 1, {"NEW": 1}, cause="DE-1-P1")).parts
        again = await claim(stock, 1, {"NEW": 1}, cause="DE-1-P2")
        assert (again.parts, again.sold_out) == ((), ())
        assert await sold(database) == (1, 1)
        assert [row["order_number"] for row in await rows(database, "SELECT * FROM purchase_request")] == [
            "DE-1"
        ]


async def test_an_order_that_waited_before_the_preorder_opened_keeps_its_place(database: Database) -> None:
    async with shop(database, 2, CUP=1) as stock:
        assert (await claim(stock, 0, {"NEW": 2})).short
        await put(stock, ships_from=NOVEMBER, cap=1)
        assert (await claim(stock, 0, {"NEW": 2})).sold_out == ()  # a backorder, no competitor
        await claim(stock, 1, {"NEW": 1})
        assert await receive(stock, 2) == ("DE-1", "DE-0")
        assert (await claim(stock, 0, {"NEW": 2})).parts
        assert await claims(database) == [("DE-1", 1, "open")]


async def test_another_date_is_promised_to_every_waiting_order_and_told_once(database: Database) -> None:
    async with sale(database, 4, 10) as stock:
        for order in range(3):
            await claim(stock, order, {"NEW": 1})
        await release(stock, 2)
        moved = await put(stock, ships_from=DECEMBER)
        assert moved.waiting_orders == ("DE-0", "DE-1")
        for _ in range(3):
            for order in (0, 1):
                answer = await claim(stock, order, {"NEW": 1})
                assert answer.promised_by == DECEMBER + timedelta(days=3)
        told = [("preordered", "2026-11-04"), ("preorder_moved", "2026-12-04")]
        assert [await letters(database, order) for order in (0, 1, 2)] == [told, told, told[:1]]
        # Back again is another change; the same date once more is none.
        assert (await put(stock, ships_from=NOVEMBER, note="sooner")).waiting_orders == ("DE-0", "DE-1")
        assert (await put(stock, ships_from=NOVEMBER, cap=11)).waiting_orders == ()
        await claim(stock, 0, {"NEW": 1})
        assert await letters(database, 0) == [*told, ("preorder_moved", "2026-11-04")]
        assert (await claim(stock, 3, {"NEW": 1})).ships_from == NOVEMBER


async def test_a_change_is_made_once_for_each_request_and_one_with_faults_changes_nothing(
    database: Database,
) -> None:
    async with sale(database, 1, 5) as stock:
        await claim(stock, 0, {"NEW": 3})
        first = await put(stock, ships_from=DECEMBER)
        assert await put(stock, ships_from=DECEMBER) == first
        refused = await put(stock, cap=2)
        assert [(one.pointer, one.code) for one in refused.problems] == [("/cap", "cap_below_sold")]
        fresh = await put(stock, "GHOST", cap=0)
        assert sorted((one.pointer, one.code) for one in fresh.problems) == [
            ("/cap", "out_of_range"),
            ("/ships_from", "missing"),
        ]
        (row,) = await rows(database, "SELECT sku, cap, revision, open FROM preorder")
        assert (row["sku"], row["cap"], row["revision"], row["open"]) == ("NEW", 5, 2, True)


async def test_a_closed_preorder_is_a_backorder_for_newcomers_and_keeps_its_claims(
    database: Database,
) -> None:
    async with sale(database, 2, 5) as stock:
        await claim(stock, 0, {"NEW": 1})
        await put(stock, open=False)
        answer = await claim(stock, 1, {"NEW": 1})
        assert (answer.sold_out, answer.ships_from, len(answer.short)) == ((), None, 1)
        assert answer.promised_by == NOW + timedelta(days=13)
        await receive(stock, 1)
        assert not (await claim(stock, 1, {"NEW": 1})).parts
        assert (await claim(stock, 0, {"NEW": 1})).parts


async def test_a_cap_that_shrinks_while_others_claim_never_falls_below_what_is_sold(
    database: Database,
) -> None:
    async with sale(database, 30, 30) as stock:
        results = await asyncio.gather(
            *(claim(stock, order, {"NEW": 1}) for order in range(30)),
            *(put(stock, cap=cap) for cap in (5, 10, 15, 20)),
        )
        lost = sum(bool(one.sold_out) for one in results if isinstance(one, Allocation))
        (row,) = await rows(database, "SELECT cap, sold FROM preorder")
        assert (row["sold"], await sold(database)) == (30 - lost, (30 - lost, 30 - lost))
        assert row["sold"] <= row["cap"]


@pytest.mark.plants_faults
async def test_the_database_itself_keeps_the_cap_and_the_movements(database: Database) -> None:
    async with sale(database, 1, 5) as stock:
        await claim(stock, 0, {"NEW": 3})
        for statement in (
            "UPDATE preorder SET sold = 6",
            "UPDATE preorder SET cap = 2",
            "UPDATE preorder_movement SET sold_delta = 1",
            "DELETE FROM preorder_movement",
            "INSERT INTO preorder_movement (sku, order_number, kind, sold_delta, waiting_delta, key)"
            " SELECT sku, order_number, kind, sold_delta, waiting_delta, key FROM preorder_movement",
        ):
            with pytest.raises(psycopg.errors.IntegrityError):
                async with database.transaction() as cursor:
                    await cursor.execute(statement.encode())
        assert await sold(database) == (3, 3)


async def test_the_catalogue_says_how_much_an_order_can_have_now_and_never_remembers_it(
    database: Database,
) -> None:
    async with sale(database, 1, 5, NEW=2) as stock:
        async with database.transaction() as cursor:
            await cursor.execute(
                "INSERT INTO product (sku, title, merchant_id, category, weight_g, special_goods, list_currency)"
                " VALUES ('NEW', 'New', 'm', '', 1, false, ''), ('OLD', 'Old', 'm', '', 1, false, '')"
            )
        catalogue = Catalogue(database)

        async def orderable() -> tuple[int | None, int | None]:
            entries = await catalogue.entries(["NEW", "OLD"])
            return entries["NEW"].orderable, entries["OLD"].orderable

        assert await orderable() == (5, None)
        await claim(stock, 0, {"NEW": 4})  # more than lies there
        assert await orderable() == (1, None)  # the two that lie there are spoken for
        await put(stock, cap=4)
        assert await orderable() == (0, None)
        await receive(stock, 5)
        assert await orderable() == (3, None)
        await put(stock, open=False)
        assert await orderable() == (None, None)


async def test_a_warehouse_calendar_moves_what_a_preorder_promises(database: Database) -> None:
    async with sale(database, 1, 5) as stock:
        async with database.transaction() as cursor:
            await cursor.execute(
                "UPDATE warehouse SET calendar = %s",
                (
                    '{"time_zone": "Europe/Berlin", "weekdays": [0, 1, 2, 3, 4], "cut_off": "14:00", "holidays_of": "DE"}',
                ),
            )
        # All Saints' is a Sunday in 2026: work starts on Monday, the goods leave on Tuesday, two days of transit.
        answer = await claim(stock, 0, {"NEW": 1})
        assert answer.promised_by is not None
        assert answer.promised_by.date() == date(2026, 11, 4)
