"""What stands for a storefront's order: one lock a channel and source id, and the task that ends when an order is there."""

from activities.shared.database import Cursor

# Class 2 of the advisory locks: who answers for a storefront's order, the door, a person who mends it, or the order's workflow.
LOCK_SOURCE = "SELECT pg_advisory_xact_lock(2, hashtext(%s || E'\\n' || %s))"

_ENDS = """
UPDATE intake_task SET state = 'mended', order_number = %s, problems = '[]', version = version + 1, updated_at = now(),
    history = history || jsonb_build_object('at', now(), 'by', channel, 'what', 'mended', 'why', 'handed in anew without faults')
WHERE channel = %s AND source_id = %s AND state = 'open'"""


async def end_task(cursor: Cursor, channel: str, source_id: str, order_number: str) -> None:
    """The order of an open task came in by itself: in the transaction that writes the order, under its source's lock."""
    await cursor.execute(_ENDS, (order_number, channel, source_id))
