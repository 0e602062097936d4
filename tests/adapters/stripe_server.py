"""A loopback HTTP server over the fake Stripe, which can lose answers, hang, or answer what a test tells it to."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.adapters.stripe_api import StripeApi

# What may happen to one call, by operation: `lost` (done, answer lost), `hangs` (done, no answer), `cut` (not done, connection lost).
LOST, HANGS, CUT = "lost", "hangs", "cut"


@dataclass
class StripeServer:
    """`plan`: what happens to the next POST of an operation. `canned`: an answer instead of the next one, status and body."""

    api: StripeApi = field(default_factory=StripeApi)
    base: str = ""
    plan: dict[str, str] = field(default_factory=dict)
    canned: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                method, target, _ = line.decode().split()
                headers = {}
                while (header := await reader.readline()) not in (b"\r\n", b""):
                    name, _, value = header.decode().partition(":")
                    headers[name.strip().lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length") or 0))
                answer = await self._answer(method, target, headers, body.decode())
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()

    async def _answer(self, method: str, target: str, headers: dict[str, str], body: str) -> bytes | None:
        parts = urlsplit(target)
        form = dict(parse_qsl(body or parts.query, keep_blank_values=True))
        self.seen.append((method, parts.path))
        fault = self.plan.pop(self._operation(parts.path), "") if method == "POST" else ""
        if fault == CUT:
            return None
        if self.canned:
            status, said = self.canned.pop(0)
        else:
            status, said = await self.api.handle(method, parts.path, form, headers)
        if fault == HANGS:
            await asyncio.sleep(1)
        if fault:
            return None
        told = json.dumps(said).encode()
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(told)}\r\nrequest-id: req_1\r\n\r\n"
        return head.encode() + told

    @staticmethod
    def _operation(path: str) -> str:
        if "/disputes/" in path:
            return "dispute_accept" if path.endswith("/close") else "dispute_submit"
        ends = {"payment_intents": "authorise", "capture": "capture", "cancel": "void", "refunds": "refund"}
        return ends.get(path.rstrip("/").rpartition("/")[2], "")


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[StripeServer]:
    """A server on a free port."""
    server = StripeServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.base = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
