"""What one workflow tells other orders: look again, something came free or another date is known."""

import asyncio
from collections.abc import Iterable

from pydantic import BaseModel
from temporalio import workflow

from models.shared.ids import workflow_id

# Temporal bounds how many signals a workflow may have under way.
_AT_ONCE = 500


async def tell_orders(numbers: Iterable[str], signal: str, message: BaseModel) -> None:
    """Send one signal to each order, in their order; one that ended in between needs nothing any more."""
    told = list(numbers)
    for first in range(0, len(told), _AT_ONCE):
        await asyncio.gather(*(_tell(number, signal, message) for number in told[first : first + _AT_ONCE]))


async def _tell(order_number: str, signal: str, message: BaseModel) -> None:
    handle = workflow.get_external_workflow_handle(workflow_id(order_number))
    try:
        await handle.signal(signal, message)
    except Exception:
        workflow.logger.info("an order that waited for stock has ended", extra={"order": order_number})
