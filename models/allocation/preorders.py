"""Preorders: a SKU that is sold before it is there, up to a cap, with a date from which it ships. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.order.messages import Decision
from models.shared.errors import Problem
from models.shared.messages import Message

MOST_PIECES = 1_000_000


class SetPreorder(Decision):
    """Open a preorder or change it; None leaves a thing as it is. `request_id` makes a repeat harmless."""

    sku: str
    ships_from: datetime | None = None
    cap: int | None = None
    open: bool | None = None
    note: str | None = None


class Preorder(Message):
    """A preorder as it stands. `sold` pieces of the `cap` are claimed or were served, `waiting` of them still wait for goods.

    `revision` counts the changes of `ships_from` (UTC).
    """

    sku: str
    ships_from: datetime
    cap: int
    sold: int = 0
    waiting: int = 0
    open: bool = True
    note: str = ""
    revision: int = 1

    @property
    def left(self) -> int:
        """Pieces that can still be claimed, open or not."""
        return self.cap - self.sold


class PreorderChanged(Message):
    """What a change led to. `problems`: it was refused, nothing changed. `waiting_orders` hear of another date, in their order."""

    preorder: Preorder | None = None
    problems: tuple[Problem, ...] = ()
    waiting_orders: tuple[str, ...] = ()


class PreorderMoved(Message):
    """Tells a waiting order that its preorder ships from another date (UTC): the promise is made anew."""

    request_id: str
    sku: str
    ships_from: datetime


def changed(before: Preorder | None, change: SetPreorder) -> Preorder:
    """The preorder after a change without faults."""
    told = change.model_dump(include={"ships_from", "cap", "open", "note"}, exclude_none=True)
    if before is None:
        return Preorder(sku=change.sku, **told)
    after = before.model_copy(update=told)
    return after.model_copy(update={"revision": before.revision + (after.ships_from != before.ships_from)})


def change_faults(before: Preorder | None, change: SetPreorder) -> Iterator[Problem]:
    """Every fault of a change of what stands there."""
    if change.cap is not None and not 1 <= change.cap <= MOST_PIECES:
        yield Problem(
            pointer="/cap", code="out_of_range", detail=f"must be 1 to {MOST_PIECES}", fix="send a value in range"
        )  # fmt: skip
    elif change.cap is not None and before and change.cap < before.sold:
        yield Problem(
            pointer="/cap", code="cap_below_sold", detail=f"{before.sold} pieces are sold already",
            fix=f"send at least {before.sold}, or close the preorder",
        )  # fmt: skip
    if change.ships_from is not None and change.ships_from.tzinfo is None:
        yield Problem(
            pointer="/ships_from", code="time_zone_missing", detail="has no time zone", fix="add Z or an offset"
        )  # fmt: skip
    if before is None:
        for name in ("ships_from", "cap"):
            if getattr(change, name) is None:
                yield Problem(
                    pointer=f"/{name}", code="missing", detail="is missing: there is no preorder of this SKU yet",
                    fix="send it",
                )  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How an order that is short of a SKU stands to its preorder. `claim`: the state of its own claim, empty when there is none.

    `told`: the revision that its customer heard of; `waits`: the order waits for stock already, by any claim or backorder.
    """

    preorder: Preorder
    claim: str = ""
    told: int = 0
    waits: bool = False


@dataclass(frozen=True)
class Claims:
    """What an order that is short does about preorders: SKUs by what becomes of them."""

    kept: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    sold_out: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """The SKUs that it waits for by a claim."""
        return (*self.kept, *self.fresh)


def decide_claims(needs: Mapping[str, int], standings: Iterable[Standing], first: bool) -> Claims:
    """Which SKUs an order claims: all of its pieces of them, or none at all when one is sold out.

    `needs` are the pieces of its short SKUs, `first` whether this is the order's first sourcing. An order that waits already,
    and a parcel that is replaced, do not compete for the cap: they wait for stock as every other order does.
    """
    kept: list[str] = []
    fresh: list[str] = []
    sold_out: list[str] = []
    moved: list[str] = []
    for one in standings:
        sku, sale = one.preorder.sku, one.preorder
        if one.claim == "open":
            kept.append(sku)
            if one.told < sale.revision:
                moved.append(sku)
        elif first and sale.open and not one.claim and not one.waits:
            (fresh if needs[sku] <= sale.left else sold_out).append(sku)
    return Claims(tuple(kept), () if sold_out else tuple(fresh), tuple(sold_out), tuple(moved))
