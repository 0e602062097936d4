"""Steps of delivery: one label bought, one label cancelled."""

from temporalio import activity

from activities.delivery.ports import CarrierGateway, Consignment, Label, ShipmentStore
from activities.shared.effects import perform
from activities.shared.marks import external_step
from models.delivery.messages import Booked, BookParcel, CarrierChoice, LabelVoided, VoidLabel


class DeliverySteps:
    """Books carriers."""

    def __init__(self, store: ShipmentStore, carriers: CarrierGateway) -> None:
        self._store = store
        self._carriers = carriers

    @activity.defn
    @external_step(undo="void_label")
    async def book_parcel(self, request: BookParcel) -> Booked:
        """Choose the carrier by the rules and buy one label."""
        choice = await self._store.choose(request)
        if choice is None:
            return Booked(explained="no carrier service may carry this parcel")
        chosen = choice.chosen

        async def call() -> Label:
            consignment = Consignment(
                parcel_id=request.parcel_id,
                service=chosen.service,
                ship_to=request.ship_to,
                recipient=request.recipient,
                weight_g=request.weight_g,
                value_minor=request.value_minor,
                currency=request.currency,
            )
            return await self._carriers.book(request.key, chosen.carrier, consignment, chosen.price_minor)

        async def record(label: Label) -> Booked:
            return await self._store.record_booked(request, choice, _read(choice, label))

        return await perform(
            lambda: self._store.intend_booking(request, choice),
            lambda: self._carriers.find(request.key),
            call,
            record,
        )

    @activity.defn
    @external_step(irreversible="a cancelled label is gone; a new one is a new booking")
    async def void_label(self, request: VoidLabel) -> LabelVoided:
        """Cancel a label, unless the carrier has the parcel already."""

        async def find() -> bool | None:
            return None

        async def call() -> bool:
            return await self._carriers.void(request.key, request.carrier, request.tracking_number)

        async def record(done: bool) -> LabelVoided:
            answer = LabelVoided(done=done, said="" if done else "the carrier has the parcel already")
            return await self._store.record_void(request, answer)

        return await perform(lambda: self._store.intend_void(request), find, call, record)


def _read(choice: CarrierChoice, label: Label) -> Booked:
    return Booked(
        carrier=choice.chosen.carrier,
        service=choice.chosen.service,
        tracking_number=label.tracking_number,
        label=label.label,
        price_minor=label.price_minor,
        explained=label.reason or choice.explained,
    )
