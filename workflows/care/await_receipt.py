"""The customer confirms receipt, or the policy's days pass without complaint."""

from models.order.messages import Fact
from models.order.records import Axes
from models.order.states import FulfilmentState, OrderState, Stage
from models.order.waits import WaitingFor
from workflows.shared.life import OrderLife
from workflows.shared.waiting import wait_for


async def await_receipt(life: OrderLife) -> None:
    """Return when the money may be taken."""
    run = life.run
    if run.order_state is OrderState.DISPATCHED:
        run.move(order=OrderState.DELIVERED, fulfilment=FulfilmentState.DELIVERED)
        if not run.receipt_confirmed:
            axes = Axes(order=run.order_state, fulfilment=run.fulfilment_state)
            await life.record(life.key("delivered"), Stage.CARE, (Fact(what="delivered"),), (), axes)
    if not run.receipt_confirmed:
        confirmed = await wait_for(
            life, WaitingFor.RECEIPT, lambda: run.receipt_confirmed, holdable=False, endable=False
        )
        life.fact("receipt_confirmed" if confirmed else "no_complaint_in_time")
        run.receipt_confirmed = True
