"""What each child process does: the worker, the relays, the HTTP door, the simulators. Each serves until SIGTERM or SIGINT.

`ready` is a file that gets this process's id once it serves.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import structlog

from starter.settings import Settings

log = structlog.get_logger()

_GIVES_WAY = 10

Serving = Callable[[asyncio.Event, Callable[[], None]], Coroutine[Any, Any, None]]


def serve_worker(settings: Settings, relays: bool, ready: Path | None) -> None:
    """Workflows and steps, with the relays when asked for."""

    async def serving(stop: asyncio.Event, tell: Callable[[], None]) -> None:
        from workers import wiring
        from workers.worker import run_relays, running_worker

        async with running_worker(settings, wiring.courier_plan(settings)), asyncio.TaskGroup() as group:
            tell()
            if relays:
                group.create_task(run_relays(settings, stop))
            await stop.wait()

    _serve(serving, ready)


def serve_relays(settings: Settings, ready: Path | None) -> None:
    """Inbox and outbox. They give way: nobody waits for them as a customer waits for the door."""
    _give_way()

    async def serving(stop: asyncio.Event, tell: Callable[[], None]) -> None:
        from workers.worker import run_relays

        tell()
        await run_relays(settings, stop)

    _serve(serving, ready)


def serve_door(settings: Settings, ready: Path | None) -> None:
    """The HTTP door. It opens before the database and Temporal do, and answers 503 meanwhile."""

    async def serving(stop: asyncio.Event, tell: Callable[[], None]) -> None:
        from workers import door_wiring
        from workers.up.door import DoorServer

        async with door_wiring.door(settings) as app, asyncio.TaskGroup() as group:
            server = DoorServer(app, settings.door_host, settings.door_port, tell)
            group.create_task(server.serve_until(stop))

    _serve(serving, ready)


def serve_simulators(settings: Settings, ready: Path | None) -> None:
    """The outside world: webhooks, the mail sink, and the persons of `settings.persons`. Outside, they would not take our CPU."""
    _give_way()

    async def serving(stop: asyncio.Event, tell: Callable[[], None]) -> None:
        from workers.simulation.world import run_world

        await run_world(settings, stop, tell)

    _serve(serving, ready)


def _give_way() -> None:
    """Take the processor only when the door, the workers and the servers leave it."""
    if hasattr(os, "nice"):
        os.nice(_GIVES_WAY)


def _serve(serving: Serving, ready: Path | None) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await serving(stop, lambda: _tell_ready(ready))

    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        runner.run(main())


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one."""
    if sys.platform == "win32":
        return None
    with contextlib.suppress(ImportError):
        import uvloop

        return uvloop.new_event_loop
    return None


def _tell_ready(ready: Path | None) -> None:
    log.info("serves")
    if ready is not None:
        draft = ready.with_suffix(".new")
        draft.write_text(f"{os.getpid()}\n", "ascii")
        draft.replace(ready)
