"""What tests of money do over and over: find the payment, pay it, bring an order to where the money counts."""

from activities.settlement.stored_value import StoredValueRecords
from activities.shared.database import Row
from models.order.messages import Order
from models.order.paying import Payment, StoredKind, StoredTender
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


async def issue(lived: Lived, code: str, amount: int, **more: object) -> None:
    """A gift card in euros; `more` says otherwise."""
    values = {"kind": StoredKind.GIFT_CARD, "currency": "EUR", "by": "shop"} | more
    assert await StoredValueRecords(lived.database).issue(code, amount_minor=amount, **values)  # type: ignore[arg-type]


def paid_with(order: Order, **amounts: int) -> Order:
    """The order with a part on each code; the card pays the rest. Codes that begin with `credit` are store credit."""
    tenders = tuple(
        StoredTender(
            method=StoredKind.STORE_CREDIT if code.startswith("credit") else StoredKind.GIFT_CARD,
            code=code,
            amount_minor=amount,
        )
        for code, amount in amounts.items()
    )
    rest = order.total_minor - sum(amounts.values())
    payment = Payment(method="card", token=order.payment.token, amount_minor=rest)
    return order.model_copy(update={"tenders": tenders, "payment": payment})


async def stored(lived: Lived, code: str) -> tuple[int, int]:
    """Balance and what is held."""
    row = await lived.one("SELECT balance_minor, held_minor FROM stored_value WHERE code = %s", code)
    return row["balance_minor"], row["held_minor"]
