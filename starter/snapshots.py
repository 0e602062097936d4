"""Asks running workflows where their orders stand: implements the auditor's `SnapshotReader`."""

from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionStatus

from models.order.run_state import Snapshot
from models.shared.errors import NotFound
from models.shared.ids import workflow_id
from starter.rpc import answering

TIMEOUT_S = 10.0


class WorkflowSnapshots:
    """Over a client with the pydantic data converter."""

    def __init__(self, client: Client, timeout_s: float = TIMEOUT_S) -> None:
        self._client = client
        self._timeout_s = timeout_s

    async def snapshot(self, order_number: str) -> Snapshot | None:
        """What the running workflow of an order says; None when none runs. Raises `Unavailable`."""
        handle = self._client.get_workflow_handle(workflow_id(order_number))
        limit = timedelta(seconds=self._timeout_s)
        try:
            async with answering(self._timeout_s):
                described = await handle.describe(rpc_timeout=limit)
                if described.status is not WorkflowExecutionStatus.RUNNING:
                    return None
                answer: Snapshot = await handle.query("snapshot", result_type=Snapshot, rpc_timeout=limit)
                return answer
        except NotFound:
            return None
