"""The cap of a preorder that nobody oversells, and claims that are served in their order."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from activities.shared.database import Database
from models.allocation.messages import Allocation
from tests.stores.preorder_sale import (
    DECEMBER,
    NOVEMBER,
    claim,
    claims,
    letters,
    put,
    receive,
    release,
    sale,
    sold,
)
from tests.stores.test_reservations import rows, shop

pytestmark = pytest.mark.engine


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
