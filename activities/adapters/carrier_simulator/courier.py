"""A parcel's journey, planned ahead and seeded: for demos, where carriers act by themselves."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from activities.adapters.simulator.journal import made_id
from models.delivery.states import Tracking
from models.delivery.vocabulary import code_for

_T = Tracking
_PLACES = ("Northgate depot", "Harbour terminal", "Ring road hub", "Old mill depot", "Airport east")


@dataclass(frozen=True)
class Scan:
    """One event of a journey. `delays`: when its webhooks go out, in seconds from the booking."""

    event_id: str
    code: str
    occurred_at: datetime
    delays: tuple[float, ...]
    place: str = ""
    signed: bool = False


@dataclass(frozen=True)
class CourierPlan:
    """How couriers work. Seconds from booking to collection and from there to the door; rates are probabilities.

    `signed_rate`: how many deliveries the recipient signs for.
    """

    seed: int = 1
    pickup_s: float = 3.0
    transit_s: float = 6.0
    lost_rate: float = 0.01
    returned_rate: float = 0.02
    delayed_rate: float = 0.08
    duplicate_rate: float = 0.05
    out_of_order_rate: float = 0.05
    signed_rate: float = 0.7

    def journey(self, carrier: str, number: str, booked_at: datetime) -> list[Scan]:
        """All that will happen to a parcel, in order of time. The same seed and number give the same journey."""
        dice = random.Random(f"{self.seed}:{number}")
        pace = dice.uniform(0.7, 1.3)
        start, transit = self.pickup_s * pace, self.transit_s * pace
        signed = False
        steps: list[tuple[float, Tracking, str]] = [(0.0, _T.PICKED_UP, ""), (0.2, _T.IN_TRANSIT, "")]
        if dice.random() < self.delayed_rate:
            steps.append((0.5, _T.DELIVERY_DELAYED, _delay(carrier)))
            transit *= 2
        fate = dice.random()
        if fate < self.lost_rate:
            steps.append((1.0, _T.DELIVERY_FAILED, "carrier_parcel_lost"))
        elif fate < self.lost_rate + self.returned_rate:
            steps += [
                (0.8, _T.OUT_FOR_DELIVERY, ""),
                (1.0, _T.DELIVERY_FAILED, "consignee_refused"),
                (1.5, _T.RETURN_TO_SENDER, ""),
            ]
        else:
            steps += [(0.8, _T.OUT_FOR_DELIVERY, ""), (1.0, _T.DELIVERED, "")]
            signed = dice.random() < self.signed_rate
        scans = []
        for share, status, incident in steps:
            after_s = start + share * transit
            code = code_for(carrier, status, incident)
            delays = (after_s, after_s) if dice.random() < self.duplicate_rate else (after_s,)
            scans.append(
                Scan(
                    made_id("evt", carrier, number, code, share),
                    code,
                    booked_at + timedelta(seconds=after_s),
                    delays,
                    dice.choice(_PLACES),
                    signed and status is _T.DELIVERED,
                )
            )
        return self._shuffled(scans, dice)

    def _shuffled(self, scans: list[Scan], dice: random.Random) -> list[Scan]:
        """Now and then a scan is told only after the next one; never before it happened."""
        told = list(scans)
        for i in range(len(told) - 1):
            if dice.random() < self.out_of_order_rate:
                after_s = told[i + 1].delays[-1] + 0.1
                told[i] = replace(told[i], delays=tuple(after_s for _ in told[i].delays))
        return told


def _delay(carrier: str) -> str:
    """What this carrier gives as its reason for being late."""
    return "carrier_not_enough_time" if carrier == "haulmark" else "weather_delay"
