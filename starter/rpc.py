"""How Temporal's failures look to whoever stands at a door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.api.errordetails.v1 import WorkflowNotReadyFailure
from temporalio.client import (
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from models.shared.errors import RETRYABLE, Conflict, ErrorCode, NotFound, Unavailable

# The type that the server gives an update whose order came to its end before the answer.
ENDED_MEANWHILE = "AcceptedUpdateCompletedWorkflow"
_PASSING = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
    }
)
# A workflow whose last task failed or was lost takes no update for a moment. In an update-with-start this is told inside the details.
_NOT_READY = WorkflowNotReadyFailure.DESCRIPTOR.full_name.encode()


@asynccontextmanager
async def answering(timeout_s: float) -> AsyncIterator[None]:
    """Give a call `timeout_s` seconds, and tell what went wrong in our own errors.

    The client itself retries an unavailable server with backoff as long as the time lasts. Raises `NotFound`,
    `Conflict`, `Unavailable`.
    """
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise Unavailable("no answer in time; repeating the same request is safe") from error
    except (WorkflowUpdateFailedError, WorkflowFailureError) as error:
        raise _failed(error.cause) from error
    except WorkflowQueryFailedError as error:
        raise Unavailable(f"the order could not be asked: {error}") from error
    except RPCError as error:
        raise _rpc(error) from error
    except RuntimeError as error:
        # A lazy client that cannot connect raises nothing more specific.
        if "client connect" in str(error):
            raise Unavailable(f"Temporal: {error}") from error
        raise


def _failed(cause: BaseException) -> Exception:
    if not isinstance(cause, ApplicationError):
        return Conflict(ErrorCode.NOT_ALLOWED_NOW, f"the order has ended: {cause}")
    if cause.type == ENDED_MEANWHILE:
        return Conflict(ErrorCode.NOT_ALLOWED_NOW, "the order has ended")
    if cause.type in RETRYABLE:
        return Unavailable(cause.message)
    return Conflict(cause.type or ErrorCode.INTERNAL, cause.message)


def _rpc(error: RPCError) -> Exception:
    if error.status is RPCStatusCode.NOT_FOUND:
        return NotFound("there is no such order")
    not_ready = error.status is RPCStatusCode.FAILED_PRECONDITION and _NOT_READY in error.raw_grpc_status
    if not_ready or error.status in _PASSING:
        return Unavailable(f"Temporal: {error.message}")
    return error
