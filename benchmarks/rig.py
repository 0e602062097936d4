"""Servers and worker processes of a bench run, and what they cost."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from activities.adapters.simulator.schema import create_schema
from activities.shared.database import Database
from workers.engine import LocalPostgres, LocalTemporal
from workers.migrate import migrate
from workflows.shared.details import SEARCH_ATTRIBUTES

SKUS = 200
_SEED = """
INSERT INTO warehouse VALUES ('BER', 'Berlin', 'DE', 52.52, 13.40), ('LYS', 'Lyon', 'FR', 45.76, 4.84);
INSERT INTO product (sku, title, merchant_id, category, weight_g, special_goods, list_currency)
    SELECT 'SKU-' || n, 'Thing ' || n, 'merchant-' || n % 7, 'things', 400, false, '' FROM generate_series(1, 200) n;
INSERT INTO stock_level SELECT 'SKU-' || n, w.code, 1000000, 0 FROM generate_series(1, 200) n, warehouse w;
INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)
    SELECT sku, warehouse, 'received', on_hand, 0, '', 'seed' FROM stock_level"""
_POLICY = b"""
INSERT INTO policy_version (version, name, active, document, created_by)
    VALUES (1, 'bench', true, '{"version": 1, "name": "bench", "deadlines": {"return_window_s": 1}}', 'bench')"""


@dataclass
class Rig:
    """A running bench."""

    database_url: str
    temporal_address: str
    worker_pids: list[int]
    server_pid: int
    postgres_pid: int

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds used so far: workers, Temporal, PostgreSQL with its backends (those that still live)."""
        return {
            "worker": sum(_cpu(psutil.Process(pid)) for pid in self.worker_pids),
            "server": _cpu(psutil.Process(self.server_pid)),
            "postgres": sum(_cpu(one) for one in _family(self.postgres_pid)),
        }


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


@contextmanager
def rig(workers: int, tuned: bool, smtp_port: int) -> Iterator[Rig]:
    """PostgreSQL, Temporal (file-backed) and worker processes, in a folder of their own; all ended afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orderloom-bench-")))
        folder.chmod(0o755)
        postgres = stack.enter_context(LocalPostgres(folder / "postgres"))
        temporal = stack.enter_context(
            LocalTemporal(folder / "temporal", tuned=tuned, ui=False, search_attributes=SEARCH_ATTRIBUTES)
        )
        migrate(postgres.dsn)
        asyncio.run(seed(postgres.dsn))
        asyncio.run(_activate(postgres.dsn))
        environment = {
            **os.environ,
            "DATABASE_URL": postgres.dsn,
            "TEMPORAL_ADDRESS": temporal.address,
            "ORDERLOOM_PSP_WEBHOOKS": "false",
            "ORDERLOOM_SMTP_PORT": str(smtp_port),
        }
        processes = [_start(environment) for _ in range(workers)]
        for process in processes:
            stack.callback(_end, process)
        for process in processes:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError("a worker process did not start")
        yield Rig(
            postgres.dsn,
            temporal.address,
            [process.pid for process in processes],
            temporal.pid or 0,
            postgres.pid or 0,
        )


async def seed(dsn: str) -> None:
    """Two warehouses, 200 SKUs, stock without end; and the outsiders' journals."""
    async with Database(dsn, size=1) as database:
        await create_schema(database)
        async with database.transaction() as cursor:
            for statement in _SEED.split(";\n"):
                await cursor.execute(statement.encode())


async def _activate(dsn: str) -> None:
    async with Database(dsn, size=1) as database, database.reading() as cursor:
        await cursor.execute(_POLICY)


def _start(environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.worker_process"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
