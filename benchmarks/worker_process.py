"""A worker process of the bench: Orderloom's own worker and relays, and the floors beside it."""

import asyncio
import signal

import uvloop
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from benchmarks.floors import FLOORS, touch
from starter.settings import Settings
from workers.worker import run_relays, running_worker


async def serve(settings: Settings) -> None:
    """Work until SIGTERM."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running_worker(settings) as worker:
        floors = Worker(
            worker.client,
            task_queue="floors",
            workflows=FLOORS,
            activities=[touch],
            workflow_task_poller_behavior=PollerBehaviorAutoscaling(initial=4, maximum=20),
            activity_task_poller_behavior=PollerBehaviorAutoscaling(initial=4, maximum=20),
        )
        async with floors:
            relays = asyncio.create_task(run_relays(settings, stop))
            print("ready", flush=True)
            await stop.wait()
            await relays


if __name__ == "__main__":
    uvloop.run(serve(Settings()))
