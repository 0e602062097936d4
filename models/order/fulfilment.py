"""What comes next while goods are sourced, packed and sent: what may be done now, else what is waited for. Pure."""

from datetime import datetime
from itertools import count, islice

from models.allocation.messages import Part, Sourced, Sourcing
from models.delivery.messages import ParcelNews
from models.order.hold_rules import free_wants, on_parcel
from models.order.run_state import OrderRun, ParcelRun
from models.order.waits import WaitingFor
from models.shared.ids import parcel_id


def due_news(run: OrderRun) -> ParcelNews | None:
    """The first news that may be acted on."""
    return next((news for news in run.parcel_news if not held_back(run, news)), None)


def held_back(run: OrderRun, news: ParcelNews) -> bool:
    """Whether news has to wait: the carrier took a parcel that is held, so its hand-over is booked when the hold ends."""
    parcel = run.parcels.get(news.parcel_id)
    if parcel is None or parcel.end or parcel.handed_over or not parcel.labelled:
        return False
    return bool(on_parcel(run, parcel))


def due_sourcing(run: OrderRun) -> Sourcing | None:
    """The first that may be sourced now: some line of it is free, and it was not found short since the last arrival of stock."""
    for one in run.to_source or ():
        lines = tuple(want.line_no for want in free_wants(run, one))
        known = one.tried and one.tried.lines == lines and one.tried.arrivals >= run.stock_arrivals
        if lines and not known:
            return one
    return None


def rest_of(sourcing: Sourcing, parts: tuple[Part, ...]) -> tuple[Sourcing, ...]:
    """What a reservation left out, because it was held: sourced under a key of its own, which says what was reserved before."""
    covered = {want.line_no for part in parts for want in part.wants}
    left = tuple(want for want in sourcing.wants if want.line_no not in covered)
    return (sourcing.model_copy(update={"wants": left, "rest": sourcing.rest + 1}),) if left else ()


def parcel_names(run: OrderRun, order_number: str, sourced: Sourced) -> tuple[str, ...]:
    """The ids of the parcels for what was sourced, after those that its cause has already."""
    replaces = sourced.cause if sourced.cause in run.parcels else ""
    names = (parcel_id(order_number, nth, replaces) for nth in count(1))
    free = (name for name in names if name not in run.parcels)
    return tuple(islice(free, len(sourced.parts)))


def next_wait(run: OrderRun) -> WaitingFor:
    """What the order waits for when nothing is due. What is held waits for its release, and only when nothing else is left."""
    here = [one for one in run.live_parcels if not one.handed_over and not on_parcel(run, one)]
    if any(free_wants(run, one) for one in run.to_source or ()):
        return WaitingFor.STOCK
    if any(not parcel.labelled for parcel in here):
        return WaitingFor.BENCH
    if here:
        return WaitingFor.HANDOVER
    return WaitingFor.DELIVERY if any(map(_on_its_way, run.live_parcels)) else WaitingFor.RELEASE


def short_until(run: OrderRun) -> datetime | None:
    """When the first wait for stock is due (UTC)."""
    return min(
        (one.tried.due_at for one in run.to_source or () if one.tried and one.tried.due_at), default=None
    )


def _on_its_way(parcel: ParcelRun) -> bool:
    return parcel.handed_over
