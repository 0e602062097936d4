"""A preorder is opened, changed or closed: written once, and every order that waits for it hears of another date."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.allocation.steps import AllocationSteps
    from models.allocation.preorders import PreorderChanged, PreorderMoved, SetPreorder
    from workflows.shared.neighbours import tell_orders


@workflow.defn(name="SetPreorderWorkflow")
class SetPreorderWorkflow:
    """One change of a preorder."""

    @workflow.run
    async def run(self, change: SetPreorder) -> PreorderChanged:
        """Write the change, then tell the waiting orders, whose promises are made anew. A refused one changes nothing."""
        told = await workflow.execute_local_activity_method(
            AllocationSteps.set_preorder,
            change,
            start_to_close_timeout=timedelta(seconds=10),
            summary=f"preorder of {change.sku}",
        )
        if told.preorder and told.waiting_orders:
            moved = PreorderMoved(
                request_id=f"preorder:{change.request_id}",
                sku=change.sku,
                ships_from=told.preorder.ships_from,
            )
            await tell_orders(told.waiting_orders, "preorder_moved", moved)
        return told
