"""What carriers say: kept as it came, folded into the shipment, told on only when it changes what happens next."""

from dataclasses import dataclass

from activities.order import store as orders
from activities.shared.database import Cursor, Row
from models.delivery.messages import News, ParcelNews, TrackingEvent
from models.delivery.rules import ParcelStatus, fold, news
from models.order.messages import Fact
from models.order.records import Notice, NoticeKind

_INSERT_EVENT = """
INSERT INTO tracking_event (carrier, event_id, tracking_number, status, incident, signed, raw_code, place, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (carrier, event_id) DO NOTHING
RETURNING true AS new"""

_SHIPMENT = """
SELECT order_number, parcel_id, state, tracking, incident FROM shipment WHERE carrier = %s AND tracking_number = %s"""

_EVENTS = """
SELECT event_id, carrier, tracking_number, status, occurred_at, incident, signed FROM tracking_event
WHERE tracking_number = %s AND carrier = %s"""

_UPDATE = """
UPDATE shipment SET tracking = %(tracking)s::text, incident = %(incident)s,
    handed_over_at = CASE WHEN %(handed_over)s THEN coalesce(handed_over_at, now()) ELSE handed_over_at END,
    delivered_at = CASE WHEN %(tracking)s::text = 'delivered' THEN coalesce(delivered_at, %(at)s) ELSE delivered_at END
WHERE tracking_number = %(tracking_number)s AND carrier = %(carrier)s"""

_NOTICE = {
    News.HANDED_OVER: NoticeKind.SHIPPED,
    News.DELIVERED: NoticeKind.DELIVERED,
    News.LOST: NoticeKind.PARCEL_LOST,
}


class UnknownParcelError(Exception):
    """No shipment has this tracking number (yet): the event is tried again later."""


@dataclass(frozen=True)
class Told:
    """Which order must hear what."""

    order_number: str
    news: ParcelNews


class TrackingRecords:
    """Applies one event inside the relay's transaction."""

    async def apply(self, cursor: Cursor, event: TrackingEvent) -> Told | None:
        """Keep the event, fold, write the fact and the notice; returns what the order must hear.

        Raises `UnknownParcelError` when no shipment has this tracking number.
        """
        await cursor.execute(_SHIPMENT, (event.carrier, event.tracking_number))
        shipment = await cursor.fetchone()
        if shipment is None:
            raise UnknownParcelError(event.tracking_number)
        await orders.lock(cursor, shipment["order_number"])
        before = await self._status(cursor, event)
        await cursor.execute(
            _INSERT_EVENT,
            (
                event.carrier, event.event_id, event.tracking_number, event.status, event.incident, event.signed,
                event.raw_code, event.place, event.occurred_at,
            ),
        )  # fmt: skip
        if await cursor.fetchone() is None or shipment["state"] != "live":
            return None
        return await self._tell(cursor, event, shipment, before)

    async def _tell(
        self, cursor: Cursor, event: TrackingEvent, shipment: Row, before: ParcelStatus
    ) -> Told | None:
        after = await self._status(cursor, event)
        await cursor.execute(
            _UPDATE,
            {
                "tracking": after.tracking,
                "incident": after.incident,
                "handed_over": after.handed_over,
                "at": event.occurred_at,
                "tracking_number": event.tracking_number,
                "carrier": event.carrier,
            },
        )
        what = news(before, after)
        if what is None:
            return None
        order_number, parcel = shipment["order_number"], shipment["parcel_id"]
        data = {"parcel": parcel, "tracking": event.tracking_number, "status": event.status.value}
        fact = Fact(what=f"parcel_{what}", actor=event.carrier, why=event.incident, data=data)
        await orders.write_facts(cursor, order_number, (fact,))
        notices = [
            Notice(
                kind=_NOTICE[one],
                about=parcel,
                data={"tracking": event.tracking_number, "carrier": event.carrier},
            )
            for one in _heard(what, before)
            if one in _NOTICE
        ]
        await orders.write_notices(cursor, order_number, tuple(notices))
        told = ParcelNews(
            request_id=f"{event.carrier}:{event.event_id}",
            parcel_id=parcel,
            news=what,
            signed=after.signed,
            at=event.occurred_at,
        )
        return Told(order_number, told)

    async def _status(self, cursor: Cursor, event: TrackingEvent) -> ParcelStatus:
        await cursor.execute(_EVENTS, (event.tracking_number, event.carrier))
        return fold(TrackingEvent.model_validate(row) for row in await cursor.fetchall())


def _heard(what: News, before: ParcelStatus) -> tuple[News, ...]:
    """A delivery whose hand-over was never reported tells both."""
    if what is News.DELIVERED and not before.handed_over:
        return (News.HANDED_OVER, News.DELIVERED)
    return (what,)
