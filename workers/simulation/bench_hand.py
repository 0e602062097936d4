"""Picks, checks, packs and labels; now and then a piece is not on the shelf."""

import asyncio
from typing import Any

from workers.simulation.person import Person

_STEPS = ("pick", "check", "pack", "label")
_AT_ONCE = 8
_MISSING_RATE = 0.02
# What a parcel stumbled over is tried again a little later.
_REST_LOOKS = 5


class BenchHand(Person):
    """Takes every open parcel of every warehouse, the oldest first."""

    name = "bench-hand"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._resting: dict[str, int] = {}

    async def look(self) -> int:
        """Work every parcel that can be worked."""
        tasks = await self.get("/bench/tasks", limit=200)
        self._resting = {parcel: left - 1 for parcel, left in self._resting.items() if left > 1}
        due = [task for task in tasks if task["parcel_id"] not in self._resting]
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(task: dict[str, Any]) -> bool:
            async with places:
                return await self._work(task)

        return sum(await asyncio.gather(*(one(task) for task in due)))

    async def _work(self, task: dict[str, Any]) -> bool:
        parcel = task["parcel_id"]
        body: dict[str, Any] = {
            "steps": [step for step in _STEPS if step not in task["steps"]],
            "request_id": f"bench:{parcel}:{len(task['steps'])}",
        }
        # Only of an order's first parcel: what was sourced anew is there.
        if parcel.endswith("-P1") and not task["steps"] and self.chance(parcel, "missing") < _MISSING_RATE:
            body = {"missing_sku": task["lines"][0]["sku"], "missing": 1, "request_id": f"missing:{parcel}"}
        status, answer = await self.say(f"/bench/parcels/{parcel}/steps", body)
        done = status == 200 and bool(answer.get("done"))
        if not done:
            self._resting[parcel] = _REST_LOOKS
        return done
