"""Decides about the orders that a rule stopped, as a person would: most pass, some are refused, some rest a while."""

from typing import Any

from workers.simulation.person import Person

# How often an order is refused for each reason that stopped it.
_REFUSED = {
    "possible_duplicate": 1.0,
    "incorrect_address": 0.25,
    "amount_mismatch": 0.5,
    "price_differs": 0.5,
    "poor_credit": 0.3,
    "credit_limit": 0.2,
    "large_order": 0.05,
    "special_goods": 0.03,
}
_HELD_RATE = 0.15


class Reviewer(Person):
    """Works the review queue off."""

    name = "reviewer"

    async def look(self) -> int:
        """Decide about everything in the queue."""
        done = 0
        for order in await self.get("/reviews", limit=100):
            done += await self._decide(order)
        return done

    async def _decide(self, order: dict[str, Any]) -> bool:
        number, reasons = order["order_number"], order["hold_reasons"]
        held = "other" in reasons
        if order["waiting_for"] == "release" or held:
            # What this reviewer held before was cleared up meanwhile.
            if not await self._say(number, "release", {"reason": "other", "why": "cleared up"}):
                return False
            if order["waiting_for"] == "release":
                return True
        elif self.chance(number, "hold") < _HELD_RATE:
            return await self._say(number, "hold", {"why": "asked the customer", "reason": "other"})
        if self.chance(number, "refuse") < max(
            (_REFUSED.get(reason, 0.0) for reason in reasons), default=0.0
        ):
            return await self._say(number, "reject", {"why": f"not cleared up: {', '.join(reasons)}"})
        return await self._say(number, "approve", {"why": "looked at: " + ", ".join(reasons)})

    async def _say(self, number: str, verb: str, body: dict[str, Any]) -> bool:
        body["request_id"] = f"{verb}:{self.name}"
        status, answer = await self.say(f"/orders/{number}/{verb}", body)
        return status == 200 and bool(answer.get("done"))
