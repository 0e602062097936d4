"""Goods from a supplier: booked once, and every order that waits for them is told to try again."""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.allocation.steps import AllocationSteps
    from models.allocation.messages import Received, StockArrived, StockReceipt
    from models.shared.ids import workflow_id


@workflow.defn(name="ReceiveStockWorkflow")
class ReceiveStockWorkflow:
    """One receipt of goods."""

    @workflow.run
    async def run(self, receipt: StockReceipt) -> Received:
        """Book the goods, then tell the waiting orders, oldest first."""
        received = await workflow.execute_local_activity_method(
            AllocationSteps.receive_stock,
            receipt,
            start_to_close_timeout=timedelta(seconds=10),
            summary=f"{receipt.quantity} × {receipt.sku} at {receipt.warehouse}",
        )
        arrival = StockArrived(request_id=f"receipt:{receipt.receipt_id}", sku=receipt.sku)
        await asyncio.gather(*(self._tell(number, arrival) for number in received.waiting_orders))
        return received

    async def _tell(self, order_number: str, arrival: StockArrived) -> None:
        handle = workflow.get_external_workflow_handle(workflow_id(order_number))
        try:
            await handle.signal("stock_arrived", arrival)
        except Exception:  # the order ended in between: it needs nothing any more
            workflow.logger.info("an order that waited for stock has ended", extra={"order": order_number})
