"""Where many orders stand, read at once: for whoever follows a crowd of them instead of asking for each."""

from collections.abc import Sequence

from activities.shared.database import Database
from models.delivery.states import HANDED_OVER, Tracking
from models.order.states import OrderState, PaymentState
from models.shared.messages import Message

_STANDINGS = """
SELECT order_number, order_state, payment_state, waiting_for, hold_reasons, coalesce(outcome, '') AS outcome,
    coalesce(p.parcels, '[]') AS parcels
FROM sales_order LEFT JOIN (
    SELECT p.order_number, jsonb_agg(jsonb_build_object('parcel_id', p.parcel_id, 'steps', p.steps,
            'carrier', coalesce(s.carrier, ''), 'tracking_number', coalesce(s.tracking_number, ''),
            'tracking', coalesce(s.tracking, 'pending')) ORDER BY p.parcel_id) AS parcels
    FROM parcel p LEFT JOIN shipment s ON s.parcel_id = p.parcel_id AND s.state = 'live'
    WHERE p.state <> 'cancelled' AND p.order_number = ANY(%(numbers)s)
    GROUP BY p.order_number) p USING (order_number)
WHERE order_number = ANY(%(numbers)s)"""


class ParcelStanding(Message):
    """A parcel that was not dissolved. `tracking_number` empty: it has no live label."""

    parcel_id: str
    steps: tuple[str, ...] = ()
    carrier: str = ""
    tracking_number: str = ""
    tracking: Tracking = Tracking.PENDING

    @property
    def handed_over(self) -> bool:
        """The carrier has it, or had it."""
        return self.tracking in HANDED_OVER


class Standing(Message):
    """An order; `waiting_for` empty means that it is working, `outcome` empty that it has not ended."""

    order_number: str
    order_state: OrderState
    payment_state: PaymentState
    waiting_for: str = ""
    hold_reasons: tuple[str, ...] = ()
    outcome: str = ""
    parcels: tuple[ParcelStanding, ...] = ()


class StandingReads:
    """Standings by order number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standings(self, numbers: Sequence[str]) -> dict[str, Standing]:
        """Those that exist, all at one moment. Raises `Unavailable`."""
        async with self._database.reading() as cursor:
            await cursor.execute(_STANDINGS, {"numbers": list(numbers)})
            return {row["order_number"]: Standing.model_validate(row) for row in await cursor.fetchall()}
