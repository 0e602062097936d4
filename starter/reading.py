"""How a door reads an order: against the catalogue, the address and contact rules, and the clock."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from activities.intake.ports import AddressBook, CatalogueReader, ContactBook
from models.intake.checks import CatalogueEntry
from models.intake.validation import read_order, skus_in
from models.order.messages import Acceptance, Order
from models.shared.errors import Refused

_SOLD_OUT = "preorder_sold_out"


def utc_now() -> datetime:
    """The clock of a real door."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class OrderReader:
    """What an order is checked against; `known`: what it would be answered because it is there already, None when it is new."""

    catalogue: CatalogueReader
    addresses: AddressBook
    contacts: ContactBook
    known: Callable[[Order], Awaitable[Acceptance | None]]
    now: Callable[[], datetime] = utc_now

    async def read(self, raw: Any) -> Order:
        """The order in a decoded body. Raises `Refused` with every fault, `Unavailable`.

        An order that is there already is no fault, however little is left of a preorder: it may be what took the last pieces.
        """
        entries = await self.catalogue.entries(skus_in(raw))
        try:
            return self._read(raw, entries)
        except Refused as refused:
            if any(problem.code != _SOLD_OUT for problem in refused.problems):
                raise
            unlimited = {sku: entry.model_copy(update={"orderable": None}) for sku, entry in entries.items()}
            order = self._read(raw, unlimited)
            if await self.known(order) is None:
                raise
            return order

    def _read(self, raw: Any, entries: Mapping[str, CatalogueEntry]) -> Order:
        return read_order(
            raw,
            catalogue=entries,
            address=self.addresses.check,
            contact=self.contacts.check,
            now=self.now(),
        )
