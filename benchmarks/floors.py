"""What the engine costs without us: a workflow that does nothing, and one with eight activities."""

from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def touch(number: int) -> int:
    """Does nothing, once."""
    return number


@workflow.defn
class NoOperation:
    """The floor."""

    @workflow.run
    async def run(self) -> None:
        """Nothing."""


@workflow.defn
class EightActivities:
    """Eight activities in a row."""

    @workflow.run
    async def run(self) -> None:
        """Eight round trips."""
        for number in range(8):
            await workflow.execute_activity(touch, number, start_to_close_timeout=timedelta(seconds=10))


FLOORS = (NoOperation, EightActivities)
