"""What intake needs of the world: its own records, a catalogue, an address book, a contact book."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from models.intake.checks import AddressFinding, CatalogueEntry, ContactFinding
from models.intake.messages import Recorded, RecordOrder
from models.order.messages import Address


class IntakeStore(Protocol):
    """Writes orders down."""

    async def record_order(self, request: RecordOrder) -> Recorded:
        """Write an order once. A source id that another order has is a value, not an error."""
        ...


class CatalogueReader(Protocol):
    """Reads what can be ordered. Raises `Unavailable`."""

    async def entries(self, skus: Iterable[str]) -> Mapping[str, CatalogueEntry]:
        """The entries of those SKUs that exist."""
        ...


class AddressBook(Protocol):
    """Knows how addresses are written in each country. Never goes to the network."""

    def check(self, address: Address) -> AddressFinding:
        """The verdict on an address, and how it should be written."""
        ...


class ContactBook(Protocol):
    """Knows how e-mail addresses and phone numbers are written. Never goes to the network."""

    def check(self, email: str, phone: str, country: str) -> ContactFinding:
        """Both normalised, or what is wrong with them; an empty one is not checked."""
        ...
