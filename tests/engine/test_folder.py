"""The data folder: one owner at a time, and ports that stay."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from workers.engine import DataFolder, FolderInUse
from workers.engine.folder import default_folder


def test_a_data_folder_has_one_owner_and_names_it_to_the_second(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from workers.engine import DataFolder, FolderInUse\n"
        "try:\n    DataFolder(pathlib.Path(sys.argv[1])).lock()\n"
        "except FolderInUse as error:\n    print(error.pid, error, sep='|')\n"
        "else:\n    print('free|')\n"
    )

    def second_owner() -> list[str]:
        command = [sys.executable, "-c", script, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().split("|")

    with DataFolder(tmp_path):
        pid, message = second_owner()
        assert pid == str(os.getpid())
        assert f"in use by process {pid}" in message
        with pytest.raises(FolderInUse):
            DataFolder(tmp_path).lock()
    assert second_owner() == ["free", ""]


def test_a_data_folder_remembers_ports_and_replaces_one_that_was_taken(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    first = folder.port("door")
    assert folder.port("door") == first
    assert folder.port("metrics") != first
    with socket.create_server(("127.0.0.1", first)):
        replaced = folder.port("door")
        assert replaced != first
    assert folder.port("door") == replaced


def test_a_damaged_ports_file_is_no_reason_not_to_start(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    first = folder.port("door")
    (tmp_path / "ports.json").write_text("{ damaged")
    assert folder.port("door", wanted=first) == first
    assert folder.port("door") == first


def test_the_folder_is_orderloom_home_or_var_under_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORDERLOOM_HOME", raising=False)
    assert default_folder() == tmp_path / "var"
    monkeypatch.setenv("ORDERLOOM_HOME", str(tmp_path / "elsewhere"))
    assert default_folder() == tmp_path / "elsewhere"
