"""The HTTP door over doubles, and a client that calls it in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from activities.intake.drafts import DraftBook
from activities.intake.taken import TakenOrders
from activities.shared.database import Database
from starter.drafting import Drafting
from starter.http import create_app
from tests.doors.doubles import Doubles, doubles
from tests.stores.mending_desk import House, house_over


@pytest.fixture
def door() -> Doubles:
    return doubles()


@pytest.fixture
async def http(door: Doubles) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(door.parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door.example") as client:
        yield client


@pytest.fixture
def house(database: Database) -> House:
    return house_over(database)


@pytest.fixture
def drafting(house: House) -> Drafting:
    return Drafting(house.reader, DraftBook(house.database, TakenOrders(house.database), 600.0), house.taking)


@pytest.fixture
async def drafts_http(door: Doubles, drafting: Drafting) -> AsyncIterator[httpx.AsyncClient]:
    """The door over doubles, but for its drafts: they are in a real database."""
    app = create_app(replace(door.parts, drafts=drafting))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door.example") as client:
        yield client
