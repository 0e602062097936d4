"""The cheapest boxes for up to eight pieces, and how the pieces lie in them. Pure.

Every way to share the pieces among boxes is looked at, first at the lowest cost that each share might have. Only shares of the
cheapest way are packed; a box that a share does not fit is excluded for it, and the cheapest way is sought anew. The first way of which
every share fits is therefore the cheapest there is.
"""

from collections.abc import Callable, Sequence

from models.preparation.packing.effort import Effort
from models.preparation.packing.first_fit import first_fit
from models.preparation.packing.fit import Lies
from models.preparation.packing.goods import Catalogue, Item, refuse_faults
from models.preparation.packing.shares import Share, Shares
from models.preparation.packing.sharing import Sharing
from models.preparation.packing.turning import Size
from models.shared.messages import Message

MOST_ITEMS = 8
STEPS = 20_000
# One question gets a quarter of all steps; of more than eight pieces, what finds an easy arrangement.
_QUESTIONS, _STEPS_BY_THUMB = 4, 50


class Placement(Message):
    """Where a piece lies: its left front bottom corner from that of the box, and its size along length, width, height, in mm.

    `step` counts from 1: put in from above in this order, nothing is in the way of what follows.
    """

    item_id: str
    step: int
    at_mm: Size
    size_mm: Size


class PackedBox(Message):
    """One box with its pieces. `weight_g` with the box, `cost_minor` with its freight."""

    code: str
    inner_mm: Size
    weight_g: int
    cost_minor: int
    placements: tuple[Placement, ...]


class CartonPlan(Message):
    """Boxes that hold every piece once.

    `proved`: no other choice of boxes costs less. Else the search was ended before: `lowest_minor` is what any choice costs at
    least, and `cost_minor` what this one costs. `steps`: how many were taken.
    """

    boxes: tuple[PackedBox, ...]
    cost_minor: int
    lowest_minor: int
    currency: str
    proved: bool
    steps: int
    explained: str


def cheapest_cartons(
    items: Sequence[Item],
    catalogue: Catalogue,
    steps: int = STEPS,
    stop: Callable[[], bool] | None = None,
) -> CartonPlan:
    """The cheapest boxes for these pieces; of equal costs the fewest boxes.

    `steps` and `stop` (a clock, say) end the search early; the answer then is the best that was found, and says that it is not
    proved. So does the answer for more than eight pieces. Raises `Refused` with every fault.
    """
    refuse_faults(items, catalogue)
    effort = Effort(steps, stop)
    if len(items) > MOST_ITEMS:
        shares = Shares(items, catalogue, effort, _STEPS_BY_THUMB)
        chosen = first_fit(shares)
        lowest = max(shares.candidates(shares.named(1 << nth))[0][0] for nth in range(len(items)))
        said = f"{len(items)} pieces, {MOST_ITEMS} at most are proved: first fit, the largest first"
        return _plan(items, catalogue, shares, chosen, lowest, said)
    shares = Shares(items, catalogue, effort, -(-steps // _QUESTIONS))
    sharing = Sharing(shares)
    chosen = sharing.cheapest()
    lowest = sharing.lowest_minor()
    return _plan(items, catalogue, shares, chosen, lowest, _explained(chosen, lowest, shares))


def _plan(
    items: Sequence[Item],
    catalogue: Catalogue,
    shares: Shares,
    chosen: Sequence[Share],
    lowest_minor: int,
    explained: str,
) -> CartonPlan:
    cost = sum(one.cost_minor for one in chosen)
    return CartonPlan(
        boxes=tuple(_packed(items, one) for one in chosen),
        cost_minor=cost,
        lowest_minor=min(lowest_minor, cost),
        currency=catalogue.currency,
        proved=lowest_minor >= cost,
        steps=shares.effort.taken,
        explained=explained,
    )


def _packed(items: Sequence[Item], share: Share) -> PackedBox:
    held = [items[nth] for nth in share.members]
    return PackedBox(
        code=share.box.code,
        inner_mm=share.box.inner_mm,
        weight_g=share.box.tare_g + sum(one.weight_g for one in held),
        cost_minor=share.cost_minor,
        placements=_steps([one.item_id for one in held], share.lies),
    )


def _steps(names: Sequence[str], lies: Sequence[Lies]) -> tuple[Placement, ...]:
    """From the bottom up: whatever lies over another piece begins higher than it, so it is put in later."""
    order = sorted(range(len(lies)), key=lambda nth: (lies[nth].at[::-1], names[nth]))
    return tuple(
        Placement(item_id=names[nth], step=step, at_mm=lies[nth].at, size_mm=lies[nth].size)
        for step, nth in enumerate(order, 1)
    )


def _explained(chosen: Sequence[Share], lowest_minor: int, shares: Shares) -> str:
    cost = sum(one.cost_minor for one in chosen)
    codes = ", ".join(one.box.code for one in chosen)
    if lowest_minor >= cost:
        return f"{codes}: no choice of boxes costs less; {shares.excluded} cheaper tries do not fit"
    return f"{codes}: not proved, the search was ended; any choice costs {lowest_minor} or more"
