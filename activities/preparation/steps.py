"""Steps of preparation."""

from temporalio import activity

from activities.preparation.ports import ParcelStore
from activities.shared.marks import local_step
from models.preparation.messages import BenchRecorded, OpenParcels, RecordBench


class PreparationSteps:
    """Gives the bench its work and writes down what it did."""

    def __init__(self, store: ParcelStore) -> None:
        self._store = store

    @activity.defn
    @local_step
    async def open_parcels(self, request: OpenParcels) -> BenchRecorded:
        """Write parcels down, ready for the bench."""
        return await self._store.open_parcels(request)

    @activity.defn
    @local_step
    async def record_bench(self, request: RecordBench) -> BenchRecorded:
        """Write down what the bench did with a parcel."""
        return await self._store.record_bench(request)
