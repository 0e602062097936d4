"""What a preorder promises, how it is changed, and that every customer hears another date once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from activities.intake.catalogue import Catalogue
from activities.shared.database import Database
from tests.stores.preorder_sale import (
    DECEMBER,
    NOVEMBER,
    NOW,
    claim,
    claims,
    letters,
    put,
    receive,
    release,
    sale,
)
from tests.stores.test_reservations import asked, rows

pytestmark = pytest.mark.engine


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
