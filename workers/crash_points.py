"""Named crash points: the process dies before or after a step, once each. For fault tests only; off unless told.

`ORDERLOOM_CRASH_PLAN=<folder>:<step>:before,<step>:after,…`: a file in the folder marks each crash that happened, so that the
next process gets past it.
"""

import os
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

EXIT_CODE = 137


class CrashPoints(Interceptor):
    """Kills this process at the planned points."""

    def __init__(self, plan: str) -> None:
        folder, _, points = plan.partition(":")
        self._folder = Path(folder)
        self._points = frozenset(points.split(",")) if points else frozenset()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Put the crash points around every step."""
        return _Crasher(next, self)

    def reach(self, point: str) -> None:
        """Die here if it is planned and did not happen yet."""
        if point not in self._points:
            return
        try:
            # O_EXCL: of several processes one dies.
            os.close(os.open(self._folder / point.replace(":", "-"), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return
        os._exit(EXIT_CODE)


class _Crasher(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, points: CrashPoints) -> None:
        super().__init__(next)
        self._crash_points = points

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        name = activity.info().activity_type
        self._crash_points.reach(f"{name}:before")
        answer = await super().execute_activity(input)
        self._crash_points.reach(f"{name}:after")
        return answer
