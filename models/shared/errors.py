"""Every error code, by what the caller should do.

    OrderloomError
    ├── Refused              the input is wrong: mend it                      (HTTP 422, exit 2)
    ├── Conflict             it contradicts what already happened             (HTTP 409 or 422)
    ├── NotFound             there is no such thing                           (HTTP 404)
    └── Unavailable          a needed service cannot be reached: try again    (HTTP 503, exit 3)

A business "no" (declined, short of stock) is a value, not an error. `ErrorCode` lists the types that an activity
or handler may fail with; `retryable` says whether trying the same again can help.
"""

from enum import StrEnum

from models.shared.messages import Message


class Problem(Message):
    """One fault: where (JSON pointer), which (stable code), what and how to mend it."""

    pointer: str
    code: str
    detail: str
    fix: str = ""


class OrderloomError(Exception):
    """The root: everything that Orderloom raises on purpose."""


class Refused(OrderloomError):
    """The input has faults; all of them are in `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.pointer}: {p.detail}" for p in problems))
        self.problems = problems


class Conflict(OrderloomError):
    """The request contradicts what already happened; `code` says how."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class NotFound(OrderloomError):
    """There is no such thing."""


class Unavailable(OrderloomError):
    """A needed service cannot be reached; nothing was done, try again."""


class ErrorCode(StrEnum):
    """Types of `ApplicationError`."""

    UNREACHABLE = "unreachable"
    OUTCOME_UNKNOWN = "outcome_unknown"
    KEY_REUSED = "key_reused"
    CALL_REFUSED = "call_refused"
    NOT_ALLOWED_NOW = "not_allowed_now"
    INTERNAL = "internal"


RETRYABLE = frozenset({ErrorCode.UNREACHABLE, ErrorCode.OUTCOME_UNKNOWN})
NOT_RETRYABLE = tuple(code.value for code in ErrorCode if code not in RETRYABLE)
