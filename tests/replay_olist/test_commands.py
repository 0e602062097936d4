"""The commands as a person meets them, without a house."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.commands import run


@pytest.mark.parametrize("command", ["import", "replay"])
def test_a_folder_without_the_files_is_wrong_use(command: str, tmp_path: Path) -> None:
    ended = run(command, "olist", str(tmp_path))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "geolocation.parquet" in ended.stderr.replace("\n", "")


@pytest.mark.parametrize("number", ["0", "-3", "many"])
def test_a_number_of_orders_is_positive_or_all(number: str, tmp_path: Path) -> None:
    ended = run("replay", "olist", str(tmp_path), "--orders", number)
    assert ended.returncode == 2
    assert "--orders is a positive number or 'all'" in " ".join(ended.stderr.replace("│", " ").split())
