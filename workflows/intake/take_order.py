"""Take an order into the books."""

from temporalio import workflow

from activities.intake.steps import IntakeSteps
from models.intake.messages import RecordOrder
from models.order.states import Stage
from workflows.shared.life import OrderLife


async def take_order(life: OrderLife) -> bool:
    """Write it down, learn what is known of the customer; False when the number or source id is another order's."""
    run = life.run
    if run.recorded:
        return True
    first_run = workflow.info().first_execution_run_id
    request = RecordOrder(
        key=life.key("record_order"),
        first_run_id=first_run,
        order=life.order,
        progress=life.progress(Stage.INTAKE),
        now=workflow.now(),
    )
    recorded = await life.local(IntakeSteps.record_order, request, "record the order")
    if recorded.duplicate_source or recorded.first_run_id != first_run:
        run.refused = True
        return False
    run.policy, run.history, run.duplicate_of = (
        recorded.policy,
        recorded.history,
        recorded.possible_duplicate_of,
    )
    run.order_class, run.priority = recorded.order_class, recorded.priority
    run.credit = recorded.credit
    run.promised_by = recorded.promised_by
    run.recorded = True
    return True
