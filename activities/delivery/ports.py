"""What delivery needs of the world."""

from dataclasses import dataclass
from typing import Protocol

from models.order.messages import Address


@dataclass(frozen=True)
class Consignment:
    """What a carrier must know to print a label. Grams, minor units."""

    parcel_id: str
    service: str
    ship_to: Address
    recipient: str
    weight_g: int
    value_minor: int
    currency: str


@dataclass(frozen=True)
class Label:
    """A bought label. `tracking_number` empty: the carrier refused, `reason` says why."""

    tracking_number: str
    label: str
    price_minor: int
    reason: str = ""


class CarrierGateway(Protocol):
    """The carriers. Every call is idempotent by `key` with the same body; raises as `PaymentGateway` does."""

    async def book(self, key: str, carrier: str, consignment: Consignment, price_minor: int) -> Label:
        """Buy one label at the quoted price."""
        ...

    async def find(self, key: str) -> Label | None:
        """The label that an earlier call with this key bought; None when the carrier never saw it."""
        ...

    async def void(self, key: str, carrier: str, tracking_number: str) -> bool:
        """Cancel a label; False when the carrier has the parcel already."""
        ...
