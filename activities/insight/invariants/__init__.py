"""What always holds. `docs/reference/invariants.md` lists it, a test compares."""

from activities.insight.invariants.credit import CREDIT
from activities.insight.invariants.disputes import DISPUTES
from activities.insight.invariants.money import MONEY
from activities.insight.invariants.orders import ORDERS
from activities.insight.invariants.parcels import PARCELS
from activities.insight.invariants.preorders import PREORDERS
from activities.insight.invariants.registry import Invariant
from activities.insight.invariants.stock import STOCK
from activities.insight.invariants.telling import TELLING

INVARIANTS: tuple[Invariant, ...] = (
    *ORDERS,
    *STOCK,
    *PREORDERS,
    *MONEY,
    *CREDIT,
    *DISPUTES,
    *PARCELS,
    *TELLING,
)

__all__ = ["INVARIANTS", "Invariant"]
