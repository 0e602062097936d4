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
    Tried,
)
from models.allocation.rules import wait_ends
from models.order.fulfilment import due_sourcing, rest_of
from models.order.hold_rules import free_wants
from models.order.messages import Want
from models.order.run_state import Undo
from models.order.states import FulfilmentState, OrderState, Outcome, Stage
from models.order.waits import WaitingFor
from workflows.shared.life import OrderEnds, OrderLife
from workflows.shared.neighbours import tell_orders
from workflows.shared.waiting import gate, will_wait


def wants_of(life: OrderLife) -> tuple[Want, ...]:
    """Everything that the order asks for."""
    return tuple(
        Want(line_no=line.line_no, sku=line.sku, quantity=line.quantity) for line in life.order.lines
    )


async def allocate_order(life: OrderLife, transit_days: dict[str, int]) -> None:
    """Reserve the first of `run.to_source` that is due, without the lines that are held; its parts stand in `run.unpacked`.

    The key is the cause, never a count: whatever course the order takes after a crash, one cause is reserved once. A worker that
    died may have reserved other lines of it: what counts is the answer, and what that leaves out is sourced as the cause's rest.
    """
    run = life.run
    await gate(life)
    wanted = due_sourcing(run)
    if wanted is None or run.unpacked:  # held meanwhile
        return
    life.will_undo("release_stock", life.key("reserve_stock"))
    request = _request(life, wanted, transit_days)
    arrivals = run.stock_arrivals
    allocation = await life.local(AllocationSteps.reserve_stock, request, "reserve stock")
    if allocation.sold_out:
        _end_sold_out(life, allocation)
    run.promised_by = allocation.promised_by
    others = [one for one in run.to_source or () if one is not wanted]
    if allocation.parts:
        run.unpacked = Sourced(cause=wanted.cause, parts=allocation.parts, key=wanted.key)
        run.to_source = [*others, *rest_of(wanted, allocation.parts)]
        run.try_stock_again()
        run.waiting_for = None
        run.move(order=request.progress.order_state, fulfilment=FulfilmentState.RESERVED)
    else:
        run.deadline_at = wait_ends(run.waiting_since, run.deadline_at, allocation.ships_from)
        lines = tuple(want.line_no for want in request.wants)
        tried = Tried(lines=lines, arrivals=arrivals, due_at=run.deadline_at)
        run.to_source = [wanted.model_copy(update={"excluded": (), "tried": tried}), *others]
        run.move(fulfilment=life.reachable(FulfilmentState.SHORT))
        life.on_board = WaitingFor.STOCK  # of its two, the step wrote `waiting_progress`


def _request(life: OrderLife, wanted: Sourcing, transit_days: dict[str, int]) -> Reserve:
    run, order = life.run, life.order
    waiting = will_wait(life, WaitingFor.STOCK)
    confirmed = OrderState.CONFIRMED if run.order_state is OrderState.RECEIVED else None
    wants = free_wants(run, wanted)
    return Reserve(
        key=life.key("reserve_stock", wanted.key),
        order_number=order.order_number,
        wants=wants,
        destination=Destination(
            country=order.ship_to.country, postcode=order.ship_to.postcode, region=order.ship_to.region
        ),
        now=workflow.now(),
        policy=run.policy.allocation,
        transit_days=transit_days,
        progress=life.progress(Stage.ALLOCATION, FulfilmentState.RESERVED).model_copy(
            update={"order_state": confirmed}
        ),
        waiting_progress=waiting.model_copy(
            update={"fulfilment_state": life.reachable(FulfilmentState.SHORT)}
        ),
        excluded=wanted.excluded,
        cause=wanted.cause,
        rest=bool(wanted.rest),
        rest_key=life.key("reserve_stock", wanted.next_key) if len(wants) < len(wanted.wants) else "",
    )


def _end_sold_out(life: OrderLife, allocation: Allocation) -> None:
    """The order came too late for the last pieces of a preorder: it ends, and its money goes back."""
    run = life.run
    run.waiting_for = run.waiting_since = run.deadline_at = None
    life.end(Outcome.CANCELLED, f"the preorder of {', '.join(allocation.sold_out)} is sold out")
    raise OrderEnds


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
