"""Drafts: order bodies that are still written. What is filled in for them, and what they come to so far. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.intake.body import MAX_AMOUNT_MINOR, MAX_QUANTITY
from models.intake.checks import text_of
from models.order.messages import Acceptance
from models.shared.errors import Problem
from models.shared.messages import Message

# Filled in when they are left out; so as long as something else is wrong they are not what is missing.
_FILLED = ("/total_minor", "/payment/amount_minor")


class DraftState(StrEnum):
    """`open` until it is `confirmed`, an order, or `expired`."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"


class Totals(Message):
    """What the lines come to in minor units, as far as their amounts can be read.

    `lines_known` of `lines`; `total_minor` is None until all of them are.
    """

    currency: str = ""
    lines: int = 0
    lines_known: int = 0
    goods_minor: int = 0
    freight_minor: int = 0
    total_minor: int | None = None


class Draft(Message):
    """A draft as it is kept. `answer` once it is confirmed; times are UTC."""

    id: str
    fingerprint: str
    body: dict[str, Any]
    version: int
    order_number: str = ""
    answer: Acceptance | None = None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    expired: bool = False

    @property
    def state(self) -> DraftState:
        """Where it stands."""
        if self.answer is not None:
            return DraftState.CONFIRMED
        return DraftState.EXPIRED if self.expired else DraftState.OPEN


class DraftView(Message):
    """A draft as it is shown: with everything that is still missing or wrong, and the totals as far as known."""

    id: str
    state: DraftState
    version: int
    body: dict[str, Any]
    problems: tuple[Problem, ...]
    totals: Totals
    order_number: str = ""
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


def totals_of(body: Mapping[str, Any]) -> Totals:
    """What a body's lines come to."""
    listed = body.get("lines")
    lines = listed if isinstance(listed, list) else []
    known = [found for line in lines if (found := _amounts(line)) is not None]
    goods, freight = sum(one for one, _ in known), sum(one for _, one in known)
    whole = bool(lines) and len(known) == len(lines)
    return Totals(
        currency=text_of(body, "currency"),
        lines=len(lines),
        lines_known=len(known),
        goods_minor=goods,
        freight_minor=freight,
        total_minor=goods + freight if whole else None,
    )


def completed(body: Mapping[str, Any], draft_id: str, now: datetime) -> dict[str, Any]:
    """The body as it would be ordered at `now` (UTC): what it leaves out of source id, time, total and amount is filled in."""
    whole = dict(body)
    whole.setdefault("source_id", draft_id)
    whole.setdefault("placed_at", now.isoformat())
    total = totals_of(body).total_minor
    if total is not None:
        whole.setdefault("total_minor", total)
        payment = whole.get("payment")
        if isinstance(payment, dict):
            whole["payment"] = {"amount_minor": _rest(whole), **payment}
    return whole


def left(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The faults that somebody has to mend: not those that go when the others do."""
    return tuple(one for one in problems if not (one.pointer in _FILLED and one.code == "missing"))


def _rest(body: Mapping[str, Any]) -> Any:
    """What of the total is not paid with stored value; the total itself where that cannot be told."""
    total, listed = body["total_minor"], body.get("tenders")
    amounts = (
        [one.get("amount_minor") if isinstance(one, dict) else None for one in listed]
        if isinstance(listed, list)
        else []
    )
    stored = [found for one in amounts if (found := _within(one, 1, MAX_AMOUNT_MINOR)) is not None]
    fits = _within(total, sum(stored), MAX_AMOUNT_MINOR) is not None and len(stored) == len(amounts)
    return total - sum(stored) if fits else total


def _amounts(line: Any) -> tuple[int, int] | None:
    """Goods and freight of a line, None when they cannot be read."""
    told = line if isinstance(line, dict) else {}
    quantity = _within(told.get("quantity"), 1, MAX_QUANTITY)
    price = _within(told.get("unit_price_minor"), 0, MAX_AMOUNT_MINOR)
    freight = _within(told.get("freight_minor", 0), 0, MAX_AMOUNT_MINOR)
    return None if quantity is None or price is None or freight is None else (quantity * price, freight)


def _within(value: Any, least: int, most: int) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and least <= value <= most else None
