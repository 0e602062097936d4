"""Which carrier, and where a parcel is. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from models.delivery.messages import CarrierChoice, News, Quote, TrackingEvent
from models.delivery.states import HANDED_OVER, Tracking
from models.order.messages import Service
from models.order.policy import CarrierService, DeliveryPolicy

LOST = "carrier_parcel_lost"
DAMAGED = "carrier_damaged_parcel"

_RANK = {status: rank for rank, status in enumerate(Tracking)}
_ENDS = (Tracking.DELIVERED, Tracking.RETURN_TO_SENDER)


def price_minor(service: CarrierService, zone: str, weight_g: int) -> int:
    """Base plus every started kilogram, in minor units of the rate sheet's currency."""
    return service.base_minor[zone] + service.per_kg_minor[zone] * ceil(weight_g / 1000)


def choose(
    policy: DeliveryPolicy, zone: str, weight_g: int, valuable: bool, wish: Service
) -> CarrierChoice | None:
    """Secure for valuables, fast for urgent, strong for heavy; among those the cheapest, then the fastest (M3.2).

    None when no service may carry the parcel.
    """
    able = [
        service
        for service in policy.services
        if weight_g <= service.max_weight_g and zone in service.base_minor
    ]
    rules = [f"{len(able)} services carry {weight_g} g to zone {zone}"]
    if valuable:
        able = [service for service in able if service.secure]
        rules.append(f"{len(able)} of them are secure")
    express = [service for service in able if service.express]
    if wish is Service.EXPRESS and express:
        able = express
        rules.append(f"{len(able)} of them are express")
    if not able:
        return None
    quotes = sorted(
        (
            Quote(
                carrier=s.carrier,
                service=s.service,
                price_minor=price_minor(s, zone, weight_g),
                days=s.days[zone],
            )
            for s in able
        ),
        key=lambda quote: (quote.price_minor, quote.days, quote.carrier, quote.service),
    )
    rules.append(f"cheapest: {quotes[0].carrier} {quotes[0].service}")
    return CarrierChoice(chosen=quotes[0], options=tuple(quotes[1:]), explained="; ".join(rules))


def transit_days(policy: DeliveryPolicy, wish: Service) -> dict[str, int]:
    """Days by zone that a promise counts on: the slowest ordinary, or the fastest express service."""
    express = [service for service in policy.services if service.express]
    if wish is Service.EXPRESS and express:
        return {zone: min(s.days[zone] for s in express) for zone in express[0].days}
    ordinary = [s for s in policy.services if not s.express and s.max_weight_g <= 30_000] or list(
        policy.services
    )
    return {zone: max(s.days[zone] for s in ordinary) for zone in ordinary[0].days}


@dataclass(frozen=True)
class ParcelStatus:
    """What all events of a parcel add up to."""

    tracking: Tracking
    incident: str = ""
    handed_over: bool = False
    signed: bool = False


def fold(events: Iterable[TrackingEvent]) -> ParcelStatus:
    """Any order of arrival gives the same status: events count by the time they happened.

    An end (delivered, returned) stays, whatever was stamped later; a loss yields to a later delivery.
    """
    status, incident, handed_over, signed = Tracking.PENDING, "", False, False
    for event in sorted(events, key=lambda e: (e.occurred_at, _RANK[e.status], e.event_id)):
        handed_over = handed_over or event.status in HANDED_OVER
        signed = signed or (event.signed and event.status is Tracking.DELIVERED)
        if status in _ENDS or event.status is Tracking.UNKNOWN:
            continue
        status, incident = event.status, event.incident
    return ParcelStatus(status, incident, handed_over, signed)


def news(before: ParcelStatus, after: ParcelStatus) -> News | None:
    """What the order must hear: only what changes what it does next."""
    if after.tracking is not before.tracking:
        if after.tracking is Tracking.DELIVERED:
            return News.DELIVERED
        if after.tracking is Tracking.RETURN_TO_SENDER:
            return News.RETURNED
    if after.incident != before.incident and after.incident in (LOST, DAMAGED):
        return News.LOST
    return News.HANDED_OVER if after.handed_over and not before.handed_over else None


def is_valuable(value_minor: int, large_minor: int, policy: DeliveryPolicy) -> bool:
    """Whether goods count as valuables: from a share of the amount on that makes an order large (minor units)."""
    return value_minor * 10_000 >= large_minor * policy.secure_from_bp
