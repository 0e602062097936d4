"""The HTTP door as an import uses it: looks before it hands in, and repeats until it is answered."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import orjson

from models.shared.errors import Problem, Unavailable
from starter.door_answers import AWAY, read_object

_PAUSE_S, _PAUSE_MOST_S = 0.2, 5.0
_FIRST_S = 5.0
_JSON = {"Content-Type": "application/json"}
_LENIENT = {**_JSON, "Prefer": "handling=lenient"}


class Stopped(Exception):
    """The import is to end; the request was not answered."""


class BulkDoor:
    """Looks at orders and hands them in. Both raise `Unavailable` when the door answers nothing for `patience_s`, and `Stopped`."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, patience_s: float = 120.0) -> None:
        self._client = client
        self.url = base_url.rstrip("/")
        self._patience_s = patience_s
        self._heard = 0.0
        self._stop = asyncio.Event()
        self.repeats = 0

    def stop(self) -> None:
        """Repeat nothing any more; what is under way may be answered."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether the import is to end."""
        return self._stop.is_set()

    async def expect(self) -> None:
        """Raise `Unavailable` when nobody listens there for five seconds: then the address is wrong, mostly."""
        until = time.monotonic() + min(_FIRST_S, self._patience_s)
        while True:
            try:
                await self._client.get(f"{self.url}/health")
                return
            except httpx.TimeoutException:
                return  # it is there, and busy
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if time.monotonic() > until:
                    raise Unavailable(f"there is no door at {self.url}: {error}") from error
            await asyncio.sleep(_PAUSE_S)

    async def check(self, raw: dict[str, Any]) -> tuple[bool, list[Problem]]:
        """Whether an order is there already, or its faults."""
        status, answer = await self._post("/orders/check", raw)
        if status == 404 or status == 405:
            raise Unavailable(
                f"the door at {self.url} cannot check orders: it is another service, or too old"
            )
        return (bool(answer.get("there")), []) if status == 200 else (False, _problems(status, answer))

    async def take(self, raw: dict[str, Any]) -> tuple[str, list[Problem]]:
        """Hand an order in; its number, or its faults."""
        status, answer = await self._post("/orders", raw)
        return (str(answer.get("order_number")), []) if status == 201 else ("", _problems(status, answer))

    async def hold(self, raw: dict[str, Any], faults: list[Problem]) -> tuple[str, list[Problem]]:
        """Hand an order with faults to customer service: `tasks` while it stands as a task there, `there` when it became an order.

        With what is left to be told; `broken` when no task can stand for it.
        """
        status, answer = await self._post("/orders", raw, _LENIENT)
        if status == 201:
            return "new", []  # what was wrong is right meanwhile
        if status != 202:
            return "broken", _problems(status, answer)
        return ("there", []) if answer.get("state") == "mended" else ("tasks", faults)

    async def _post(
        self, path: str, raw: dict[str, Any], headers: dict[str, str] = _JSON
    ) -> tuple[int, dict[str, Any]]:
        content, pause_s, begun = orjson.dumps(raw), _PAUSE_S, time.monotonic()
        while True:
            told_s = None
            try:
                answer = await self._client.post(self.url + path, content=content, headers=headers)
                if answer.status_code not in AWAY:
                    self._heard = time.monotonic()
                    return answer.status_code, read_object(answer)
                why, told_s = str(answer.status_code), retry_after_s(answer, lambda: datetime.now(UTC))
            except httpx.HTTPError as error:
                why = type(error).__name__
            # A door that answers others is not away.
            if time.monotonic() - max(self._heard, begun) > self._patience_s:
                raise Unavailable(f"the door at {self.url} is away: {why}")
            if self.stopped:
                raise Stopped
            self.repeats += 1
            wait_s = min(pause_s if told_s is None else told_s, self._patience_s)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait_s)
                raise Stopped
            pause_s = min(_PAUSE_MOST_S, pause_s * 2)


def retry_after_s(answer: httpx.Response, now: Callable[[], datetime]) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or as a date; None when it does not."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - now()).total_seconds())
    except (ValueError, TypeError):
        return None


def _problems(status: int, answer: dict[str, Any]) -> list[Problem]:
    listed = [Problem.model_validate(one) for one in answer.get("problems") or ()]
    if listed:
        return listed
    code = str(answer.get("code") or status)
    at = "/source_id" if code in ("key_reused", "duplicate_source") else ""
    fix = "look at the order that is there" if at else ""
    return [Problem(pointer=at, code=code, detail=str(answer.get("detail") or f"answered {status}"), fix=fix)]
