"""Which orders one cart picks in one walk (cluster picking), by savings. Pure.

G. Clarke, J. W. Wright, "Scheduling of Vehicles from a Central Depot to a Number of Delivery Points", Operations Research 12
(1964), with every saving computed anew after a merge. Each tour is the shortest of its batch; which orders go together is a
good choice, not a proved one.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

from models.preparation.picking.block import Block, Pick, Tour, block_faults, pick_faults
from models.preparation.picking.tour import tour_of
from models.shared.errors import Problem, Refused
from models.shared.messages import Message


class Cart(Message):
    """What a hand pushes: a tote for each order, and what all of them hold together. None: no limit."""

    totes: int
    weight_g: int | None = None
    volume_mm3: int | None = None


class PickList(Message):
    """The picks of one order. A pick id is the order's own: two orders may both have a pick 1."""

    order_number: str
    picks: tuple[Pick, ...]


class Batch(Message):
    """Orders that one cart takes; tote n belongs to the n-th. Picks in the tour are named `<order number>/<pick id>`."""

    orders: tuple[str, ...]
    tour: Tour
    weight_g: int
    volume_mm3: int


class Batches(Message):
    """Every order in exactly one batch. `separate_mm`: what the orders would take in a tour each."""

    batches: tuple[Batch, ...]
    length_mm: int
    separate_mm: int


def batch(block: Block, cart: Cart, orders: Sequence[PickList]) -> Batches:
    """Orders onto carts, so that all walks together are short; never longer than a tour for each order.

    Merges the two batches that save most, until no merge fits the cart and saves. Raises `Refused` with every fault.
    """
    if problems := [*block_faults(block), *_cart_faults(cart), *_order_faults(block, cart, orders)]:
        raise Refused(problems)
    ordered = sorted(orders, key=lambda one: one.order_number)
    batches = {nth: _joined(block, [one]) for nth, one in enumerate(ordered)}
    lists = {nth: [one] for nth, one in enumerate(ordered)}
    separate = sum(one.tour.length_mm for one in batches.values())
    merged = {
        pair: made
        for pair in combinations(batches, 2)
        if (made := _merged(block, cart, batches, lists, pair))
    }
    while best := _best(batches, merged):
        one, other = best
        batches[one] = merged[best]
        lists[one] = lists[one] + lists.pop(other)
        del batches[other]
        merged = {pair: made for pair, made in merged.items() if not {one, other} & {*pair}}
        for third in batches:
            pair = (min(one, third), max(one, third))
            if third != one and (made := _merged(block, cart, batches, lists, pair)):
                merged[pair] = made
    found = tuple(batches[nth] for nth in sorted(batches))
    return Batches(batches=found, length_mm=sum(one.tour.length_mm for one in found), separate_mm=separate)


def _best(batches: dict[int, Batch], merged: dict[tuple[int, int], Batch]) -> tuple[int, int] | None:
    """The merge that saves most, the first of equals; None when none saves."""
    savings = {
        (one, other): batches[one].tour.length_mm + batches[other].tour.length_mm - made.tour.length_mm
        for (one, other), made in merged.items()
    }
    best = max(savings, key=lambda pair: (savings[pair], -pair[0], -pair[1]), default=None)
    return best if best is not None and savings[best] > 0 else None


def _merged(
    block: Block,
    cart: Cart,
    batches: dict[int, Batch],
    lists: dict[int, list[PickList]],
    pair: tuple[int, int],
) -> Batch | None:
    """Two batches as one, or None when the cart does not hold them."""
    one, other = (batches[nth] for nth in pair)
    held = one.weight_g + other.weight_g, one.volume_mm3 + other.volume_mm3
    if len(one.orders) + len(other.orders) > cart.totes or not _holds(cart, *held):
        return None
    return _joined(block, lists[pair[0]] + lists[pair[1]])


def _joined(block: Block, lists: Sequence[PickList]) -> Batch:
    picks = [
        pick.model_copy(update={"pick_id": f"{one.order_number}/{pick.pick_id}"})
        for one in lists
        for pick in one.picks
    ]
    weight, volume = _load(picks)
    orders = tuple(one.order_number for one in lists)
    return Batch(orders=orders, tour=tour_of(block, picks), weight_g=weight, volume_mm3=volume)


def _load(picks: Iterable[Pick]) -> tuple[int, int]:
    """Weight (g) and volume (mm³) of picks."""
    loads = [(pick.weight_g, pick.volume_mm3) for pick in picks]
    return sum(weight for weight, _ in loads), sum(volume for _, volume in loads)


def _holds(cart: Cart, weight_g: int, volume_mm3: int) -> bool:
    return (cart.weight_g is None or weight_g <= cart.weight_g) and (
        cart.volume_mm3 is None or volume_mm3 <= cart.volume_mm3
    )


def _cart_faults(cart: Cart) -> list[Problem]:
    said = (("totes", cart.totes), ("weight_g", cart.weight_g), ("volume_mm3", cart.volume_mm3))
    return [
        Problem(pointer=f"/cart/{name}", code="not_positive", detail=f"{value}", fix="give 1 or more")
        for name, value in said
        if value is not None and value < 1
    ]


def _order_faults(block: Block, cart: Cart, orders: Sequence[PickList]) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for nth, one in enumerate(orders):
        at = f"/orders/{nth}"
        if not one.order_number or one.order_number in seen:
            said = f"'{one.order_number}' stands twice" if one.order_number else "is empty"
            fix = "give each order once, under its number"
            pointer = f"{at}/order_number"
            found.append(Problem(pointer=pointer, code="order_number_not_unique", detail=said, fix=fix))
        seen.add(one.order_number)
        found += pick_faults(block, one.picks, f"{at}/picks")
        if not _holds(cart, *_load(one.picks)):
            weight, volume = _load(one.picks)
            detail = f"{weight} g and {volume} mm³ are more than the cart holds"
            fix = "split the order into several pick lists, or take a larger cart"
            found.append(Problem(pointer=f"{at}/picks", code="order_too_large", detail=detail, fix=fix))
    return found
