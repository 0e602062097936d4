"""Temporal's failures as a door tells them: what passes is unavailable, a defect stays one."""

from __future__ import annotations

import pytest
from google.protobuf.any_pb2 import Any as Detail
from temporalio.api.common.v1 import GrpcStatus
from temporalio.api.errordetails.v1 import MultiOperationExecutionFailure, WorkflowNotReadyFailure
from temporalio.service import RPCError, RPCStatusCode

from models.shared.errors import NotFound, Unavailable
from starter.rpc import answering


def packed(message: object) -> Detail:
    detail = Detail()
    detail.Pack(message)  # type: ignore[arg-type]
    return detail


NOT_READY = packed(WorkflowNotReadyFailure())
# As the server wraps it for an update-with-start.
NESTED = packed(
    MultiOperationExecutionFailure(
        statuses=[MultiOperationExecutionFailure.OperationStatus(code=9, details=[NOT_READY])]
    )
)


@pytest.mark.parametrize(
    ("status", "details", "told"),
    [
        (RPCStatusCode.UNAVAILABLE, [], Unavailable),
        (RPCStatusCode.NOT_FOUND, [], NotFound),
        (RPCStatusCode.FAILED_PRECONDITION, [NOT_READY], Unavailable),
        (RPCStatusCode.FAILED_PRECONDITION, [NESTED], Unavailable),
        (RPCStatusCode.FAILED_PRECONDITION, [], RPCError),
    ],
)
async def test_an_order_that_takes_no_update_for_a_moment_is_unavailable(
    status: RPCStatusCode, details: list[Detail], told: type[Exception]
) -> None:
    raw = GrpcStatus(code=status.value, details=details).SerializeToString()
    with pytest.raises(told):
        async with answering(1.0):
            raise RPCError("the workflow task failed", status, raw)
