"""The server in front of the HTTP door."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator

import structlog
import uvicorn
from fastapi import FastAPI

log = structlog.get_logger()


class DoorServer(uvicorn.Server):
    """uvicorn that leaves signals to its process and says when it is open."""

    def __init__(self, app: FastAPI, host: str, port: int, opened: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app, host=host, port=port, log_config=None, access_log=False, lifespan="off",
                server_header=False, timeout_graceful_shutdown=5,
            )
        )  # fmt: skip
        self._opened = opened

    async def serve_until(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; requests under way are finished."""
        serving = asyncio.create_task(self.serve())
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self.should_exit = True
        await serving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, and tell."""
        await super().startup(sockets)
        log.info("door open", address=self.servers[0].sockets[0].getsockname())
        self._opened()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """No handlers of uvicorn's own: they would raise the signal a second time at the end."""
        yield
