"""What must be there before the first process serves: the schema, the simulators' journals, search attributes, a policy."""

import asyncio
import json
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.adapters.simulator.schema import create_schema
from activities.order.policies import PolicyRecords
from activities.shared.database import Database
from models.shared.errors import Unavailable
from starter.connect import connect
from starter.settings import Settings
from workers.engine.processes import EngineError, port_is_free
from workers.migrate import migrate
from workflows.shared.details import SEARCH_ATTRIBUTES

_FORMER_S = 15.0
_RPC = timedelta(seconds=10)
log = structlog.get_logger()


def lay(settings: Settings, *, foreign_temporal: bool, policy: Mapping[str, Any] | None) -> None:
    """Migrate, make the simulators' schema, activate the policy, register search attributes.

    Raises `Unavailable`, `EngineError`, `Refused`. Not inside a running event loop.
    """
    revision = migrate(settings.database_url)
    log.info("database migrated", revision=revision)
    asyncio.run(_fill(settings, foreign_temporal, policy))


async def _fill(settings: Settings, foreign_temporal: bool, policy: Mapping[str, Any] | None) -> None:
    async with Database(settings.database_url, size=2, name="orderloom-up") as database:
        await create_schema(database)
        if policy is not None:
            version = await PolicyRecords(database).activate(policy, "orderloom up")
            log.info("policy active", version=version)
    if foreign_temporal:
        added = await register_search_attributes(await connect(settings), settings.temporal_namespace)
        log.info("search attributes", added=added)


async def missing_search_attributes(client: Client, namespace: str) -> dict[str, str]:
    """Names and types that the server lacks. Raises `Unavailable`, and EngineError when one has another type."""
    try:
        known = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=namespace), timeout=_RPC
        )
    except RPCError as error:
        raise Unavailable(f"Temporal: {error.message}") from error
    missing = {}
    for name, kind in SEARCH_ATTRIBUTES:
        have = known.custom_attributes.get(name)
        if have is None:
            missing[name] = kind
        elif have != _number(kind):
            told = IndexedValueType.Name(have).removeprefix("INDEXED_VALUE_TYPE_").title()
            raise EngineError(
                f"Search attribute {name} of namespace {namespace} is of type {told}, Orderloom needs {kind}: "
                "use another namespace (TEMPORAL_NAMESPACE)."
            )
    return missing


async def register_search_attributes(client: Client, namespace: str) -> list[str]:
    """Add those that are missing; gives their names. Raises `Unavailable`, `EngineError`."""
    missing = await missing_search_attributes(client, namespace)
    if not missing:
        return []
    request = AddSearchAttributesRequest(
        namespace=namespace, search_attributes={name: _number(kind) for name, kind in missing.items()}
    )
    try:
        await client.operator_service.add_search_attributes(request, timeout=_RPC)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:  # somebody else was quicker
            raise Unavailable(f"Temporal: search attributes: {error.message}") from error
    return sorted(missing)


def await_former_house(home: Path) -> None:
    """A house that was killed takes a moment to let its ports go, and Temporal must come back on the same ones."""
    deadline = time.monotonic() + _FORMER_S
    for file in (home / "ports.json", home / "temporal" / "ports.json"):
        try:
            ports = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        for port in ports.values():
            while isinstance(port, int) and not port_is_free(port) and time.monotonic() < deadline:
                time.sleep(0.05)


def _number(kind: str) -> IndexedValueType.ValueType:
    words = {"KeywordList": "KEYWORD_LIST"}.get(kind, kind.upper())
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{words}")
