"""What the order's own steps need."""

from typing import Protocol

from models.order.records import RecordFacts, Written


class OrderStore(Protocol):
    """Writes the order's own tables."""

    async def record_facts(self, request: RecordFacts) -> Written:
        """Write progress, axes, facts and notices in one transaction, once for each key."""
        ...
