"""Gift cards and store credit: held before the card is asked, and the undo."""

from temporalio import workflow

from activities.settlement.stored_steps import StoredValueSteps
from models.order.run_state import Undo
from models.order.states import PaymentState, Stage
from models.settlement.stored_value import HoldStoredValue, ReleaseStoredValue
from workflows.shared.life import OrderLife


async def hold_stored_value(life: OrderLife) -> None:
    """Hold all tenders of stored value, or none: then the payment is declined, and the customer pays another way."""
    run, order = life.run, life.order
    if run.stored_asked or not order.tenders:
        return
    key = life.key("hold_stored_value")
    life.will_undo("release_stored_value", key)
    request = HoldStoredValue(
        key=key,
        order_number=order.order_number,
        customer_id=order.customer.customer_id,
        currency=order.currency,
        tenders=order.tenders,
        now=workflow.now(),
        progress=life.progress(Stage.REVIEW),
    )
    held = await life.local(StoredValueSteps.hold_stored_value, request, "hold gift cards and credit")
    run.stored_asked, run.stored_minor = True, held.held_minor
    if not held.held_minor:
        life.drop_undo("release_stored_value", key)
        run.move(payment=PaymentState.DECLINED)
        run.token = ""


async def release_stored_value(life: OrderLife, undo: Undo) -> bool:
    """The undo of a hold."""
    request = ReleaseStoredValue(
        key=life.key("release_stored_value", undo.version),
        order_number=life.order.order_number,
        progress=life.progress(Stage.REVIEW),
    )
    await life.local(StoredValueSteps.release_stored_value, request, "free gift cards and credit")
    life.run.stored_minor = 0
    return True
