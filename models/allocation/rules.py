"""From where: the nearest warehouse that has everything, else the nearest for each line. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from models.allocation.messages import Allocation, Part, Short, StockCandidate
from models.order.messages import Want
from models.shared.geography import zone

_AT_ONCE = datetime.min.replace(tzinfo=UTC)


def needs(wants: Iterable[Want]) -> dict[str, int]:
    """Pieces wanted of each SKU, over all lines."""
    summed: dict[str, int] = defaultdict(int)
    for want in wants:
        summed[want.sku] += want.quantity
    return dict(summed)


def combined(wants: Iterable[Want]) -> tuple[Want, ...]:
    """One want a line: what two dissolved or lost parcels held of the same line is one need."""
    lines: dict[int, Want] = {}
    for want in wants:
        before = lines[want.line_no].quantity if want.line_no in lines else 0
        lines[want.line_no] = want.model_copy(update={"quantity": before + want.quantity})
    return tuple(lines.values())


def source(
    wants: tuple[Want, ...], candidates: Iterable[StockCandidate], excluded: tuple[str, ...] = ()
) -> Allocation:
    """Parts that cover every want exactly once, or what is short; never both.

    What orders with an earlier claim wait for is left for them. At the same distance the place that is ready first sends, and then
    the warehouse code decides, so that the same input always gives the same plan.
    """
    wants = combined(wants)
    stock: dict[str, dict[str, int]] = defaultdict(dict)
    distance: dict[str, float] = {}
    ready: dict[str, datetime] = {}
    spoken_for: dict[str, int] = {}
    for one in candidates:
        if one.warehouse not in excluded:
            stock[one.warehouse][one.sku] = one.available
            distance[one.warehouse] = one.distance_km
            ready[one.warehouse] = one.ready_at or _AT_ONCE
            spoken_for[one.sku] = one.spoken_for
    nearest = sorted(stock, key=lambda code: (distance[code], ready[code], code))
    need = needs(wants)
    if missing := _missing(need, stock, spoken_for):
        return Allocation(short=missing, explained="short over all warehouses")
    for code in nearest:
        if all(stock[code].get(sku, 0) >= pieces for sku, pieces in need.items()):
            return Allocation(
                parts=(Part(warehouse=code, wants=wants),),
                explained=f"{code}: nearest with everything, {distance[code]:.0f} km",
            )
    return _by_line(wants, nearest, stock)


def _missing(
    need: dict[str, int], stock: dict[str, dict[str, int]], spoken_for: dict[str, int]
) -> tuple[Short, ...]:
    there = {sku: sum(levels.get(sku, 0) for levels in stock.values()) for sku in need}
    free = {sku: max(0, pieces - spoken_for.get(sku, 0)) for sku, pieces in there.items()}
    return tuple(
        Short(sku=sku, missing=pieces - free[sku])
        for sku, pieces in sorted(need.items())
        if free[sku] < pieces
    )


def _by_line(wants: tuple[Want, ...], nearest: list[str], stock: dict[str, dict[str, int]]) -> Allocation:
    taken: dict[str, list[Want]] = defaultdict(list)
    for want in wants:
        left = want.quantity
        for code in nearest:
            pieces = min(left, stock[code].get(want.sku, 0))
            if pieces:
                stock[code][want.sku] -= pieces
                taken[code].append(want.model_copy(update={"quantity": pieces}))
                left -= pieces
    parts = tuple(Part(warehouse=code, wants=tuple(taken[code])) for code in nearest if taken[code])
    return Allocation(parts=parts, explained=f"split over {len(parts)} warehouses: none has everything")


def promise(
    origins: Iterable[tuple[datetime, str]], destination: str, transit_days: dict[str, int]
) -> datetime:
    """The date told to the customer (UTC): the part that arrives last. `origins`: when each is handed over, and from which country.

    Carriers count calendar days.
    """
    return max(ready + timedelta(days=transit_days[zone(country, destination)]) for ready, country in origins)


def promise_when_short(ready: datetime, transit_days: dict[str, int]) -> datetime:
    """The date told when goods are not there yet: transit at its longest within the country after they are handed over."""
    return ready + timedelta(days=transit_days["domestic"])


def wait_ends(
    since: datetime | None, deadline: datetime | None, ships_from: datetime | None
) -> datetime | None:
    """When a wait for stock is overdue (UTC): for preordered goods its time counts from their date."""
    if since is None or deadline is None or ships_from is None:
        return deadline
    return max(since, ships_from) + (deadline - since)
