"""Orders on a Temporal server whose time can be skipped, over a real PostgreSQL and the simulators."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from activities.adapters.simulator.faults import FaultPlan
from activities.shared.database import Database
from starter.settings import Settings
from tests.workflows.living import Lived
from tests.workflows.made import seed
from workers import wiring
from workers.engine.temporal_server import find_program
from workers.worker import build_worker
from workflows.shared.details import SEARCH_ATTRIBUTES

_QUEUES = itertools.count(1)
_SKIPPING = (
    "--dynamic-config-value",
    "frontend.WorkflowTimeSkippingEnabled=true",
    "--dynamic-config-value",
    'history.timerProcessorMaxTimeShift="20ms"',
    *(part for name, kind in SEARCH_ATTRIBUTES for part in ("--search-attribute", f"{name}={kind}")),
)


@pytest.fixture(scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """One server for the session."""
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(find_program()),
        dev_server_extra_args=_SKIPPING,
        ui=False,
        data_converter=pydantic_data_converter,
    )
    async with environment:
        yield environment


@pytest.fixture
def faults() -> FaultPlan:
    """What goes wrong outside; a test module overrides it."""
    return FaultPlan.none()


@pytest.fixture
async def lived(skipping: WorkflowEnvironment, database: Database, faults: FaultPlan) -> AsyncIterator[Lived]:
    """A worker on a task queue and a database of its own, in Temporal's sandbox, with one warehouse in stock."""
    await seed(database)
    settings = Settings(task_queue=f"test-{os.getpid()}-{next(_QUEUES)}", workflow_sandbox=True)
    world = wiring.outside(database, settings, faults=faults)
    async with build_worker(skipping.client, database, world, settings):
        one = Lived(skipping, database, world, settings.task_queue)
        yield one
        await one.settle()
