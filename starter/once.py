"""Starts a short workflow once for each id, and waits for its answer."""

from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.shared.errors import Conflict, ErrorCode

R = TypeVar("R", bound=BaseModel)
_TIMEOUT = timedelta(seconds=10)


async def once(
    client: Client,
    workflow: str,
    request: BaseModel,
    result: type[R],
    name: str,
    task_queue: str,
    fingerprint: str,
    summary: str,
) -> R:
    """The answer of workflow `name`, started now or before. Raises `Conflict` (`key_reused`) when it was asked something else."""
    handle: WorkflowHandle[object, R]
    try:
        handle = await client.start_workflow(
            workflow,
            request,
            id=name,
            task_queue=task_queue,
            result_type=result,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            memo={"fingerprint": fingerprint},
            static_summary=summary,
            rpc_timeout=_TIMEOUT,
        )
    except WorkflowAlreadyStartedError:
        handle = client.get_workflow_handle(name, result_type=result)
        memo = await (await handle.describe()).memo()
        if memo.get("fingerprint") != fingerprint:
            raise Conflict(ErrorCode.KEY_REUSED, f"{name} was asked for something else") from None
    return await handle.result()
