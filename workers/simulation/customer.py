"""Customers: pay another way after a declined payment, change their minds, say that the goods arrived."""

from typing import Any

from workers.simulation.person import Person

_PAYS_AGAIN_RATE = 0.75
_CONFIRMS_RATE = 0.8
_CANCELS_RATE = 0.04
# Where a change of mind still helps.
_CANCELS_IN = ("stock", "bench", "handover")


class Customer(Person):
    """All customers together; each order's customer has a mind of their own."""

    name = "customer"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._asked: set[tuple[str, str]] = set()

    async def look(self) -> int:
        """Answer whatever waits for a customer."""
        done = 0
        for order in await self.orders_waiting_for("other_payment"):
            number = order["order_number"]
            if self.chance(number, "pay") < _PAYS_AGAIN_RATE:
                body = {"method": "card", "token": f"tok_other_{number}", "request_id": "second-card"}
                done += await self._once(number, "pay_again", body)
        for order in await self.orders_waiting_for("receipt"):
            number = order["order_number"]
            if self.chance(number, "confirm") < _CONFIRMS_RATE:
                done += await self._once(
                    number, "confirm_receipt", {"why": "all there", "request_id": "receipt"}
                )
        for wait in _CANCELS_IN:
            for order in await self.orders_waiting_for(wait):
                number = order["order_number"]
                if self.chance(number, f"cancel:{wait}") < _CANCELS_RATE:
                    body = {"why": "changed my mind", "request_id": f"cancel:{wait}"}
                    done += await self._once(number, "cancel", body)
        return done

    async def _once(self, number: str, verb: str, body: dict[str, Any]) -> bool:
        """Say it once; a refusal (the parcel has left meanwhile) is taken."""
        if (number, verb) in self._asked:
            return False
        status, answer = await self.say(f"/orders/{number}/{verb}", body)
        self._asked.add((number, verb))
        return status == 200 and bool(answer.get("done"))
