"""Steps of allocation."""

from temporalio import activity

from activities.allocation.ports import StockStore
from activities.shared.marks import local_step
from models.allocation.messages import (
    Allocation,
    CommitStock,
    Moved,
    Received,
    ReleaseStock,
    Reserve,
    Restock,
    StockReceipt,
)
from models.allocation.preorders import PreorderChanged, SetPreorder


class AllocationSteps:
    """Reserves stock and lets it go."""

    def __init__(self, store: StockStore) -> None:
        self._store = store

    @activity.defn
    @local_step
    async def reserve_stock(self, request: Reserve) -> Allocation:
        """Reserve everything at the nearest place, or nothing and say what is short or claimed. Undo: `release_stock`."""
        return await self._store.reserve(request)

    @activity.defn
    @local_step
    async def release_stock(self, request: ReleaseStock) -> Moved:
        """Give back what is still reserved."""
        return await self._store.release(request)

    @activity.defn
    @local_step
    async def commit_stock(self, request: CommitStock) -> Moved:
        """The parcel's goods left: on hand and reserved both fall."""
        return await self._store.commit(request)

    @activity.defn
    @local_step
    async def restock(self, request: Restock) -> Moved:
        """Goods came back, or were found missing."""
        return await self._store.restock(request)

    @activity.defn
    @local_step
    async def receive_stock(self, request: StockReceipt) -> Received:
        """Goods from a supplier; tells which orders wait for them."""
        return await self._store.receive(request)

    @activity.defn
    @local_step
    async def set_preorder(self, request: SetPreorder) -> PreorderChanged:
        """Open or change a preorder; tells which orders hear of another date."""
        return await self._store.set_preorder(request)
