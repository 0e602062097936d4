"""The HTTP door as a replay uses it: every request has its key, so it may be sent again until it is answered."""

import asyncio
import time
from typing import Any

import httpx

from models.preparation.messages import BenchStep
from models.shared.errors import Unavailable
from starter.door_answers import AWAY, read_object

BY = "replay"
_PAUSE_S, _PAUSE_MOST_S = 0.2, 2.0


class Door:
    """Orders in, decisions, bench work. Every method raises `Unavailable` when the door is away for `patience_s`."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, patience_s: float = 180.0) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._patience_s = patience_s
        self.repeats = 0

    async def place(self, body: dict[str, Any]) -> tuple[str, ...]:
        """Hand an order in; gives the codes of its faults, none when it is taken."""
        status, answer = await self._post("/orders", body, body["source_id"])
        if status in (200, 201):
            return ()
        return tuple(fault["code"] for fault in answer.get("problems", ())) or (_code(status, answer),)

    async def say(self, number: str, verb: str, why: str) -> str:
        """Decide about an order; gives the code of the refusal, empty when it is done."""
        body = {"by": BY, "why": why}
        status, answer = await self._post(f"/orders/{number}/{verb}", body, f"{BY}:{verb}")
        return "" if status == 200 and answer.get("done") else _code(status, answer)

    async def bench(self, parcel_id: str, steps: tuple[BenchStep, ...]) -> str:
        """Tell what the bench did; gives the code of the refusal, empty when it is done."""
        body = {"by": BY, "steps": [step.value for step in steps]}
        key = f"{BY}:{parcel_id}:{'+'.join(steps)}"
        status, answer = await self._post(f"/bench/parcels/{parcel_id}/steps", body, key)
        return "" if status == 200 and answer.get("done") else _code(status, answer)

    async def _post(self, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        until, pause_s = time.monotonic() + self._patience_s, _PAUSE_S
        while True:
            try:
                answer = await self._client.post(
                    self._base_url + path, json=body, headers={"Idempotency-Key": key}
                )
                if answer.status_code not in AWAY:
                    return answer.status_code, read_object(answer)
                why = str(answer.status_code)
            except httpx.HTTPError as error:
                why = type(error).__name__
            if time.monotonic() > until:
                raise Unavailable(f"the door at {self._base_url} is away: {why}")
            self.repeats += 1
            await asyncio.sleep(pause_s)
            pause_s = min(_PAUSE_MOST_S, pause_s * 2)


def _code(status: int, answer: dict[str, Any]) -> str:
    return str(answer.get("code") or answer.get("said") or status)
