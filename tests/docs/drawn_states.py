"""Draws `docs/reference/states.md` from the tables; run it to write the page anew: `python -m tests.docs.drawn_states`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.delivery.states import TRACKING_AXIS
from models.intake.states import TASK_AXIS
from models.order.states import FULFILMENT_AXIS, ORDER_AXIS, PAYMENT_AXIS, RISK_AXIS, HoldReason, Outcome
from models.settlement.disputes.states import DISPUTE_AXIS
from models.shared.states import Axis

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "states.md"

HEAD = """# States

An order's state lies on separate axes, never on one mega-status. Each axis is a table of legal moves
(`models/order/states.py`, `models/delivery/states.py`, `models/intake/states.py`, `models/settlement/disputes/states.py`); this page is
drawn from the tables, and a test compares.
An order moves along an axis only as drawn, or stays where it is.
"""
AXES: tuple[tuple[Axis[Any], str], ...] = (
    (ORDER_AXIS, "Where the order as a whole stands."),
    (PAYMENT_AXIS, "Where the money stands; `pending`: the customer still has to pay."),
    (
        FULFILMENT_AXIS,
        "Where the goods stand. From `dispatched` back to `reserved` or `short`: a lost parcel is sent again.",
    ),
    (RISK_AXIS, "What the risk rules, and then a reviewer, say."),
    (
        DISPUTE_AXIS,
        "Where a dispute (chargeback) stands, apart from its order, which may be closed. `missed`: the bank's last day passed"
        " before evidence reached it; the bank decides all the same, as it may at any moment.",
    ),
    (TRACKING_AXIS, "Where one parcel stands by its carrier's word; `unknown` is counted, never dropped."),
    (TASK_AXIS, "Not of an order but of a body with faults: `mended` when it became an order."),
)


def drawn(axis: Axis[Any], about: str) -> str:
    """One axis as a section with a Mermaid state diagram."""
    moves = [f"    [*] --> {axis.first.value}"]
    states = type(axis.first)  # in the order of the enum, so that the page does not change by itself
    for now in states:
        to = axis.moves[now]
        moves += [f"    {now.value} --> {state.value}" for state in states if state in to]
        if not to:
            moves.append(f"    {now.value} --> [*]")
    return "\n".join(
        [f"## {axis.name.capitalize()}", "", about, "", "```mermaid", "stateDiagram-v2", *moves, "```", ""]
    )


def page() -> str:
    """The whole page."""
    holds = ", ".join(f"`{reason.value}`" for reason in HoldReason)
    outcomes = ", ".join(f"`{outcome.value}`" for outcome in Outcome)
    tail = (
        "## Holds and outcomes\n\n"
        "An order may have several holds at once, on the whole of it or on some lines, also several for one reason; what is held "
        f"stays stopped while any hold on it is open. The reasons: {holds}.\n\n"
        f"How an order ends: {outcomes}.\n"
    )
    return "\n".join([HEAD, *(drawn(axis, about) for axis, about in AXES), tail])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
