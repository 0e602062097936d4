"""The scorecard of assigning a whole day: how the tables are read, what is wrong with them, and the public set's figures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from starter.score.assignment import EXACT, GREEDY, UNLIMITED, costs_of, measure
from starter.score.assignment_data import DayOrder, read_day
from starter.score.faults import Unfit
from tests.score.made_up import ROOT
from workers.main import build

arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra `data`)")
parquet = pytest.importorskip("pyarrow.parquet")

BRUNEL = ROOT.parent / "shared" / "data" / "brunel"
Tables = dict[str, list[dict[str, Any]]]


def order(order_id: str, **changes: object) -> dict[str, Any]:
    plain = {
        "Order ID": order_id, "Customer": "C1", "Product ID": 7, "Service Level": "DTD", "Destination Port": "P9",
        "Unit quantity": 10, "Weight": 5.0,
    }  # fmt: skip
    return plain | changes


def rate(port: str, lightest: float, heaviest: float, minimum: float, per_weight: float) -> dict[str, Any]:
    return {
        "orig_port_cd": port, "dest_port_cd": "P9", "minm_wgh_qty": lightest, "max_wgh_qty": heaviest,
        "minimum cost": minimum, "rate": per_weight,
    }  # fmt: skip


def tables() -> Tables:
    """Two plants of one port each, one order each; A is dear and at sea, B cheap and at the destination."""
    return {
        "OrderList": [order("1"), order("2", Weight=50.0)],
        "FreightRates": [
            rate("P1", 0, 9.99, 4.0, 1.0),
            rate("P1", 0, 9.99, 6.0, 0.5),
            rate("P1", 10, 99.99, 4.0, 0.2),
        ],
        "PlantPorts": [{"Plant Code": "A", "Port": "P1"}, {"Plant Code": "B", "Port": "P9"}],
        "ProductsPerPlant": [{"Plant Code": "A", "Product ID": 7}, {"Plant Code": "B", "Product ID": 7}],
        "VmiCustomers": [{"Plant Code": "B", "Customers": "C1"}],
        "WhCapacities": [{"Plant ID": "A", "Daily Capacity": 1}, {"Plant ID": "B", "Daily Capacity": 1}],
        "WhCosts": [{"WH": "A", "Cost/unit": 2.0}, {"WH": "B", "Cost/unit": 0.5}],
    }


def folder(path: Path, made: Tables) -> Path:
    for name, rows in made.items():
        parquet.write_table(arrow.Table.from_pylist(rows), path / f"{name}.parquet")
    return path


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(build("score"), ["score", "assignment", "--data", str(data), *words])


def refused(path: Path) -> list[str]:
    with pytest.raises(Unfit) as raised:
        read_day(path)
    return str(raised.value).splitlines()


def costs(path: Path, **changes: Any) -> dict[str, int]:
    day = read_day(folder(path, tables()))
    order = DayOrder("9", "C1", 7, "P9", units=10, weight=5.0, own_freight=False)
    return costs_of(day, replace(order, **changes))


def test_an_order_costs_its_storage_and_the_cheapest_freight_of_its_weight(tmp_path: Path) -> None:
    # At 5: max(4, 5) by the first rate, max(6, 2.5) by the second. At the destination's own port nothing.
    assert costs(tmp_path) == {"A": 25_000_000, "B": 5_000_000}
    assert costs(tmp_path, weight=50.0)["A"] == 30_000_000
    assert costs(tmp_path, weight=9.99)["A"] == 26_000_000


def test_customers_who_see_to_the_freight_pay_none(tmp_path: Path) -> None:
    assert costs(tmp_path, own_freight=True) == {"A": 20_000_000, "B": 5_000_000}


def test_a_plant_that_is_kept_for_others_or_has_no_rate_or_product_serves_nobody(tmp_path: Path) -> None:
    assert costs(tmp_path, customer="C2") == {"A": 25_000_000}
    assert costs(tmp_path, weight=100.0) == {"B": 5_000_000}
    assert costs(tmp_path, weight=9.995) == {"B": 5_000_000}
    assert costs(tmp_path, destination="P8") == {}
    assert costs(tmp_path, product=8) == {}


def test_a_day_is_assigned_at_the_least_cost_and_greed_is_shown_beside_it(tmp_path: Path) -> None:
    card = measure(read_day(folder(tmp_path, tables())))
    figures = {one.name: (one.served, one.cost) for one in card.figures}
    # Order 1 is cheapest in B, and so is order 2, which costs 5 more than order 1 in A.
    assert figures == {EXACT: (2, 30.0), GREEDY: (2, 35.0), UNLIMITED: (2, 10.0)}
    assert [(one.plant, one.capacity, one.served, one.greedy) for one in card.loads] == [
        ("A", 1, 1, 1),
        ("B", 1, 1, 1),
    ]
    assert (card.orders, card.plants, card.capacity, card.without_plant) == (2, 2, 2, 0)


def test_another_day_than_the_public_one_falls_short_and_ends_with_1(tmp_path: Path) -> None:
    ended = run(folder(tmp_path, tables()), "--json")
    card = json.loads(ended.stdout)
    assert (ended.exit_code, card["passed"], card["served"], card["greedy_cost"]) == (1, False, 2, 35.0)


def test_every_missing_table_and_column_is_named_at_once(tmp_path: Path) -> None:
    made = tables()
    del made["WhCosts"]
    made["PlantPorts"] = [{"Plant Code": "A"}]
    told = refused(folder(tmp_path, made))
    assert [line.split(":")[0] for line in told] == [
        f"{tmp_path / name}.parquet" for name in ("PlantPorts", "WhCosts")
    ]
    assert "lacks Port" in told[0]
    assert all("give the folder with all seven tables" in line for line in told)


def test_every_wrong_cell_is_named_at_once(tmp_path: Path) -> None:
    made = tables()
    made["OrderList"] = [
        order("1", Weight=-1.0, Customer=""), order("1", Weight=-2.0), order("3", **{"Unit quantity": None}),
    ]  # fmt: skip
    made["WhCapacities"][1]["Plant ID"] = "A"
    made["FreightRates"][2]["rate"] = float("nan")
    told = refused(folder(tmp_path, made))
    assert [line.removeprefix(f"{tmp_path}/") for line in told] == [
        "OrderList.parquet, column Customer, row 0: is empty; mend the cell",
        "OrderList.parquet, column Unit quantity, row 2: is empty; mend the cell",
        "OrderList.parquet, column Weight, row 0: is below zero (and 1 more rows); mend the cell",
        "FreightRates.parquet, column rate, row 2: is not a number; mend the cell",
        "WhCapacities.parquet, column Plant ID, row 1: A stands twice; give each row once",
    ]


def test_a_plant_without_a_cost_is_named(tmp_path: Path) -> None:
    made = tables()
    made["WhCosts"].pop()
    assert "has no row for B, which has a capacity" in refused(folder(tmp_path, made))[0]


def test_the_figures_of_the_public_set_are_reached_to_the_cent() -> None:
    if not BRUNEL.is_dir():
        pytest.skip(f"the set is not at {BRUNEL}")
    ended = run(BRUNEL, "--json")
    card = json.loads(ended.stdout)
    assert (ended.exit_code, card["passed"]) == (0, True)
    assert {one["name"]: (one["served"], one["cost"]) for one in card["figures"]} == {
        EXACT: (2_444, 1_188_613.17), GREEDY: (2_430, 3_142_438.86), UNLIMITED: (9_215, 15_516_005.26),
    }  # fmt: skip
    assert (card["orders"], card["plants"], card["capacity"], card["without_plant"]) == (9_215, 18, 5_784, 0)
    assert sum(one["served"] for one in card["loads"]) == 2_444
    assert all(one["served"] <= one["capacity"] for one in card["loads"])
