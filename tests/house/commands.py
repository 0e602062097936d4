"""Running `orderloom` as a person does, and one good order for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

ORDERLOOM = [sys.executable, "-m", "workers.main"]
PATIENCE_S = 40.0


def clean_environment(**more: str) -> dict[str, str]:
    """Ours without any address of a service."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("ORDERLOOM_", "TEMPORAL_", "DATABASE_"))}
    return ours | more


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return subprocess.run(
        [*ORDERLOOM, *words],
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Up:
    """`orderloom up` in a folder."""

    def __init__(self, home: Path, *words: str) -> None:
        self.home = home
        self._errors = (home.parent / "up.err").open("ab")
        self.process = subprocess.Popen(
            [*ORDERLOOM, "up", "--home", str(home), "--json", *words],
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        assert self.process.stdout is not None
        told = self.process.stdout.readline()
        assert told, (home.parent / "up.err").read_text("utf-8")
        self.addresses: dict[str, Any] = json.loads(told)

    @property
    def door(self) -> str:
        return str(self.addresses["door"])

    def family(self) -> dict[str, int]:
        """The children's process ids by their first word."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            words = child.cmdline()
            name = words[words.index("workers.main") + 1] if "workers.main" in words else Path(words[0]).name
            found[name] = child.pid
        return found

    def __enter__(self) -> Up:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.interrupt(times=2)

    def interrupt(self, times: int = 1) -> int:
        """Ctrl-C; gives the exit code."""
        for nth in range(times):
            if nth:
                time.sleep(0.1)
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()
        return code


def left_behind(home: Path) -> list[str]:
    """What still runs in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(home) in line and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
            found.append(line)
    return found


def wait_for(what: str, ready: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def order_of(door: str, number: str) -> dict[str, Any]:
    """The order's row; empty while the door is away."""
    try:
        answer = httpx.get(f"{door}/orders/{number}", timeout=15, trust_env=False)
    except httpx.TransportError:
        return {}
    return dict(answer.json()["order"]) if answer.status_code == 200 else {}


def work_bench(door: str, number: str) -> dict[str, Any]:
    """Pick, check, pack and label the order's first parcel; a repeat is harmless."""
    body = {"by": "bo", "steps": ["pick", "check", "pack", "label"], "request_id": "bench-1"}
    url = f"{door}/bench/parcels/{number}-P1/steps"
    for _ in range(40):
        answer = httpx.post(url, json=body, timeout=30, trust_env=False)
        if answer.status_code == 200:
            return dict(answer.json())
        assert answer.status_code == 503, answer.text
        time.sleep(0.25)
    raise AssertionError(answer.text)


def hand_in(door: str, database_url: str, seed: int = 3) -> str:
    """Fill the catalogue and hand one ordinary order in; gives its number."""
    import asyncio

    from activities.shared.database import Database
    from workers.simulation.catalogue import seed as seed_catalogue
    from workers.simulation.orders import make_orders
    from workers.simulation.scenarios import Scenario

    async def fill() -> None:
        async with Database(database_url, size=1) as database:
            await seed_catalogue(database, 10)

    asyncio.run(fill())
    body = next(one.body for one in make_orders(20, seed) if one.scenario is Scenario.ORDINARY)
    answer = httpx.post(f"{door}/orders", json=body, timeout=30, trust_env=False)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["order_number"])
