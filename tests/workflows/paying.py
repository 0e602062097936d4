"""What tests of money do over and over: find the payment, pay it, bring an order to where the money counts."""

from activities.shared.database import Row
from models.order.messages import Order
from tests.workflows.living import Lived
from tests.workflows.made import an_order


async def paid(lived: Lived, order: Order) -> str:
    """The provider's reference of the only payment."""
    row = await lived.one(
        "SELECT reference FROM sim.psp_payment WHERE order_number = %s AND NOT voided", order.order_number
    )
    return str(row["reference"])


async def settle(lived: Lived, order: Order, approve: bool = True) -> None:
    """The customer pays the slip, or lets it lapse."""
    await lived.world.payments.settle_pending(await paid(lived, order), approve, order.placed_at)


async def awaited(lived: Lived) -> Order:
    """An order that waits for its payment."""
    order = an_order(token="tok_pending")
    await lived.submit(order)
    await lived.waits(order, "payment")
    return order


async def bench(lived: Lived, **changes: object) -> Order:
    """An order whose money is held, at the bench."""
    order = an_order(**changes)  # type: ignore[arg-type]
    await lived.submit(order)
    await lived.waits(order, "bench")
    return order


async def taken(lived: Lived, order: Order) -> Row:
    """The order's row once the goods have arrived, the money is taken and the order has ended."""
    await lived.waits(order, "return_window")
    await lived.skip(order, 30.01)
    return await lived.closed(order)
