"""What carriers say, and what follows: goods leave, arrive, come back, get lost."""

from activities.allocation.steps import AllocationSteps
from models.allocation.messages import CommitStock, Restock, StockArrived
from models.delivery.messages import News, ParcelNews
from models.order.messages import Fact
from models.order.run_state import ParcelRun
from models.order.states import FulfilmentState, OrderState, Stage
from models.order.waits import WaitingFor
from workflows.shared.life import OrderLife
from workflows.shared.neighbours import tell_orders
from workflows.shared.waiting import wait_for, will_wait


async def take_news(life: OrderLife, news: ParcelNews) -> None:
    """Act on one piece of news; what comes after a parcel's end changes nothing any more."""
    life.run.parcel_news.remove(news)
    parcel = life.run.parcels.get(news.parcel_id)
    if parcel is None or parcel.end or not parcel.labelled:
        life.fact("parcel_news_ignored", why=f"{news.parcel_id}: {news.news}")
        return
    if not parcel.handed_over:
        await _hand_over(life, parcel)
    if news.news is News.DELIVERED:
        parcel.end = "delivered"
        life.run.receipt_confirmed = life.run.receipt_confirmed or news.signed
    elif news.news is News.RETURNED:
        await _take_back(life, parcel)
    elif news.news is News.LOST:
        await _settle_loss(life, parcel)


async def _hand_over(life: OrderLife, parcel: ParcelRun) -> None:
    """The goods left: stock is committed, and there is no cancelling any more."""
    run, plan = life.run, parcel.plan
    parcel.handed_over = True
    others = [other for other in run.live_parcels if not other.handed_over]
    progress = will_wait(life, WaitingFor.HANDOVER if others else WaitingFor.DELIVERY)
    leads_to = life.reachable(FulfilmentState.DISPATCHED)
    request = CommitStock(
        key=life.key("commit_stock", plan.parcel_id),
        order_number=life.order.order_number,
        parcel_id=plan.parcel_id,
        warehouse=plan.warehouse,
        wants=plan.wants,
        progress=progress.model_copy(
            update={"order_state": OrderState.DISPATCHED, "fulfilment_state": leads_to}
        ),
    )
    await life.local(AllocationSteps.commit_stock, request, f"{plan.parcel_id} left the warehouse")
    run.move(order=OrderState.DISPATCHED, fulfilment=leads_to)


async def _take_back(life: OrderLife, parcel: ParcelRun) -> None:
    plan = parcel.plan
    request = Restock(
        key=life.key("restock", plan.parcel_id),
        order_number=life.order.order_number,
        parcel_id=plan.parcel_id,
        warehouse=plan.warehouse,
        wants=plan.wants,
        kind="returned",
        progress=life.progress(Stage.RETURNS),
    )
    restocked = await life.local(AllocationSteps.restock, request, f"{plan.parcel_id} came back")
    parcel.end = "returned"
    freed = StockArrived(request_id=f"freed:{request.key}", sku="")
    await tell_orders(restocked.waiting_orders, "stock_arrived", freed)


async def _settle_loss(life: OrderLife, parcel: ParcelRun) -> None:
    """Lost or damaged: care decides to reship or refund; without a decision in time it is refunded."""
    run = life.run
    run.resolution = ""
    await wait_for(
        life, WaitingFor.PARCEL_DECISION, lambda: bool(run.resolution), holdable=False, endable=False
    )
    parcel.end = "lost"
    if run.resolution == "reship":
        run.source_again(parcel)
    decided = Fact(what=f"loss_{run.resolution or 'refund'}", why=parcel.plan.parcel_id)
    await life.record(life.key("loss", parcel.plan.parcel_id), Stage.CARE, (decided,))
