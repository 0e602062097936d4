"""What a replay needs besides the HTTP door: an eye on the orders, and a hand in the outside world."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from activities.order.standings import Standing
from models.delivery.states import Tracking


class Reads(Protocol):
    """Reads standings; see `activities.order.standings.StandingReads`."""

    async def standings(self, numbers: Sequence[str]) -> dict[str, Standing]:
        """Those that exist. Raises `Unavailable`."""
        ...


class World(Protocol):
    """What customers do at the payment provider and carriers on the road. A repeat changes nothing.

    Every method raises `GatewayError`.
    """

    async def pay(self, order_number: str, at: datetime) -> None:
        """The customer pays what is pending; the provider tells."""
        ...

    async def report(self, carrier: str, tracking_number: str, status: Tracking, at: datetime) -> None:
        """Something happens to a parcel; the carrier tells. Nobody signs."""
        ...
