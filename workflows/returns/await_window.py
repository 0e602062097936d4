"""The return window: when it ends without a return, the order closes."""

from models.order.waits import WaitingFor
from workflows.shared.life import OrderLife
from workflows.shared.waiting import wait_for


async def await_window(life: OrderLife) -> None:
    """Return when nothing can come back any more."""
    await wait_for(life, WaitingFor.RETURN_WINDOW, lambda: False, holdable=False, endable=False)
