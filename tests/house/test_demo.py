"""`orderloom demo`: twenty orders from the storefront to the closed books, every one accounted for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.house.commands import left_behind, run

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.journey]


def test_twenty_orders_end_and_the_summary_accounts_for_each(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    ended = run("demo", "--orders", "20", "--exit", "--json", "--home", str(home))
    assert ended.returncode == 0, ended.stderr
    (line,) = ended.stdout.splitlines()
    summary = json.loads(line)
    assert sorted(summary) == [
        "audit", "money", "notices", "orders", "outcomes", "refused", "seconds", "stock", "waiting",
    ]  # fmt: skip
    assert (summary["orders"], summary["waiting"], summary["audit"]["findings"]) == (20, {}, [])
    assert sum(summary["outcomes"].values()) + sum(summary["refused"].values()) == 20
    assert sum(summary["refused"].values()) == 2
    assert summary["stock"]["reserved"] == 0
    assert summary["notices"]["received"] == 18
    moved = summary["stock"]["moved"]
    assert moved["reserved"] == moved["shipped"] + moved.get("released", 0)
    for sums in summary["money"].values():
        assert sums["captured"] - sums["refunded"] == sums["commission"] + sums["payable"]
        assert sums["refunded"] <= sums["captured"] <= sums["authorised"] <= sums["ordered"]
    assert left_behind(home) == []
    again = run("demo", "--orders", "1", "--home", str(home))
    assert (again.returncode, "holds orders already" in again.stderr) == (2, True)
