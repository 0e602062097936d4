"""Reads the outsiders' journals and builds what is asked of them."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.delivery.ports import Consignment
from activities.shared.database import Database
from models.order.messages import Address

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def rows(db: Database, query: str, *values: object) -> list[tuple[object, ...]]:
    """The rows of a query as tuples."""
    async with db.reading() as cursor:
        await cursor.execute(query.encode(), values)
        return [tuple(row.values()) for row in await cursor.fetchall()]


def consignment(parcel_id: str = "BR-10023-1", weight_g: int = 1_200) -> Consignment:
    """A parcel to São Paulo."""
    return Consignment(
        parcel_id=parcel_id,
        service="ground",
        ship_to=Address(line1="Rua Augusta 1200", city="São Paulo", country="BR", postcode="01304-001"),
        recipient="Ana ^Souza~",
        weight_g=weight_g,
        value_minor=23_140,
        currency="BRL",
    )
