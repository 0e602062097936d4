"""What allocation reads before it plans: what each warehouse could give, and when it works."""

from datetime import datetime
from typing import Any

from activities.allocation.calendars import ready_at
from activities.shared.database import Cursor, Row
from models.allocation.calendars import WarehouseCalendar
from models.allocation.messages import FIRST_CAUSE, Destination, Reserve, StockCandidate
from models.shared.geography import centroid, distance_km

# The destination's place; both statements begin with it.
_THERE = """
WITH there AS (
    SELECT latitude, longitude FROM place
    WHERE country = %(country)s AND postcode_prefix = ANY(%(prefixes)s) ORDER BY length(postcode_prefix) DESC LIMIT 1)"""

# A claim stands before this order's own, and before its backorder when it was made earlier; before a newcomer always.
_CANDIDATES = """
SELECT s.warehouse, s.sku, s.on_hand - s.reserved AS available, w.country, w.latitude, w.longitude, w.calendar,
    there.latitude AS to_latitude, there.longitude AS to_longitude, claims.spoken_for, claims.claimed
FROM stock_level s JOIN warehouse w ON w.code = s.warehouse LEFT JOIN there ON true
CROSS JOIN LATERAL (
    SELECT coalesce(sum(c.quantity) FILTER (WHERE c.id < coalesce((
                SELECT m.id FROM preorder_claim m WHERE m.key = %(key)s AND m.sku = s.sku AND m.state = 'open'), 9223372036854775807)
            AND c.created_at < coalesce((SELECT r.created_at FROM purchase_request r
                WHERE r.order_number = %(order_number)s AND r.sku = s.sku AND r.state = 'open'), 'infinity')), 0)::int AS spoken_for,
        coalesce(bool_or(c.key = %(key)s), false) AS claimed
    FROM preorder_claim c WHERE c.sku = s.sku AND c.state = 'open') claims
WHERE s.sku = ANY(%(skus)s) AND s.on_hand > s.reserved"""

_WAREHOUSES = """
SELECT w.code AS warehouse, w.latitude, w.longitude, w.calendar,
    there.latitude AS to_latitude, there.longitude AS to_longitude
FROM warehouse w LEFT JOIN there ON true"""


def calendar_of(stored: dict[str, Any] | None) -> WarehouseCalendar | None:
    """A warehouse's calendar as it is stored."""
    return None if stored is None else WarehouseCalendar.model_validate(stored)


async def candidates(cursor: Cursor, request: Reserve, skus: list[str]) -> tuple[StockCandidate, ...]:
    """What each warehouse could give, its distance to the destination, and when its goods would be handed over."""
    values = {"skus": skus, "key": request.key, "order_number": request.order_number}
    await cursor.execute((_THERE + _CANDIDATES).encode(), _destination(request.destination) | values)
    first = request.cause == FIRST_CAUSE
    ready: dict[str, datetime] = {}
    found = []
    for row in await cursor.fetchall():
        code = row["warehouse"]
        if code not in ready:
            calendar = calendar_of(row["calendar"])
            ready[code] = ready_at(request.now, request.policy.handling_days, calendar)
        found.append(
            StockCandidate(
                warehouse=code,
                sku=row["sku"],
                available=row["available"],
                country=row["country"],
                distance_km=_distance(row, request.destination),
                ready_at=ready[code],
                # A parcel that is replaced was sold before: no claim keeps it waiting.
                spoken_for=row["spoken_for"] if first else 0,
                claimed=row["claimed"],
            )
        )
    return tuple(found)


async def nearest_calendar(cursor: Cursor, destination: Destination) -> WarehouseCalendar | None:
    """The calendar of the warehouse that would send if goods lay everywhere; None also when there is no warehouse."""
    await cursor.execute((_THERE + _WAREHOUSES).encode(), _destination(destination))
    rows = await cursor.fetchall()
    nearest = min(rows, key=lambda row: (_distance(row, destination), row["warehouse"]), default=None)
    return calendar_of(nearest["calendar"]) if nearest else None


def _destination(to: Destination) -> dict[str, Any]:
    prefixes = [to.postcode[:length] for length in range(len(to.postcode) + 1)]
    return {"country": to.country, "prefixes": prefixes}


def _distance(row: Row, to: Destination) -> float:
    known = row["to_latitude"] is not None
    there = (row["to_latitude"], row["to_longitude"]) if known else centroid(to.country)
    return distance_km((row["latitude"], row["longitude"]), there)
