"""How a door reads an order: against the catalogue, the address and contact rules, and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from activities.intake.ports import AddressBook, CatalogueReader, ContactBook
from models.intake.validation import read_order, skus_in
from models.order.messages import Order


def utc_now() -> datetime:
    """The clock of a real door."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class OrderReader:
    """What an order is checked against."""

    catalogue: CatalogueReader
    addresses: AddressBook
    contacts: ContactBook
    now: Callable[[], datetime]

    async def read(self, raw: Any) -> Order:
        """The order in a decoded body. Raises `Refused` with every fault, `Unavailable`."""
        return read_order(
            raw,
            catalogue=await self.catalogue.entries(skus_in(raw)),
            address=self.addresses.check,
            contact=self.contacts.check,
            now=self.now(),
        )
