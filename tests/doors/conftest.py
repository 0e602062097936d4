"""The HTTP door over doubles, and a client that calls it in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from starter.http import create_app
from tests.doors.doubles import Doubles, doubles


@pytest.fixture
def door() -> Doubles:
    return doubles()


@pytest.fixture
async def http(door: Doubles) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(door.parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door.example") as client:
        yield client
