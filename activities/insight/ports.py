"""What the auditor needs of the world beside the database."""

from typing import Protocol

from models.order.run_state import Snapshot


class SnapshotReader(Protocol):
    """Asks workflows where their orders stand. Raises `Unavailable` when the engine or its workers do not answer."""

    async def snapshot(self, order_number: str) -> Snapshot | None:
        """What the running workflow of an order says; None when none runs."""
        ...
