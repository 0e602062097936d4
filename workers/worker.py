"""A worker process: the workflows, the steps, and the relays."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.adapters.carrier_simulator import CourierPlan
from activities.shared.database import Database
from starter.connect import connect
from starter.settings import Settings
from workers import wiring
from workers.crash_points import CrashPoints
from workers.logging import OrderInLogs
from workflows.allocation.receive_stock import ReceiveStockWorkflow
from workflows.allocation.set_preorder import SetPreorderWorkflow
from workflows.order import OrderWorkflow
from workflows.settlement.disputes.answer_bank import DisputeWorkflow

WORKFLOWS = [OrderWorkflow, ReceiveStockWorkflow, SetPreorderWorkflow, DisputeWorkflow]

# Pure, or only named inside workflows: loading them anew for each order would cost 300 ms apiece.
PASSED_THROUGH = ("models", "activities", "pydantic", "pydantic_core", "annotated_types", "typing_extensions")


def runner(sandboxed: bool) -> WorkflowRunner:
    """How workflow code runs: in Temporal's sandbox, which refuses clocks, chance and I/O, or plainly.

    The tests run it in the sandbox; a worker runs it plainly, which costs a fifth less CPU (docs/adr/0006).
    """
    if not sandboxed:
        return UnsandboxedWorkflowRunner()
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )


def build_worker(client: Client, database: Database, world: wiring.World, settings: Settings) -> Worker:
    """A worker over its ports. Its pollers grow and shrink with the load."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=wiring.steps(database, world),
        workflow_runner=runner(settings.workflow_sandbox),
        interceptors=[OrderInLogs(), *([CrashPoints(settings.crash_plan)] if settings.crash_plan else [])],
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(initial=4, maximum=20),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(initial=4, maximum=20),
        max_cached_workflows=2_000,
        max_concurrent_workflow_tasks=100,
        max_concurrent_activities=50,
        max_concurrent_local_activities=50,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


@contextlib.asynccontextmanager
async def running_worker(settings: Settings, courier: CourierPlan | None = None) -> AsyncIterator[Worker]:
    """A worker with its pools, from the settings' addresses."""
    async with (
        Database(settings.database_url, size=12, name="orderloom-worker") as database,
        Database(settings.database_url, size=6, name="orderloom-simulator") as journal,
    ):
        client = await connect(settings)
        async with (
            wiring.world(database, journal, settings, courier) as world,
            build_worker(client, database, world, settings) as worker,
        ):
            yield worker


async def run_relays(settings: Settings, stop: asyncio.Event) -> None:
    """Inbox and outbox until `stop` is set."""
    async with Database(settings.database_url, size=10, name="orderloom-relay") as database:
        client = await connect(settings)
        async with (
            wiring.hears(settings) as hears,
            wiring.taken_relay(database, client, settings) as taken,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(taken.run(stop))
            group.create_task(wiring.inbox_relay(database, client, hears, settings.task_queue).run(stop))
            group.create_task(wiring.outbox_relay(database, settings, database).run(stop))
