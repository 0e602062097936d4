"""What is there and what is missing: the programs, the services, the processes that should run."""

import asyncio
import importlib.metadata
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import httpx
import psycopg
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from models.shared.errors import OrderloomError, Unavailable
from starter.connect import connect
from starter.endpoints import resolve
from starter.settings import Settings
from workers.engine import EngineError
from workers.engine.postgres_binaries import find_binaries, server_account
from workers.engine.temporal_server import find_program
from workers.migrate import head, standing
from workers.up.foundation import missing_search_attributes

_LEAST_FREE_BYTES = 2 * 1024**3
_TIMEOUT_S = 5.0


class Health(StrEnum):
    """How a check went. `away`: a service that is needed cannot be reached."""

    FINE = "fine"
    FOUND = "found"
    AWAY = "away"


@dataclass(frozen=True)
class Check:
    """One check: what was looked at, how it went, what was seen, what to do about it."""

    name: str
    health: Health
    seen: str
    advice: str = ""


async def examine(settings: Settings) -> list[Check]:
    """Look at everything. Raises nothing: what goes wrong is a finding."""
    checks = [_python(), _postgres_programs(), _temporal_program(), _disk(settings.home)]
    try:
        known = resolve(settings)
    except Unavailable as error:
        advice = "start `orderloom up`, or set DATABASE_URL and TEMPORAL_ADDRESS"
        return [*checks, Check("house", Health.AWAY, str(error), advice)]
    here = settings.model_copy(
        update={"database_url": known.database_url, "temporal_address": known.temporal_address}
    )
    checks += await asyncio.gather(
        _guarded("database", lambda: _database(here.database_url)),
        _guarded("door", lambda: _door(known.door)),
    )
    checks.append(await asyncio.to_thread(_mail, settings, known.smtp_port))
    return checks + await _temporal(here)


async def _guarded(name: str, check: Callable[[], Awaitable[Check]]) -> Check:
    try:
        return await asyncio.wait_for(check(), _TIMEOUT_S * 2)
    except (
        OrderloomError,
        EngineError,
        psycopg.Error,
        httpx.HTTPError,
        RPCError,
        OSError,
        TimeoutError,
    ) as error:
        return Check(
            name, Health.AWAY, str(error).strip() or type(error).__name__, "see `orderloom up` and its logs"
        )


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", Health.FINE, f"{version}, orderloom {importlib.metadata.version('orderloom')}")


def _postgres_programs() -> Check:
    try:
        return Check("PostgreSQL programs", Health.FINE, str(find_binaries(server_account())))
    except EngineError as error:
        return Check("PostgreSQL programs", Health.FOUND, str(error), "needed only without DATABASE_URL")


def _temporal_program() -> Check:
    try:
        return Check("Temporal program", Health.FINE, str(find_program()))
    except EngineError as error:
        return Check("Temporal program", Health.FOUND, str(error), "needed only without TEMPORAL_ADDRESS")


def _disk(home: Path) -> Check:
    place = home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    enough = free >= _LEAST_FREE_BYTES
    seen = f"{free / 1024**3:.1f} GiB free at {place}"
    return Check(
        "disk",
        Health.FINE if enough else Health.FOUND,
        seen,
        "" if enough else "make room: a month of orders takes gigabytes",
    )


async def _database(url: str) -> Check:
    connection = await psycopg.AsyncConnection.connect(url, connect_timeout=int(_TIMEOUT_S))
    async with connection:
        version = connection.info.server_version // 10_000
        revision = await standing(connection)
    seen = f"PostgreSQL {version}, schema {revision or 'none'}"
    if revision != head():
        return Check("database", Health.FOUND, seen, f"`orderloom migrate` brings it to {head()}")
    return Check("database", Health.FINE, seen)


async def _door(door: str) -> Check:
    if not door:
        return Check("door", Health.FOUND, "no address known", "start `orderloom up` or `orderloom door`")
    async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as client:
        answer = await client.get(f"{door}/health")
    fine = answer.status_code == 200
    return Check(
        "door", Health.FINE if fine else Health.AWAY, f"{door}: {answer.status_code} {answer.text[:200]}"
    )


def _mail(settings: Settings, remembered: int) -> Check:
    port = (
        settings.smtp_port if "smtp_port" in settings.model_fields_set else remembered or settings.smtp_port
    )
    try:
        with socket.create_connection((settings.smtp_host, port), _TIMEOUT_S):
            return Check("mail", Health.FINE, f"{settings.smtp_host}:{port} answers")
    except OSError as error:
        seen = f"{settings.smtp_host}:{port}: {error}"
        return Check("mail", Health.FOUND, seen, "letters wait in the outbox until it is back")


async def _temporal(settings: Settings) -> list[Check]:
    try:
        client = await asyncio.wait_for(connect(settings), _TIMEOUT_S * 2)
    except (OrderloomError, TimeoutError) as error:
        return [
            Check("Temporal", Health.AWAY, str(error) or f"{settings.temporal_address}: no answer in time")
        ]
    return list(
        await asyncio.gather(
            _guarded("search attributes", lambda: _attributes(client, settings)),
            _guarded("worker", lambda: _worker(client, settings)),
        )
    )


async def _attributes(client: Client, settings: Settings) -> Check:
    missing = await missing_search_attributes(client, settings.temporal_namespace)
    seen = f"Temporal at {settings.temporal_address}, namespace {settings.temporal_namespace}: "
    if missing:
        return Check(
            "Temporal", Health.FOUND, f"{seen}without {', '.join(missing)}", "`orderloom up` registers them"
        )
    return Check("Temporal", Health.FINE, f"{seen}every search attribute is there")


async def _worker(client: Client, settings: Settings) -> Check:
    request = DescribeTaskQueueRequest(
        namespace=settings.temporal_namespace,
        task_queue=TaskQueue(name=settings.task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    described = await client.workflow_service.describe_task_queue(
        request, timeout=timedelta(seconds=_TIMEOUT_S)
    )
    pollers = len({poller.identity for poller in described.pollers})
    seen = f"{pollers} poll task queue {settings.task_queue}"
    return Check(
        "worker", Health.FINE if pollers else Health.AWAY, seen, "" if pollers else "start `orderloom worker`"
    )
