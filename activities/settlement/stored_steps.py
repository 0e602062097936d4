"""Steps of stored value: ours to keep, so they touch the database only."""

from temporalio import activity

from activities.settlement.ports import StoredValueStore
from activities.shared.marks import local_step
from models.settlement.stored_value import HoldStoredValue, ReleaseStoredValue, StoredHeld, StoredReleased


class StoredValueSteps:
    """Holds gift cards and store credit, and frees them."""

    def __init__(self, store: StoredValueStore) -> None:
        self._store = store

    @activity.defn
    @local_step
    async def hold_stored_value(self, request: HoldStoredValue) -> StoredHeld:
        """Hold all tenders or none."""
        return await self._store.hold(request)

    @activity.defn
    @local_step
    async def release_stored_value(self, request: ReleaseStoredValue) -> StoredReleased:
        """Free what the order still holds."""
        return await self._store.release(request)
