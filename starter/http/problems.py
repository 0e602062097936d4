"""Refusals as RFC 9457 problem details. HTTP status codes are known here and nowhere else."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from models.intake.validation import pointer
from models.shared.errors import Conflict, ErrorCode, NotFound, Problem, Refused, Unavailable

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = "1"
_TITLES = {
    400: "The body cannot be read",
    401: "The signature does not fit",
    404: "There is no such thing",
    405: "The method is not allowed",
    409: "It contradicts what already happened",
    412: "It has changed since",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The request has faults",
    500: "Something went wrong here",
    503: "A needed service cannot be reached",
}
_CONFLICT_STATUS = {
    ErrorCode.KEY_REUSED.value: 422,
    ErrorCode.INTERNAL.value: 500,
}
log = structlog.get_logger()


class ProblemDetails(BaseModel):
    """RFC 9457, with a stable `code` and every fault in `problems`."""

    type: str = Field(examples=["urn:orderloom:problem:refused"])
    title: str
    status: int
    detail: str
    code: str
    problems: list[Problem] = Field(default_factory=list)


class DoorError(Exception):
    """A refusal that only HTTP knows of."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def problem(
    status: int,
    code: str,
    detail: str,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One refusal as a response."""
    body = ProblemDetails(
        type=f"urn:orderloom:problem:{code}",
        title=_TITLES.get(status, "Refused"),
        status=status,
        detail=detail,
        code=code,
        problems=list(problems),
    )
    return Response(body.model_dump_json(), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def refused(problems: Sequence[Problem]) -> Response:
    """422 with every fault."""
    count = len(problems)
    return problem(422, "refused", f"{count} fault{'s' if count != 1 else ''}; nothing was started", problems)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that a route may give, for the API description."""
    return {
        status: {"description": _TITLES[status], "model": ProblemDetails, "content": {MEDIA_TYPE: {}}}
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Teach the app to answer our errors."""

    @app.exception_handler(Refused)
    async def _refused(_: Request, error: Refused) -> Response:
        return refused(error.problems)

    @app.exception_handler(Conflict)
    async def _conflict(_: Request, error: Conflict) -> Response:
        return problem(_CONFLICT_STATUS.get(error.code, 409), error.code, str(error))

    @app.exception_handler(NotFound)
    async def _not_found(_: Request, error: NotFound) -> Response:
        return problem(404, "not_found", str(error))

    @app.exception_handler(Unavailable)
    async def _unavailable(_: Request, error: Unavailable) -> Response:
        # What exactly is away is ours to know: the message may name hosts.
        log.warning("unavailable", error=str(error))
        detail = "repeat the same request in a moment; it is safe"
        return problem(503, "unavailable", detail, headers={"Retry-After": RETRY_AFTER_S})

    @app.exception_handler(DoorError)
    async def _door(_: Request, error: DoorError) -> Response:
        return problem(error.status, error.code, error.detail)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> Response:
        codes = {404: "not_found", 405: "method_not_allowed"}
        code = codes.get(error.status_code, "refused")
        return problem(error.status_code, code, str(error.detail), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def _parameters(_: Request, error: RequestValidationError) -> Response:
        return refused(
            [
                Problem(pointer=pointer(fault["loc"]), code="bad_parameter", detail=fault["msg"])
                for fault in error.errors()
            ]
        )

    @app.exception_handler(Exception)
    async def _defect(_: Request, error: Exception) -> Response:
        # The traceback is the server's to log: it gets the error after this answer.
        log.error("a request failed", error=type(error).__name__)
        return problem(500, "internal", "the fault is on our side and was logged")
