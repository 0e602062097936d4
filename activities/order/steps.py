"""Steps of the order as a whole."""

from temporalio import activity

from activities.order.ports import OrderStore
from activities.shared.marks import local_step
from models.order.records import RecordFacts, Written


class OrderSteps:
    """Writes down what happened between the stages."""

    def __init__(self, store: OrderStore) -> None:
        self._store = store

    @activity.defn
    @local_step
    async def record_facts(self, request: RecordFacts) -> Written:
        """Write progress, axes, facts and notices in one transaction."""
        return await self._store.record_facts(request)
