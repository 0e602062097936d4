"""Record intent → call → record the result: the one way to touch an outside system.

An unknown outcome is a state: the intent stays open, and the next attempt asks the outside by key before it calls again.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from temporalio.exceptions import ApplicationError

from activities.shared.failures import CallRefused, OutcomeUnknown, RequestConflict, Unreachable
from models.shared.errors import ErrorCode, Unavailable

A = TypeVar("A")
R = TypeVar("R")


@dataclass(frozen=True)
class Intent(Generic[R]):
    """What is known before the call: `result` when it was done before, `repeated` when an earlier attempt may have got through."""

    repeated: bool
    result: R | None = None


async def perform(
    intend: Callable[[], Awaitable[Intent[R]]],
    find: Callable[[], Awaitable[A | None]],
    call: Callable[[], Awaitable[A]],
    record: Callable[[A], Awaitable[R]],
) -> R:
    """Carry one effect out exactly once, however often this runs. Raises as `telling` does."""
    with telling():
        intent = await intend()
        if intent.result is not None:
            return intent.result
        answer = await find() if intent.repeated else None
        if answer is None:
            answer = await call()
        return await record(answer)


@contextmanager
def telling() -> Iterator[None]:
    """Around a talk with the outside: its failures in the words that retries and operators go by.

    Raises `ApplicationError` of type `unreachable`, `outcome_unknown` (both retryable), `key_reused` or `call_refused` (not).
    """
    try:
        yield
    except OutcomeUnknown as error:
        raise ApplicationError(str(error), type=ErrorCode.OUTCOME_UNKNOWN) from error
    except (Unreachable, Unavailable) as error:
        raise ApplicationError(str(error), type=ErrorCode.UNREACHABLE) from error
    except RequestConflict as error:
        raise ApplicationError(str(error), type=ErrorCode.KEY_REUSED, non_retryable=True) from error
    except CallRefused as error:
        raise ApplicationError(str(error), type=ErrorCode.CALL_REFUSED, non_retryable=True) from error
