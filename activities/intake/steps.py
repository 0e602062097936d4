"""Steps of intake."""

from temporalio import activity

from activities.intake.ports import IntakeStore
from activities.shared.marks import local_step
from models.intake.messages import Recorded, RecordOrder


class IntakeSteps:
    """Takes an order into the books."""

    def __init__(self, store: IntakeStore) -> None:
        self._store = store

    @activity.defn
    @local_step
    async def record_order(self, request: RecordOrder) -> Recorded:
        """Write the order, its first fact and the notice that it was received; tell what is known of the customer."""
        return await self._store.record_order(request)
