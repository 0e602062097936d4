"""What delivery needs of the world."""

from dataclasses import dataclass
from typing import Protocol

from activities.shared.effects import Intent
from models.delivery.messages import Booked, BookParcel, CarrierChoice, LabelVoided, VoidLabel
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


class ShipmentStore(Protocol):
    """Writes labels and what carriers say."""

    async def choose(self, request: BookParcel) -> CarrierChoice | None:
        """The carrier that the rules choose for a parcel; None when none may carry it."""
        ...

    async def intend_booking(self, request: BookParcel, choice: CarrierChoice) -> Intent[Booked]:
        """Write down that a label is about to be bought."""
        ...

    async def record_booked(self, request: BookParcel, choice: CarrierChoice, answer: Booked) -> Booked:
        """Write the label down; gives back what stands."""
        ...

    async def intend_void(self, request: VoidLabel) -> Intent[LabelVoided]:
        """Write down that a label is about to be cancelled."""
        ...

    async def record_void(self, request: VoidLabel, answer: LabelVoided) -> LabelVoided:
        """Write the carrier's answer down."""
        ...
