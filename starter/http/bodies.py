"""Reads bodies: bounded in size, JSON, and for messages every fault at once."""

from datetime import datetime
from typing import Any, TypeVar

import orjson
from fastapi import Request
from pydantic import ValidationError

from models.intake.body import is_printable
from models.intake.validation import schema_problem
from models.shared.errors import Problem, Refused
from models.shared.messages import Message
from starter.http.problems import DoorError

MAX_BYTES = 1_000_000
TEXT_LIMIT = 1_000
NUMBER_LIMIT = 1_000_000
MOST_LEVELS = 100
M = TypeVar("M", bound=Message)


async def read_bytes(request: Request) -> bytes:
    """The body; raises `DoorError` 413 as soon as it is known to be too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MAX_BYTES:
        raise _too_large()
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > MAX_BYTES:
            raise _too_large()
    return bytes(held)


async def read_json(request: Request) -> Any:
    """The decoded body; raises `DoorError` 413, 415 or 400."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        # A page in a browser may send anything else to anybody without asking first.
        raise DoorError(415, "not_json", "send Content-Type: application/json")
    return decode(await read_bytes(request))


def decode(body: bytes) -> Any:
    """JSON decoded; raises `DoorError` 400, also for what is nested so deeply that nobody could write it again."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise DoorError(400, "not_json", f"the body is not JSON: {error}") from error
    if body.count(b"[") + body.count(b"{") > MOST_LEVELS and _levels(value) > MOST_LEVELS:
        raise DoorError(400, "not_json", f"the body is nested more than {MOST_LEVELS} levels deep")
    return value


def holds_nul(value: Any) -> bool:
    """Whether a text or a name in a JSON value holds a NUL, which PostgreSQL cannot store."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(holds_nul(one) for pair in value.items() for one in pair)
    return isinstance(value, list) and any(holds_nul(one) for one in value)


async def read_message(request: Request, model: type[M], needs: tuple[str, ...] = (), **known: str) -> M:
    """A message from the body and from what the path knows. Raises `Refused`, or `DoorError` as `read_json` does.

    Unknown fields are faults, types are strict, texts printable and bounded, whole numbers not negative, times
    have a zone; `needs` names the fields that must be there although the message has a default for them.
    """
    raw = await read_json(request)
    if not isinstance(raw, dict):
        raise Refused([Problem(pointer="", code="wrong_type", detail="is not a JSON object")])
    problems = [problem for name, value in raw.items() if (problem := _unfit(name, value))]
    problems += [
        Problem(pointer=f"/{name}", code="missing", detail="is missing", fix="send it")
        for name in needs
        if raw.get(name) in (None, "")
    ]
    message: M | None = None
    try:
        message = model.model_validate_json(orjson.dumps(raw | known), strict=True, extra="forbid")
    except ValidationError as error:
        problems += [schema_problem(fault) for fault in error.errors(include_url=False)]
    if message is not None:
        problems += [
            Problem(
                pointer=f"/{name}",
                code="time_zone_missing",
                detail="has no time zone",
                fix="add Z or an offset",
            )
            for name, value in message
            if isinstance(value, datetime) and value.tzinfo is None
        ]
    if problems or message is None:
        seen: dict[str, Problem] = {}
        for problem in problems:
            seen.setdefault(problem.pointer, problem)
        raise Refused(list(seen.values()))
    return message


def _unfit(name: str, value: Any) -> Problem | None:
    if isinstance(value, str):
        if len(value) > TEXT_LIMIT:
            return Problem(
                pointer=f"/{name}", code="too_long", detail=f"is longer than {TEXT_LIMIT}", fix="shorten it"
            )
        if not is_printable(value):
            return Problem(
                pointer=f"/{name}",
                code="control_character",
                detail="holds a control character",
                fix="send printable text",
            )
    elif type(value) is int and not 0 <= value <= NUMBER_LIMIT:
        return Problem(
            pointer=f"/{name}",
            code="out_of_range",
            detail=f"must be 0 to {NUMBER_LIMIT}",
            fix="send a value in range",
        )
    return None


def _too_large() -> DoorError:
    return DoorError(413, "too_large", f"a body holds at most {MAX_BYTES} bytes")


def _levels(value: Any) -> int:
    """How many levels of lists and objects a value has."""
    count, level = 0, [value]
    while level := [one for one in level if isinstance(one, list | dict)]:
        count += 1
        level = [below for one in level for below in (one.values() if isinstance(one, dict) else one)]
    return count
