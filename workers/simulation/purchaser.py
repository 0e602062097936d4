"""Buys what orders wait for: every piece that is short arrives some time later."""

import time
from typing import Any

import httpx

from starter.settings import Settings
from workers.simulation.person import Person

_WAREHOUSE = "BER"


class Purchaser(Person):
    """Looks at the orders that wait for stock; goods arrive `late_s` after they were first seen to be short."""

    name = "purchaser"

    def __init__(self, client: httpx.AsyncClient, door: str, settings: Settings, late_s: float) -> None:
        super().__init__(client, door, settings)
        self._late_s = late_s
        self._since: dict[str, float] = {}
        self._receipts = 0

    async def look(self) -> int:
        """Receive what was ordered long enough ago; returns how many receipts were booked."""
        short: dict[str, int] = {}
        for order in await self.orders_waiting_for("stock"):
            view = await self.get(f"/orders/{order['order_number']}")
            for line in view["lines"]:
                short[line["sku"]] = short.get(line["sku"], 0) + line["quantity"]
        now, done = time.monotonic(), 0
        self._since = {sku: self._since.get(sku, now) for sku in short}
        for sku, since in list(self._since.items()):
            missing = short[sku] - await self._available(sku)
            if now - since >= self._late_s and missing > 0:
                await self._receive(sku, missing)
                del self._since[sku]
                done += 1
        return done

    async def _available(self, sku: str) -> int:
        try:
            return int((await self.get(f"/stock/{sku}"))["available"])
        except httpx.HTTPStatusError:
            return 0  # no warehouse ever had it

    async def _receive(self, sku: str, pieces: int) -> dict[str, Any]:
        self._receipts += 1
        body = {
            "receipt_id": f"R-{self._seed}-{self._receipts:04d}", "warehouse": _WAREHOUSE, "sku": sku, "quantity": pieces,
        }  # fmt: skip
        status, answer = await self.say("/stock/receipts", body)
        if status != 200:
            raise RuntimeError(f"receipt of {pieces} × {sku} was answered {status}: {answer}")
        return answer
