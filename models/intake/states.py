"""The life of an intake task."""

from enum import StrEnum

from models.shared.states import Axis


class TaskState(StrEnum):
    """`open` until it became an order (`mended`) or never will (`dropped`)."""

    OPEN = "open"
    MENDED = "mended"
    DROPPED = "dropped"


TASK_AXIS = Axis(
    "task",
    TaskState.OPEN,
    {
        TaskState.OPEN: frozenset({TaskState.MENDED, TaskState.DROPPED}),
        TaskState.MENDED: frozenset(),
        TaskState.DROPPED: frozenset(),
    },
)
