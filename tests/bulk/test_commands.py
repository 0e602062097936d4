"""`orderloom import orders` as a person meets it, at a real socket."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from models.order.messages import Acceptance, Order
from starter.http import create_app
from tests.bulk.made import body, jsonl, rows_of, table
from tests.doors.doubles import Doubles, doubles
from tests.house.commands import ORDERLOOM, clean_environment, run, wait_for

pytestmark = pytest.mark.slow


@contextmanager
def served(slow_s: float = 0.0) -> Iterator[tuple[str, Doubles]]:
    """A door over doubles at a port of its own; each order takes a while."""
    door = doubles()
    take = door.desk.take

    async def slowly(order: Order) -> Acceptance:
        await asyncio.sleep(slow_s)
        return await take(order)

    door.desk.take = slowly  # type: ignore[method-assign]
    server = uvicorn.Server(uvicorn.Config(create_app(door.parts), port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for("the door", lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", door
    finally:
        server.should_exit = True
        thread.join(20)


def ended(done: subprocess.CompletedProcess[str]) -> tuple[int, dict[str, Any]]:
    return done.returncode, json.loads(done.stdout)


def test_good_and_broken_orders_end_with_1_and_a_report(tmp_path: Path) -> None:
    file, report = tmp_path / "orders.csv", tmp_path / "faults.jsonl"
    file.write_bytes(table(rows_of(body("S-1")) + rows_of(body("S-2", currency="XXQ")), ";"))
    with served() as (url, door):
        words = ("import", "orders", str(file), "--door", url)
        code, told = ended(run(*words, "--report", str(report), "--json"))
        assert (code, told["new"], told["broken"], told["rows"]) == (1, 1, 1, 4)
        (problem,) = told["problems"]
        assert (problem["row"], problem["column"], problem["pointer"]) == (4, "currency", "/currency")
        assert [json.loads(line) for line in report.read_text("utf-8").splitlines()] == [problem]
        shown = run(*words)
        assert shown.returncode == 1
        assert "row 4 S-2 currency: currency_unknown" in shown.stdout
        assert "there already              1" in shown.stdout
        assert len(door.journal) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.csv", "--door", "http://127.0.0.1:9"), "cannot be read"),
        (("bad.csv", "--door", "http://127.0.0.1:9", "--patience", "0"), "no door at"),
        (("bad.csv", "--door", "127.0.0.1:9"), "--door is a URL"),
        (("bad.csv", "--format", "xml"), "--format"),
    ],
)
def test_wrong_use_and_a_door_that_is_away(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "bad.csv").write_bytes(b"sku,colour\n")
    file, *others = words
    done = run("import", "orders", str(tmp_path / file), *others)
    assert (done.returncode, done.stdout) == (3 if "no door" in said else 2, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())


def test_a_header_with_faults_is_wrong_use_and_names_them_all(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(b"sku,colour\n")
    with served() as (url, _):
        done = run("import", "orders", str(file), "--door", url)
    assert done.returncode == 2
    assert "no column total_minor" in done.stderr
    assert "no column 'colour'" in done.stderr


def interrupted(file: Path, url: str, when: Callable[[], object], how: signal.Signals) -> tuple[int, str]:
    """An import that gets a signal; its exit code and what it said."""
    words = [*ORDERLOOM, "import", "orders", str(file), "--door", url, "--json"]
    with subprocess.Popen(words, env=clean_environment(), stdout=subprocess.PIPE, text=True) as process:
        wait_for("half of the orders", when)
        os.kill(process.pid, how)
        said, _ = process.communicate(timeout=60)
    return process.returncode, said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_import_that_is_ended_half_way_goes_on(tmp_path: Path, how: signal.Signals) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_bytes(jsonl(*(body(f"S-{nth}") for nth in range(300))))
    with served(slow_s=0.05) as (url, door):
        code, said = interrupted(file, url, lambda: len(door.journal) > 100, how)
        before = len(door.journal)
        assert before < 300
        if how is signal.SIGINT:
            told = json.loads(said)
            assert (code, told["ended"], told["new"]) == (130, "stopped", before)
        else:
            assert (code, said) == (-signal.SIGKILL, "")
            time.sleep(0.2)  # what the door was told last
        code, told = ended(run("import", "orders", str(file), "--door", url, "--json"))
        assert (code, told["new"] + told["there"]) == (0, 300)
        assert len(door.desk.orders) == 300
        assert told["there"] >= before
        code, told = ended(run("import", "orders", str(file), "--door", url, "--json"))
        assert (code, told["new"], told["there"]) == (0, 0, 300)
