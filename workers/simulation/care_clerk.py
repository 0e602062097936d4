"""Settles lost and damaged parcels: most are sent again, some are given back."""

from workers.simulation.person import Person

_RESHIP_RATE = 0.6


class CareClerk(Person):
    """Decides about every parcel that waits for a decision."""

    name = "care-clerk"

    async def look(self) -> int:
        """Decide about everything that waits."""
        done = 0
        for order in await self.orders_waiting_for("parcel_decision"):
            number, since = order["order_number"], order["waiting_since"]
            # A second loss of the same order is paid back: sending it a third time helps nobody.
            reship = self.chance(number, "reship") < _RESHIP_RATE
            body = {
                "resolution": "reship" if reship and self._first(number, since) else "refund",
                "why": "asked the carrier",
                "request_id": f"resolve:{since}",
            }
            status, answer = await self.say(f"/orders/{number}/resolve", body)
            done += status == 200 and bool(answer.get("done"))
        return done

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._seen: dict[str, str] = {}

    def _first(self, number: str, since: str) -> bool:
        return self._seen.setdefault(number, since) == since
