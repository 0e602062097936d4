"""`python -m benchmarks.acceptance [--rate 20] [--seconds 30] [--json]`: how long a storefront waits for its answer.

Orders come at a steady rate, whatever the answers take; one in ten is sent a second time. Everything behind the door works on.
"""

import asyncio
import json
import statistics
import time
from typing import Annotated, Any

import httpx
import typer

from activities.shared.database import Database
from benchmarks.shop import body, open_house, report

REPEATED = 10
_SETTLES_S = 120.0


async def _send(client: httpx.AsyncClient, order: dict[str, Any], answers: dict[str, list[Any]]) -> float:
    begin = time.perf_counter()
    response = await client.post("/orders", json=order)
    seconds = time.perf_counter() - begin
    answers.setdefault(order["source_id"], []).append((response.status_code, response.json()))
    return seconds


async def measure(door: str, rate: float, seconds: float) -> dict[str, Any]:
    """Send, then tell percentiles in milliseconds, how many were not taken, and repeats answered otherwise."""
    answers: dict[str, list[Any]] = {}
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(base_url=door, timeout=60, limits=limits, trust_env=False) as client:
        warm = [asyncio.create_task(_send(client, body(-n - 1), {})) for n in range(20)]
        await asyncio.gather(*warm)
        tasks: list[asyncio.Task[float]] = []
        begin, count = time.perf_counter(), int(rate * seconds)
        for number in range(count):
            await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            order = body(number)
            tasks.append(asyncio.create_task(_send(client, order, answers)))
            if number % REPEATED == 0:
                tasks.append(asyncio.create_task(_send(client, order, answers)))
        times = sorted(await asyncio.gather(*tasks))
    said = list(answers.values())
    return {
        "sent": len(tasks),
        "orders": count,
        "rate_per_s": rate,
        "p50_ms": round(1000 * statistics.median(times), 1),
        "p99_ms": round(1000 * times[int(len(times) * 0.99)], 1),
        "max_ms": round(1000 * times[-1], 1),
        "taken": [
            source for source, one in answers.items() if any(status in (200, 201) for status, _ in one)
        ],
        "not_taken": sum(1 for one in said for status, _ in one if status not in (200, 201)),
        "repeats_answered_otherwise": sum(
            1 for one in said if len({json.dumps(a) for status, a in one if status < 500}) > 1
        ),
    }


async def _lost(database_url: str, taken: list[str]) -> dict[str, Any]:
    """Orders that were taken and never come into the books, and how long the last one took."""
    begin = time.monotonic()
    async with Database(database_url, size=1) as database, database.reading() as cursor:
        while True:
            await cursor.execute("SELECT count(*) AS n FROM sales_order WHERE source_id = ANY(%s)", (taken,))
            row = await cursor.fetchone()
            lost = len(taken) - (int(row["n"]) if row else 0)
            if not lost or time.monotonic() - begin > _SETTLES_S:
                return {"lost": lost, "all_recorded_after_s": round(time.monotonic() - begin, 1)}
            await asyncio.sleep(0.1)


def main(
    rate: Annotated[float, typer.Option(min=0.1, help="orders per second")] = 20.0,
    seconds: Annotated[float, typer.Option(min=1, help="for how long")] = 30.0,
    workers: Annotated[int, typer.Option(min=1, help="worker processes")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="end with one JSON object")] = False,
) -> None:
    """Measure."""
    with open_house(workers=workers) as house:
        assert house.endpoints is not None
        figures = asyncio.run(measure(house.endpoints.door, rate, seconds))
        figures |= asyncio.run(_lost(house.settings.database_url, figures.pop("taken")))
    report(figures, as_json)


if __name__ == "__main__":
    typer.run(main)
