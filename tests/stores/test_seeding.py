"""What imports and demos put there: once, with its movements, and again without a change."""

from __future__ import annotations

import asyncio

import pytest

from activities.allocation.seeding import OpeningStock, PlaceSeed, StockSeeding, WarehouseSeed
from activities.intake.catalogue import Catalogue
from activities.intake.seeding import ProductSeed, ProductSeeding
from activities.shared.database import Database

pytestmark = pytest.mark.engine

BERLIN = WarehouseSeed(code="BER", name="Berlin", country="DE", latitude=52.5, longitude=13.4)
OPENING = [
    OpeningStock(sku="MUG-2", warehouse="BER", pieces=4),
    OpeningStock(sku="MUG-1", warehouse="BER", pieces=2),
    OpeningStock(sku="MUG-1", warehouse="BER", pieces=3),
]


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.reading() as cursor:
        await cursor.execute(query.encode())
        return [tuple(row.values()) for row in await cursor.fetchall()]


async def test_opening_stock_is_received_once_for_each_key_with_its_movements(database: Database) -> None:
    seeding = StockSeeding(database)
    assert await seeding.put_warehouses([BERLIN]) == 1
    assert [await seeding.receive_opening("opening:a", OPENING) for _ in range(2)] == [9, 0]
    assert await seeding.receive_opening("opening:b", OPENING[:1]) == 4
    levels = "SELECT sku, on_hand, reserved FROM stock_level ORDER BY sku"
    assert await rows(database, levels) == [("MUG-1", 5, 0), ("MUG-2", 8, 0)]
    moved = "SELECT sku, kind, on_hand_delta, reserved_delta, key FROM stock_movement ORDER BY key, sku"
    assert await rows(database, moved) == [
        ("MUG-1", "received", 5, 0, "opening:a"),
        ("MUG-2", "received", 4, 0, "opening:a"),
        ("MUG-2", "received", 4, 0, "opening:b"),
    ]


async def test_two_that_seed_at_once_receive_the_stock_once(database: Database) -> None:
    seeding = StockSeeding(database)
    await seeding.put_warehouses([BERLIN])
    received = await asyncio.gather(*(seeding.receive_opening("opening:a", OPENING) for _ in range(4)))
    assert sorted(received) == [0, 0, 0, 9]


async def test_only_what_differs_is_changed(database: Database) -> None:
    stock, goods = StockSeeding(database), ProductSeeding(database)
    places = [
        PlaceSeed(country="DE", postcode_prefix=prefix, latitude=52.5, longitude=13.4)
        for prefix in ("10", "1")
    ]
    products = [ProductSeed(sku=sku, merchant_id="m", weight_g=5, category="mugs") for sku in ("A", "B")]
    assert [await stock.put_places(places) for _ in range(2)] == [2, 0]
    assert [await goods.put_products(products) for _ in range(2)] == [2, 0]
    assert await stock.put_warehouses([BERLIN]) == 1
    assert await stock.put_warehouses([BERLIN.model_copy(update={"name": "Berlin 2"})]) == 1
    assert await goods.put_products([products[0].model_copy(update={"weight_g": 6}), products[1]]) == 1
    assert (await stock.put_places([]), await goods.put_products([])) == (0, 0)
    assert (await Catalogue(database).entries(["A"]))["A"].weight_g == 6
