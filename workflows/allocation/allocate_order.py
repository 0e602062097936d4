"""Reserve stock at the best place, and its undo. Short: purchasing and the customer are told, the order waits for stock."""

from temporalio import workflow

from activities.allocation.steps import AllocationSteps
from models.allocation.messages import Destination, ReleaseStock, Reserve, Sourced, Sourcing, Tried
from models.order.fulfilment import due_sourcing, rest_of
from models.order.hold_rules import free_wants
from models.order.messages import Want
from models.order.run_state import Undo
from models.order.states import FulfilmentState, OrderState, Stage
from models.order.waits import WaitingFor
from workflows.shared.life import OrderLife
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
    tried = Tried(lines=tuple(want.line_no for want in request.wants), arrivals=run.stock_arrivals)
    allocation = await life.local(AllocationSteps.reserve_stock, request, "reserve stock")
    run.promised_by = allocation.promised_by
    others = [one for one in run.to_source or () if one is not wanted]
    if allocation.parts:
        run.unpacked = Sourced(cause=wanted.cause, parts=allocation.parts, key=wanted.key)
        run.to_source = [*others, *rest_of(wanted, allocation.parts)]
        run.try_stock_again()
        run.waiting_for = None
        run.move(order=request.progress.order_state, fulfilment=FulfilmentState.RESERVED)
    else:
        short = wanted.model_copy(update={"excluded": (), "tried": tried})
        run.to_source = [short, *others]
        run.move(fulfilment=life.reachable(FulfilmentState.SHORT))
        life.on_board = WaitingFor.STOCK  # of its two, the step wrote `waiting_progress`


def _request(life: OrderLife, wanted: Sourcing, transit_days: dict[str, int]) -> Reserve:
    run, order = life.run, life.order
    waiting = will_wait(life, WaitingFor.STOCK)
    confirmed = OrderState.CONFIRMED if run.order_state is OrderState.RECEIVED else None
    return Reserve(
        key=life.key("reserve_stock", wanted.key),
        order_number=order.order_number,
        wants=free_wants(run, wanted),
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
    )


async def release_stock(life: OrderLife, undo: Undo) -> bool:
    """The undo of every reservation that still stands."""
    request = ReleaseStock(
        key=life.key("release_all", life.run.version("release_all")),
        order_number=life.order.order_number,
        why=life.run.ending_why,
        progress=life.progress(Stage.ALLOCATION),
    )
    await life.local(AllocationSteps.release_stock, request, "release the stock")
    life.run.move(fulfilment=FulfilmentState.RELEASED)
    return True
