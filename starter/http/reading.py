"""How the door reads an order out of a body, for those that take it and those that only look."""

from typing import Any

from models.intake.validation import read_order, skus_in
from models.order.messages import Order
from models.shared.errors import Refused
from starter.http.parts import DoorParts

_SOLD_OUT = "preorder_sold_out"


async def read_body(door: DoorParts, raw: Any) -> Order:
    """The order that a body holds. Raises `Refused` with every fault.

    An order that is there already is no fault, however little is left of a preorder: it may be what took the last pieces.
    """
    entries = await door.catalogue.entries(skus_in(raw))
    try:
        return _read(door, raw, entries)
    except Refused as refused:
        if any(problem.code != _SOLD_OUT for problem in refused.problems):
            raise
        unlimited = {sku: entry.model_copy(update={"orderable": None}) for sku, entry in entries.items()}
        order = _read(door, raw, unlimited)
        if await door.known(order) is None:
            raise
        return order


def _read(door: DoorParts, raw: Any, entries: Any) -> Order:
    return read_order(
        raw,
        catalogue=entries,
        address=door.addresses.check,
        contact=door.contacts.check,
        now=door.now(),
    )
