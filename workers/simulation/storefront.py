"""Hands generated orders in, a few at a time, and keeps account of every answer."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from workers.simulation.orders import Sent
from workers.simulation.scenarios import Scenario

_AT_ONCE = 8
_TRIES = 20


@dataclass
class Answers:
    """What the door said. `refused` counts orders by the first fault's code, `odd` tells what nobody expected."""

    accepted: dict[str, Scenario] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)


class Storefront:
    """Sends bodies to `POST /orders`. A door that is away is asked again, which is safe."""

    def __init__(self, client: httpx.AsyncClient, door: str) -> None:
        self._client = client
        self._orders = f"{door}/orders"
        self.answers = Answers()

    async def send_all(self, orders: list[Sent], told: Callable[[Sent], None]) -> None:
        """Send every order; `told` hears of each one that was answered."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(sent: Sent) -> None:
            async with places:
                await self._send(sent)
            told(sent)

        async with asyncio.TaskGroup() as group:
            for sent in orders:
                group.create_task(one(sent))

    async def _send(self, sent: Sent) -> None:
        status, answer = await self._post(sent.body)
        about = f"order {sent.nth} ({sent.scenario})"
        if status == 201:
            self.answers.accepted[answer["order_number"]] = sent.scenario
            if sent.refused_with:
                self.answers.odd.append(f"{about} was taken, {sent.refused_with} expected")
        else:
            codes = [problem["code"] for problem in answer.get("problems", ())] or [
                answer.get("code", str(status))
            ]
            self.answers.refused[codes[0]] += 1
            if sent.refused_with not in codes:
                self.answers.odd.append(f"{about} was refused: {status} {', '.join(codes)}")
        if sent.scenario is Scenario.TWICE:
            await self._send_again(sent, about, (status, answer))

    async def _send_again(self, sent: Sent, about: str, first: tuple[int, dict[str, Any]]) -> None:
        """The same body is answered as before; another one under the same source id is refused."""
        if await self._post(sent.body) != first:
            self.answers.odd.append(f"{about} sent twice was answered differently")
        status, answer = await self._post(sent.body | {"locale": "eo"})
        if (status, answer.get("code")) != (422, "key_reused"):
            self.answers.odd.append(f"{about} with another body was answered {status} {answer.get('code')}")

    async def _post(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        why = ""
        for nth in range(_TRIES):
            try:
                answer = await self._client.post(self._orders, json=body)
                if answer.status_code != 503:
                    return answer.status_code, answer.json()
                why = "503"
            except httpx.TransportError as error:
                why = type(error).__name__
            await asyncio.sleep(min(2.0, 0.2 * (nth + 1)))
        raise ConnectionError(f"the door does not answer: {why}")
