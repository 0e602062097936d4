"""A house with stock, and a storefront that hands orders in: what the benches in front of the door share."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from activities.insight.audit import audit
from activities.shared.database import Database, Row
from benchmarks.rig import seed
from starter.connect import connect
from starter.settings import Settings
from starter.snapshots import WorkflowSnapshots
from workers.up.house import LocalHouse
from workers.up.options import HouseOptions

_AT_ONCE = 16
_PATIENCE_S = 600.0


@contextmanager
def open_house(**changes: Any) -> Iterator[LocalHouse]:
    """A house of its own with stock without end, stopped afterwards; `changes` to its `HouseOptions`."""
    with tempfile.TemporaryDirectory(prefix="orderloom-bench-") as folder:
        Path(folder).chmod(0o755)
        options = HouseOptions(Path(folder) / "house", ui=False, courier=False)
        with LocalHouse(replace(options, **changes), Settings()) as house:
            asyncio.run(seed(house.settings.database_url))
            yield house


def body(number: int) -> dict[str, Any]:
    """The n-th order, two pieces of one SKU, as a storefront sends it."""
    return {
        "channel": "bench",
        "source_id": f"A-{number}",
        "placed_at": datetime.now(UTC).isoformat(),
        "currency": "EUR",
        "customer": {"customer_id": f"c-{number}", "name": "A Buyer", "email": "buyer@example.com"},
        "ship_to": {"line1": "Hauptstrasse 1", "city": "Berlin", "postcode": "10115", "country": "DE"},
        "lines": [{"sku": f"SKU-{number % 200 + 1}", "quantity": 2, "unit_price_minor": 1000}],
        "total_minor": 2000,
        "payment": {"method": "card", "token": "tok_ok", "amount_minor": 2000},
    }


class Shop:
    """A storefront and the people behind it, over the HTTP door; and a look into the books."""

    def __init__(self, door: httpx.AsyncClient, database: Database) -> None:
        self.door, self.database = door, database
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def say(self, path: str, what: dict[str, Any]) -> httpx.Response:
        """Post, and again while the door is unavailable: the request ids make that harmless."""
        end = asyncio.get_running_loop().time() + _PATIENCE_S
        while True:
            async with self._places:
                try:
                    answer = await self.door.post(path, json=what)
                except httpx.TransportError:
                    answer = None
            if answer is not None and answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"{path}: no answer in {_PATIENCE_S:.0f} s")
            await asyncio.sleep(0.3)

    async def order(self, number: int, **changes: Any) -> str:
        """Hand the n-th order in; returns its order number."""
        answer = await self.say("/orders", body(number) | changes)
        answer.raise_for_status()
        return str(answer.json()["order_number"])

    async def rows(self, query: str) -> list[Row]:
        """All rows of a query."""
        async with self.database.reading() as cursor:
            await cursor.execute(query.encode())
            return await cursor.fetchall()

    async def until(self, query: str, true: Callable[[int], bool]) -> None:
        """Return once a query's only number satisfies `true`."""
        end = asyncio.get_running_loop().time() + _PATIENCE_S
        while not true(found := next(iter((await self.rows(query))[0].values()))):
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"{query}: still {found}")
            await asyncio.sleep(0.2)


@asynccontextmanager
async def shopping(house: LocalHouse) -> AsyncIterator[Shop]:
    """A shop over a running house."""
    assert house.endpoints is not None
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with (
        httpx.AsyncClient(base_url=house.endpoints.door, timeout=60, limits=limits, trust_env=False) as door,
        Database(house.settings.database_url, size=4) as database,
    ):
        yield Shop(door, database)


async def findings(house: LocalHouse) -> list[str]:
    """What the auditor finds, asking the workflows as well."""
    async with Database(house.settings.database_url, size=2) as database:
        client = await connect(house.settings)
        audited = await audit(database, WorkflowSnapshots(client), journals=True, grace_s=60)
    return [f"{one.invariant} {one.subject}: {one.detail}" for one in audited.findings]


def report(figures: dict[str, Any], as_json: bool) -> None:
    """Print a bench's figures: one JSON object, or a line each."""
    print(
        json.dumps(figures) if as_json else "\n".join(f"{name:28} {value}" for name, value in figures.items())
    )
