"""Orders of three lines with holds, for tests of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.allocation.messages import Sourcing
from models.order.hold_rules import place
from models.order.holds import OpenHold
from models.order.messages import Hold, Want
from models.order.run_state import OrderRun, ParcelRun
from models.preparation.messages import ParcelPlan

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
W1, W2, W3 = (Want(line_no=nth, sku=f"S{nth}", quantity=nth) for nth in (1, 2, 3))


def parcel(name: str, *wants: Want, **changes: object) -> ParcelRun:
    plan = ParcelPlan(parcel_id=name, warehouse="BER", wants=wants, weight_g=1, value_minor=1)
    return ParcelRun.model_validate({"plan": plan} | changes)


def an_order(*parcels: ParcelRun, to_source: tuple[Want, ...] | None = (), **changes: object) -> OrderRun:
    """Three lines; what is not in a parcel is to be sourced when it is told."""
    sourcing = [Sourcing(cause="order", wants=to_source)] if to_source else []
    run = OrderRun(line_nos=(1, 2, 3), to_source=None if to_source is None else sourcing)
    run.parcels = {one.plan.parcel_id: one for one in parcels}
    return run.model_copy(update=changes)


def held(run: OrderRun, *lines: int, by: str = "ana", **more: object) -> OpenHold:
    place(run, Hold.model_validate({"by": by, "lines": lines} | more), NOW)
    return run.holds[-1]
