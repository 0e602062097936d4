"""What allocation needs of the world: the stock."""

from typing import Protocol

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


class StockStore(Protocol):
    """The stock of every warehouse. Every method runs once for each key and gives the same answer again."""

    async def reserve(self, request: Reserve) -> Allocation:
        """Reserve everything or nothing."""
        ...

    async def release(self, request: ReleaseStock) -> Moved:
        """Give back what is still reserved."""
        ...

    async def commit(self, request: CommitStock) -> Moved:
        """The goods left: on hand and reserved both fall."""
        ...

    async def restock(self, request: Restock) -> Moved:
        """Goods came back, or were found missing."""
        ...

    async def receive(self, request: StockReceipt) -> Received:
        """Goods from a supplier; tells which orders wait for them."""
        ...

    async def set_preorder(self, request: SetPreorder) -> PreorderChanged:
        """Open or change a preorder; tells which orders hear of another date."""
        ...
