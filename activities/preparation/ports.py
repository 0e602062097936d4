"""What preparation needs of the world: the parcels' book."""

from typing import Protocol

from models.preparation.messages import BenchRecorded, OpenParcels, RecordBench


class ParcelStore(Protocol):
    """Writes parcels and the bench's work. Every method runs once for each key."""

    async def open_parcels(self, request: OpenParcels) -> BenchRecorded:
        """Write parcels down, ready for the bench."""
        ...

    async def record_bench(self, request: RecordBench) -> BenchRecorded:
        """Write the bench's work down."""
        ...
