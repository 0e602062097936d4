"""Goods from a supplier: booked once, and every order that waits for them is told to try again."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.allocation.steps import AllocationSteps
    from models.allocation.messages import Received, StockArrived, StockReceipt
    from workflows.shared.neighbours import tell_orders


@workflow.defn(name="ReceiveStockWorkflow")
class ReceiveStockWorkflow:
    """One receipt of goods."""

    @workflow.run
    async def run(self, receipt: StockReceipt) -> Received:
        """Book the goods, then tell the waiting orders: claims in their order, then the others, oldest first."""
        received = await workflow.execute_local_activity_method(
            AllocationSteps.receive_stock,
            receipt,
            start_to_close_timeout=timedelta(seconds=10),
            summary=f"{receipt.quantity} × {receipt.sku} at {receipt.warehouse}",
        )
        arrival = StockArrived(request_id=f"receipt:{receipt.receipt_id}", sku=receipt.sku)
        await tell_orders(received.waiting_orders, "stock_arrived", arrival)
        return received
