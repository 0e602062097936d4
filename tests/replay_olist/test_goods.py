"""What an import puts there: catalogue and places of the record, stock that is made up and enough."""

from __future__ import annotations

from collections import Counter

import pytest

from activities.shared.database import Database
from starter.olist.goods import WAREHOUSES, centroids, goods
from starter.olist.importing import Imported, lacking, put
from starter.olist.records import Item, Status
from tests.replay_olist.made_up import LID, PAN, olist, record

RECORD = olist(
    record("o-1", items=(PAN, PAN, LID)),
    record("o-2", items=(PAN,)),
    record("o-3", items=(Item("cup", "seller-b", 100, 0),)),
    record("o-4", items=(Item("jug", "seller-b", 100, 0),), status=Status.UNAVAILABLE, handed_over_at=None),
)


def test_the_catalogue_holds_what_was_ever_sold() -> None:
    products = {one.sku: (one.merchant_id, one.title, one.weight_g) for one in goods(RECORD).products}
    assert products == {
        "pan": ("seller-a", "casa conforto pan", 800),
        "lid": ("seller-a", "product lid", 300),
        "cup": ("seller-b", "product cup", 0),
        "jug": ("seller-b", "product jug", 0),
    }


def test_stock_is_a_little_more_than_all_orders_ask_for_and_nothing_of_what_nobody_has() -> None:
    made = goods(RECORD, seed=3)
    pieces: Counter[str] = Counter()
    for one in made.stock:
        pieces[one.sku] += one.pieces
    assert (dict(pieces), made.unserved) == ({"pan": 4, "lid": 2, "cup": 2}, frozenset({"jug"}))
    assert {one.warehouse for one in made.stock} <= {warehouse.code for warehouse in WAREHOUSES}
    assert all("made up" in warehouse.name for warehouse in made.warehouses)


def test_the_same_seed_makes_the_same_stock_and_most_of_it_lies_near_its_merchant() -> None:
    many = olist(*(record(f"o-{nth}", items=(Item(f"p-{nth}", "seller-a", 1, 0),) * 4) for nth in range(60)))
    assert goods(many, 1) == goods(many, 1)
    assert goods(many, 1).stock != goods(many, 2).stock
    pieces: Counter[str] = Counter()
    for one in goods(many, 1).stock:
        pieces[one.warehouse] += one.pieces
    assert pieces.most_common(1)[0][0] == "BR-PR"
    assert set(pieces) - {"BR-PR"} != set()


def test_a_place_is_the_median_of_its_points_and_strays_do_not_count() -> None:
    places = centroids(RECORD.points)
    assert places["80010"] == (-25.5, -49.3)
    assert places["800"] == (-25.55, -49.4)
    assert set(places) == {"80010", "80020", "800", "80", "8"}


@pytest.mark.engine
async def test_an_import_writes_once(database: Database) -> None:
    made = goods(RECORD)
    assert await lacking(made, database) == 4
    assert await put(made, database) == Imported(products=4, places=5, warehouses=5, pieces=8)
    assert await put(made, database) == Imported(0, 0, 0, 0)
    assert await lacking(made, database) == 0
