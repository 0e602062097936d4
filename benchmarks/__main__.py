"""`python -m benchmarks [--orders N] [--workers N] [--in-flight N] [--stock] [--json]`: what an order costs, beside the floors."""

import asyncio
import json
import statistics
import sys
import threading
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from activities.order.reads import OrderReads
from activities.shared.database import Database
from activities.shared.reading import ReadEngine
from benchmarks import null_mail
from benchmarks.orders import Driver
from benchmarks.rig import Rig, rig
from starter.connect import connect
from starter.desk import Desk
from starter.settings import Settings

console = Console(stderr=True)


def _mail_port() -> int:
    """A null mail server in a thread of this process, for as long as it lives."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return asyncio.run_coroutine_threadsafe(null_mail.serve(), loop).result()[1]


async def _floor(client: Client, workflow: str, count: int, in_flight: int) -> float:
    """Workflows of one kind per second."""
    places = asyncio.Semaphore(in_flight)

    async def one(number: int) -> None:
        async with places:
            name = f"{workflow}-{time.time_ns()}-{number}"
            await client.execute_workflow(workflow, id=name, task_queue="floors")

    begin = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    return count / (time.perf_counter() - begin)


async def _history(client: Client, number: str) -> int:
    handle = client.get_workflow_handle(f"order-{number}")
    return len([event async for event in handle.fetch_history_events()])


async def measure(bench: Rig, orders: int, in_flight: int) -> dict[str, Any]:
    """One run: floors, warm-up, orders, floors again; the floors' figures are the means of both."""
    settings = Settings(database_url=bench.database_url, temporal_address=bench.temporal_address)
    client = await connect(settings)
    engine = ReadEngine(bench.database_url)
    desk = Desk(client, OrderReads(engine), settings)
    async with Database(bench.database_url, size=8) as database, AsyncExitStack() as stack:
        stack.push_async_callback(engine.close)
        await Driver(client, desk, database, "WARM").run(20, in_flight)
        floors = [await _floors(client, in_flight)]
        before, statements = bench.cpu_s(), await _statements(database)
        driver = Driver(client, desk, database, "RUN")
        seconds = await driver.run(orders, in_flight)
        after, later = bench.cpu_s(), await _statements(database)
        floors.append(await _floors(client, in_flight))
        lives = sorted(driver.closed[number] - driver.started[number] for number in driver.closed)
        children = await client.count_workflows(
            'WorkflowType != "OrderWorkflow" AND WorkflowId STARTS_WITH "order-"'
        )
        return {
            "orders": orders,
            "in_flight": in_flight,
            "orders_per_s": round(orders / seconds, 2),
            "p50_s": round(statistics.median(lives), 3),
            "p99_s": round(lives[int(len(lives) * 0.99)], 3),
            "history_events": await _history(client, "RUN-0"),
            "workflows_per_order": 1 + children.count / orders,
            **{f"{part}_cpu_ms": round(1000 * (after[part] - before[part]) / orders, 1) for part in before},
            "db_statements": round((later - statements) / orders, 1),
            "noop_per_s": round(statistics.mean(noop for noop, _ in floors), 1),
            "eight_activities_per_s": round(statistics.mean(eight for _, eight in floors), 1),
        }


async def _floors(client: Client, in_flight: int) -> tuple[float, float]:
    return await _floor(client, "NoOperation", 400, in_flight), await _floor(
        client, "EightActivities", 80, in_flight
    )


async def _statements(database: Database) -> int:
    """Transactions that the server committed: one statement outside, or several inside a transaction."""
    async with database.reading() as cursor:
        await cursor.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
        row = await cursor.fetchone()
        return int(row["xact_commit"]) if row else 0


def main(
    orders: Annotated[int, typer.Option(min=1, help="how many orders")] = 300,
    workers: Annotated[int, typer.Option(min=1, help="worker processes")] = 2,
    in_flight: Annotated[int, typer.Option(min=1, help="orders under way at once")] = 60,
    stock: Annotated[bool, typer.Option(help="the dev server as it comes, untuned")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="end with one JSON object")] = False,
) -> None:
    """Measure."""
    with rig(workers, not stock, _mail_port()) as bench:
        figures = asyncio.run(measure(bench, orders, in_flight))
    figures["server"] = {
        "kind": "temporal dev server",
        "store": "sqlite file, WAL",
        "tuned": not stock,
        "workers": workers,
    }
    table = Table("figure", "value", title="One-parcel orders, closed")
    for name, value in figures.items():
        table.add_row(name, str(value))
    console.print(table)
    if as_json:
        print(json.dumps(figures))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    typer.run(main)
