"""Gets orders going again that wait for an operator: tries once more, which helps when the world was only away."""

from workers.simulation.person import Person


class Operator(Person):
    """Attends to every step that used up its attempts, and to parcels that no carrier took."""

    name = "operator"

    async def look(self) -> int:
        """Try everything again that waits."""
        done = 0
        for wait in ("needs_attention", "carrier"):
            for order in await self.orders_waiting_for(wait):
                body = {
                    "action": "retry",
                    "why": "try again",
                    "request_id": f"attend:{order['waiting_since']}",
                }
                status, answer = await self.say(f"/orders/{order['order_number']}/attend", body)
                done += status == 200 and bool(answer.get("done"))
        return done
