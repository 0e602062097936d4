"""Logs of every process: one line an event, JSON or for people to read, the order number on each line that concerns one."""

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from models.shared.ids import WORKFLOW_PREFIX
from starter.settings import Settings

# They say on every request or connection what nobody asks for.
_QUIET = ("httpx", "httpcore", "aiosmtpd", "mail.log", "alembic", "asyncio", "psycopg.pool", "uvicorn.access")


def set_up(settings: Settings, process: str = "", stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's events to stderr (or `stream`), from `log_level` on."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _order_of_workflow,
        structlog.processors.StackInfoRenderer(),
    ]
    rendered: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if settings.log_json
        else [structlog.dev.ConsoleRenderer(colors=out.isatty())]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:3], structlog.stdlib.ExtraAdder(), *shared[3:]],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.contextvars.clear_contextvars()
    if process:
        structlog.contextvars.bind_contextvars(process=process)


def _order_of_workflow(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What Temporal adds to its events is long; the order number says it."""
    told: Any = event.pop("temporal_workflow", None) or event.pop("temporal_activity", None)
    name = str(told.get("workflow_id", "")) if isinstance(told, dict) else ""
    if name.startswith(WORKFLOW_PREFIX):
        event.setdefault("order", name.removeprefix(WORKFLOW_PREFIX))
    return event


class OrderInLogs(Interceptor):
    """Binds order number and step to everything that a step logs."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Put the binding around every step."""
        return _Binder(next)


class _Binder(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        order = (info.workflow_id or "").removeprefix(WORKFLOW_PREFIX)
        with structlog.contextvars.bound_contextvars(order=order, step=info.activity_type):
            return await super().execute_activity(input)
