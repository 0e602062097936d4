"""Somebody who looks at the door again and again, and does what there is to do. Knows nothing but the HTTP door."""

import asyncio
import contextlib
import hashlib
from typing import Any

import httpx
import structlog

from starter.door_answers import AWAY
from starter.settings import Settings

log = structlog.get_logger()


class DoorAway(Exception):
    """The door did not answer, or asked to come again later."""


class Person:
    """One person with a seed: the same order is always treated the same way, whoever asks and whenever."""

    name = "somebody"

    def __init__(self, client: httpx.AsyncClient, door: str, settings: Settings) -> None:
        """`door`: its base URL."""
        self._client = client
        self._door = door.rstrip("/")
        self._seed = settings.person_seed
        self._pace_s = settings.person_pace_s

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. While the door is away this person waits for it."""
        while not stop.is_set():
            pause_s = self._pace_s
            try:
                if await self.look():
                    pause_s /= 4
            except DoorAway as error:
                log.info("the door is away", person=self.name, why=str(error))
                pause_s = max(pause_s, 1.0)
            except Exception:  # a person does not give up because of one odd answer
                log.exception("a person stumbled", person=self.name)
                pause_s = max(pause_s, 1.0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause_s)

    async def look(self) -> int:
        """Do what there is to do now; returns how many things were done. Raises `DoorAway`."""
        raise NotImplementedError

    def chance(self, about: str, topic: str) -> float:
        """A number from 0 to 1 that belongs to this seed, thing and topic."""
        digest = hashlib.blake2b(f"{self._seed}:{topic}:{about}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64

    async def get(self, path: str, **params: Any) -> Any:
        """The JSON behind a path. Raises `DoorAway`, and `httpx.HTTPStatusError` for any refusal."""
        answer = await self._send("GET", path, params=params)
        answer.raise_for_status()
        return answer.json()

    async def say(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Post something; gives status and answer. A refusal (409, 404, 422) is an answer. Raises `DoorAway`."""
        answer = await self._send("POST", path, json={"by": self.name} | body)
        return answer.status_code, answer.json()

    async def orders_waiting_for(self, name: str) -> list[dict[str, Any]]:
        """Every open order in one wait."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = await self.get("/orders", waiting_for=name, limit=200, after=after)
            found += page["orders"]
            after = page["next"]
            if not after:
                return found

    async def _send(self, method: str, path: str, **how: Any) -> httpx.Response:
        try:
            answer = await self._client.request(method, self._door + path, **how)
        except httpx.HTTPError as error:
            raise DoorAway(f"{type(error).__name__}: {error}") from error
        if answer.status_code in AWAY:
            raise DoorAway(f"{method} {path}: {answer.status_code}")
        return answer
