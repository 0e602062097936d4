"""Delivery's tables: shipments, and the fold of what carriers say about them."""

from activities.delivery.tracking import TrackingRecords
from activities.order import store as orders
from activities.shared.database import Database
from activities.shared.effects import Intent
from activities.shared.journal import StepJournal
from models.delivery.messages import Booked, BookParcel, CarrierChoice, LabelVoided, VoidLabel
from models.delivery.rules import choose
from models.order.messages import Fact
from models.shared.geography import zone

__all__ = ["ShipmentRecords", "TrackingRecords"]

_INSERT_SHIPMENT = """
INSERT INTO shipment (key, order_number, parcel_id, carrier, service, tracking_number, label, price_minor, currency, state,
    tracking, incident, choice)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'live', 'pending', '', %s)"""

_VOID = (
    "UPDATE shipment SET state = 'voided', tracking = 'cancelled' WHERE tracking_number = %s AND carrier = %s"
)

_COUNTRY = "SELECT country FROM warehouse WHERE code = %s"


class ShipmentRecords:
    """Chooses carriers, writes labels."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._journal = StepJournal(database)
        self._countries: dict[str, str] = {}

    async def choose(self, request: BookParcel) -> CarrierChoice | None:
        """Apply the carrier rules to the parcel."""
        origin = await self._country(request.warehouse)
        where = zone(origin, request.ship_to.country)
        return choose(request.policy, where, request.weight_g, request.valuable, request.service)

    async def intend_booking(self, request: BookParcel, choice: CarrierChoice) -> Intent[Booked]:
        """Write down which label is about to be bought."""
        return await self._journal.intend(request.key, request.order_number, "book_parcel", choice, Booked)

    async def record_booked(self, request: BookParcel, choice: CarrierChoice, answer: Booked) -> Booked:
        """Write the label down, with the choice that led to it."""
        done = bool(answer.tracking_number)
        async with self._journal.recording(request.key, answer, done) as cursor:
            if cursor is None:
                return answer
            data = {
                "parcel": request.parcel_id,
                "tracking": answer.tracking_number,
                "price_minor": answer.price_minor,
            }
            if done:
                await cursor.execute(
                    _INSERT_SHIPMENT,
                    (
                        request.key, request.order_number, request.parcel_id, answer.carrier, answer.service,
                        answer.tracking_number, answer.label, answer.price_minor, request.policy.currency,
                        choice.model_dump_json(),
                    ),
                )  # fmt: skip
            fact = Fact(what="carrier_booked" if done else "carrier_refused", why=answer.explained, data=data)
            progress = (
                request.progress if done else request.progress.model_copy(update={"fulfilment_state": None})
            )
            await orders.write(cursor, progress, (fact,))
        return answer

    async def intend_void(self, request: VoidLabel) -> Intent[LabelVoided]:
        """Write down that a label is about to be cancelled."""
        return await self._journal.intend(
            request.key, request.order_number, "void_label", request, LabelVoided
        )

    async def record_void(self, request: VoidLabel, answer: LabelVoided) -> LabelVoided:
        """The label is dead, or the carrier has the parcel already."""
        async with self._journal.recording(request.key, answer, answer.done) as cursor:
            if cursor:
                if answer.done:
                    await cursor.execute(_VOID, (request.tracking_number, request.carrier))
                what = "label_voided" if answer.done else "label_not_voided"
                fact = Fact(what=what, why=answer.said, data={"parcel": request.parcel_id})
                await orders.write(cursor, request.progress, (fact,))
        return answer

    async def _country(self, warehouse: str) -> str:
        if warehouse not in self._countries:
            async with self._database.reading() as cursor:
                await cursor.execute(_COUNTRY, (warehouse,))
                row = await cursor.fetchone()
            self._countries[warehouse] = row["country"] if row else ""
        return self._countries[warehouse]
