"""Reserve stock at the best place, and its undo. Short: purchasing and the customer are told, the order waits for stock."""

from temporalio import workflow

from activities.allocation.steps import AllocationSteps
from models.allocation.messages import (
    Allocation,
    Destination,
    ReleaseStock,
    Reserve,
    Sourced,
    Sourcing,
    StockArrived,
)
from models.allocation.rules import wait_ends
from models.order.messages import Want
from models.order.run_state import Undo
from models.order.states import FulfilmentState, OrderState, Outcome, Stage
from models.order.waits import WaitingFor
from workflows.shared.life import OrderEnds, OrderLife
from workflows.shared.neighbours import tell_orders
from workflows.shared.waiting import gate, wait_for, will_wait


def wants_of(life: OrderLife) -> tuple[Want, ...]:
    """Everything that the order asks for."""
    return tuple(
        Want(line_no=line.line_no, sku=line.sku, quantity=line.quantity) for line in life.order.lines
    )


async def allocate_order(life: OrderLife, transit_days: dict[str, int]) -> None:
    """Return once the first of `run.to_source` is reserved; its parts stand in `run.unpacked`.

    The key is the cause, never a count: whatever course the order takes after a crash, one cause is reserved once.
    """
    run, order = life.run, life.order
    while run.to_source and not run.unpacked:
        await gate(life)
        life.will_undo("release_stock", life.key("reserve_stock"))
        arrivals = run.stock_arrivals
        wanted = run.to_source[0]
        waiting = will_wait(life, WaitingFor.STOCK)
        confirmed = OrderState.CONFIRMED if run.order_state is OrderState.RECEIVED else None
        request = Reserve(
            key=life.key("reserve_stock", wanted.cause),
            order_number=order.order_number,
            wants=wanted.wants,
            destination=Destination(
                country=order.ship_to.country, postcode=order.ship_to.postcode, region=order.ship_to.region
            ),
            now=workflow.now(),
            policy=run.policy.allocation,
            transit_days=transit_days,
            progress=life.progress(Stage.ALLOCATION, FulfilmentState.RESERVED).model_copy(
                update={"order_state": confirmed}
            ),
            waiting_progress=waiting.model_copy(update={"fulfilment_state": FulfilmentState.SHORT}),
            excluded=wanted.excluded,
            cause=wanted.cause,
        )
        allocation = await life.local(AllocationSteps.reserve_stock, request, "reserve stock")
        if allocation.sold_out:
            _end_sold_out(life, allocation)
        run.promised_by = allocation.promised_by
        if allocation.parts:
            run.unpacked = Sourced(cause=wanted.cause, parts=allocation.parts)
            run.to_source.pop(0)
            run.waiting_for = None
            run.move(order=confirmed, fulfilment=FulfilmentState.RESERVED)
        else:
            await _wait_for_stock(life, arrivals, wanted, allocation)


def _end_sold_out(life: OrderLife, allocation: Allocation) -> None:
    """The order came too late for the last pieces of a preorder: it ends, and its money goes back."""
    run = life.run
    run.waiting_for = run.waiting_since = run.deadline_at = None
    life.end(Outcome.CANCELLED, f"the preorder of {', '.join(allocation.sold_out)} is sold out")
    raise OrderEnds


async def _wait_for_stock(life: OrderLife, seen: int, wanted: Sourcing, allocation: Allocation) -> None:
    run = life.run
    assert run.to_source is not None
    run.to_source[0] = wanted.model_copy(update={"excluded": ()})
    run.move(fulfilment=FulfilmentState.SHORT)
    run.deadline_at = wait_ends(run.waiting_since, run.deadline_at, allocation.ships_from)
    life.on_board = WaitingFor.STOCK  # of its two, the step wrote `waiting_progress`
    await wait_for(life, WaitingFor.STOCK, lambda: run.stock_arrivals > seen)


async def release_stock(life: OrderLife, undo: Undo) -> bool:
    """The undo of every reservation that still stands."""
    request = ReleaseStock(
        key=life.key("release_all", life.run.version("release_all")),
        order_number=life.order.order_number,
        why=life.run.ending_why,
        progress=life.progress(Stage.ALLOCATION),
    )
    released = await life.local(AllocationSteps.release_stock, request, "release the stock")
    life.run.move(fulfilment=FulfilmentState.RELEASED)
    freed = StockArrived(request_id=f"freed:{request.key}", sku="")
    await tell_orders(released.waiting_orders, "stock_arrived", freed)
    return True
