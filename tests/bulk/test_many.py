"""Ten thousand orders in one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.intake.sheet import COLUMNS
from models.shared.ids import order_number_for
from tests.bulk.made import House, body, jsonl, places, rows_of, table


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
async def test_ten_thousand_orders_with_three_in_a_hundred_broken(tmp_path: Path, suffix: str) -> None:
    bodies = [body(f"S-{nth:05}") for nth in range(10_000)]
    wanted = []
    for nth in range(0, 10_000, 33):
        code = ("sku_unknown", "email_invalid", "total_mismatch")[nth % 3]
        at = {
            "sku_unknown": "/lines/1/sku", "email_invalid": "/customer/email", "total_mismatch": "/total_minor",
        }[code]  # fmt: skip
        if code == "sku_unknown":
            bodies[nth]["lines"][1]["sku"] = "GHOST"
        elif code == "email_invalid":
            bodies[nth]["customer"]["email"] = "nobody"
        else:
            bodies[nth]["total_minor"] += 1
        # In a table every order has two rows below the header; the second line's faults are in the second.
        row = 2 + 2 * nth + (code == "sku_unknown") if suffix == "csv" else nth + 1
        column = at.split("/lines/1/")[-1].strip("/").replace("/", ".") if suffix == "csv" else ""
        wanted.append((row, at, column, code))
    file = tmp_path / f"orders.{suffix}"
    if suffix == "csv":
        file.write_bytes(table([row for one in bodies for row in rows_of(one)], header=list(COLUMNS)))
    else:
        file.write_bytes(jsonl(*bodies))
    house = House(file)
    outcome = await house.run()
    assert places(outcome.faults) == wanted
    assert (outcome.counts.broken, outcome.counts.new) == (304, 9_696)
    numbers = [order_number_for("DE", "web", one["source_id"]) for one in bodies]
    every, broken = set(numbers), set(numbers[::33])
    assert sorted(house.taken) == sorted(every - broken)
    again = await house.run()
    assert (again.counts.new, again.counts.there, again.counts.broken) == (0, 9_696, 304)
    assert len(house.taken) == 9_696
