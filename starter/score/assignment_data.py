"""Reads a day of orders and the network that may serve them: the tables of Brunel University's supply chain logistics problem.

The set is public (CC BY 4.0, article 7558679 at brunel.figshare.com) and no part of Orderloom.
"""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from models.shared.errors import Problem
from starter.parquet import ParquetError, Row, read_rows
from starter.score.faults import Unfit, fault, lacks_extra

TABLES: dict[str, dict[str, type]] = {
    "OrderList": {
        "Order ID": str, "Customer": str, "Product ID": int, "Service Level": str, "Destination Port": str,
        "Unit quantity": int, "Weight": float,
    },
    "FreightRates": {
        "orig_port_cd": str, "dest_port_cd": str, "minm_wgh_qty": float, "max_wgh_qty": float, "minimum cost": float,
        "rate": float,
    },
    "PlantPorts": {"Plant Code": str, "Port": str},
    "ProductsPerPlant": {"Plant Code": str, "Product ID": int},
    "VmiCustomers": {"Plant Code": str, "Customers": str},
    "WhCapacities": {"Plant ID": str, "Daily Capacity": int},
    "WhCosts": {"WH": str, "Cost/unit": float},
}  # fmt: skip
# What may stand only once.
KEYS = {"OrderList": "Order ID", "WhCapacities": "Plant ID", "WhCosts": "WH"}


@dataclass(frozen=True, slots=True)
class DayOrder:
    """One order of the day. `own_freight`: the customer sees to the freight (service level CRF)."""

    order_id: str
    customer: str
    product: int
    destination: str
    units: int
    weight: float
    own_freight: bool


@dataclass(frozen=True, slots=True)
class FreightRate:
    """A carrier's rate on a lane for a band of weights, both ends within: rate times weight, at least the minimum."""

    lightest: float
    heaviest: float
    minimum: float
    rate: float


@dataclass(frozen=True, slots=True)
class Day:
    """Orders and network. `rates` by (port, destination); `only_for`: customers that a plant is kept for."""

    orders: list[DayOrder]
    plants_of: dict[int, set[str]]
    ports_of: dict[str, list[str]]
    only_for: dict[str, set[str]]
    capacity: dict[str, int]
    unit_cost: dict[str, float]
    rates: dict[tuple[str, str], list[FreightRate]]


def read_day(folder: Path) -> Day:
    """All tables of a folder. Raises `Unfit` with every fault."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise lacks_extra("data", "pyarrow", error) from error
    tables: dict[str, list[Row]] = {}
    faults: list[Problem] = []
    for name, columns in TABLES.items():
        path = folder / f"{name}.parquet"
        try:
            tables[name] = read_rows(path, list(columns))
        except ParquetError as error:
            faults.append(
                fault(str(path), "table_wrong", str(error), "give the folder with all seven tables")
            )
        else:
            faults += _cells(path, tables[name], columns, KEYS.get(name, ""))
    if not faults:
        faults += _without_cost(folder, tables)
    if faults:
        raise Unfit(faults)
    return _day(tables)


def _cells(path: Path, rows: list[Row], columns: dict[str, type], key: str) -> list[Problem]:
    """The first wrong cell of each column, and how many more there are."""
    faults = []
    for column, kind in columns.items():
        wrong = [nth for nth, row in enumerate(rows) if _objection(row[column], kind)]
        if wrong:
            more = f" (and {len(wrong) - 1:,} more rows)" if len(wrong) > 1 else ""
            says = _objection(rows[wrong[0]][column], kind) + more
            faults.append(
                fault(f"{path}, column {column}, row {wrong[0]}", "cell_wrong", says, "mend the cell")
            )
    if key and not faults:
        seen: set[str] = set()
        for nth, row in enumerate(rows):
            if row[key] in seen:
                where = f"{path}, column {key}, row {nth}"
                faults.append(fault(where, "cell_wrong", f"{row[key]} stands twice", "give each row once"))
            seen.add(row[key])
    return faults


def _objection(cell: Any, kind: type) -> str:
    if cell is None or cell == "":
        return "is empty"
    if kind is str:
        return "" if isinstance(cell, str) else "is not text"
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not isfinite(cell):
        return "is not a number"
    if kind is int and cell != int(cell):
        return "is not a whole number"
    return "is below zero" if cell < 0 else ""


def _without_cost(folder: Path, tables: dict[str, list[Row]]) -> list[Problem]:
    costs = {row["WH"] for row in tables["WhCosts"]}
    return [
        fault(
            f"{folder / 'WhCosts.parquet'}, column WH",
            "plant_unknown",
            f"has no row for {plant}, which has a capacity",
            "add the plant's cost",
        )
        for plant in sorted({row["Plant ID"] for row in tables["WhCapacities"]} - costs)
    ]


def _day(tables: dict[str, list[Row]]) -> Day:
    day = Day(
        orders=[
            DayOrder(
                order_id=row["Order ID"],
                customer=row["Customer"],
                product=int(row["Product ID"]),
                destination=row["Destination Port"],
                units=int(row["Unit quantity"]),
                weight=row["Weight"],
                own_freight=row["Service Level"] == "CRF",
            )
            for row in tables["OrderList"]
        ],
        plants_of={},
        ports_of={},
        only_for={},
        capacity={row["Plant ID"]: int(row["Daily Capacity"]) for row in tables["WhCapacities"]},
        unit_cost={row["WH"]: row["Cost/unit"] for row in tables["WhCosts"]},
        rates={},
    )
    for row in tables["ProductsPerPlant"]:
        day.plants_of.setdefault(int(row["Product ID"]), set()).add(row["Plant Code"])
    for row in tables["PlantPorts"]:
        day.ports_of.setdefault(row["Plant Code"], []).append(row["Port"])
    for row in tables["VmiCustomers"]:
        day.only_for.setdefault(row["Plant Code"], set()).add(row["Customers"])
    for row in tables["FreightRates"]:
        rate = FreightRate(row["minm_wgh_qty"], row["max_wgh_qty"], row["minimum cost"], row["rate"])
        day.rates.setdefault((row["orig_port_cd"], row["dest_port_cd"]), []).append(rate)
    return day
