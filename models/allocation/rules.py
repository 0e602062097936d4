"""From where: the nearest warehouse that has everything, else the nearest for each line. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from models.allocation.messages import Allocation, Part, Short, StockCandidate
from models.order.messages import Want
from models.order.policy import AllocationPolicy
from models.shared.geography import zone


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

    Ties in distance fall to the warehouse code, so that the same input always gives the same plan.
    """
    wants = combined(wants)
    stock: dict[str, dict[str, int]] = defaultdict(dict)
    distance: dict[str, float] = {}
    for one in candidates:
        if one.warehouse not in excluded:
            stock[one.warehouse][one.sku] = one.available
            distance[one.warehouse] = one.distance_km
    nearest = sorted(stock, key=lambda code: (distance[code], code))
    need = needs(wants)
    for code in nearest:
        if all(stock[code].get(sku, 0) >= pieces for sku, pieces in need.items()):
            return Allocation(
                parts=(Part(warehouse=code, wants=wants),),
                explained=f"{code}: nearest with everything, {distance[code]:.0f} km",
            )
    return _by_line(wants, need, nearest, stock)


def _by_line(
    wants: tuple[Want, ...], need: dict[str, int], nearest: list[str], stock: dict[str, dict[str, int]]
) -> Allocation:
    missing = tuple(
        Short(sku=sku, missing=pieces - have)
        for sku, pieces in sorted(need.items())
        if (have := sum(levels.get(sku, 0) for levels in stock.values())) < pieces
    )
    if missing:
        return Allocation(short=missing, explained="short over all warehouses")
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
    now: datetime,
    origins: Iterable[str],
    destination: str,
    transit_days: dict[str, int],
    policy: AllocationPolicy,
) -> datetime:
    """The date told to the customer: handling plus the slowest part's transit."""
    slowest = max(transit_days[zone(origin, destination)] for origin in origins)
    return now + timedelta(days=policy.handling_days + slowest)


def promise_when_short(now: datetime, transit_days: dict[str, int], policy: AllocationPolicy) -> datetime:
    """The date told when stock is short: the restock time comes on top, transit at its longest within the country."""
    return now + timedelta(days=policy.restock_days + policy.handling_days + transit_days["domestic"])
