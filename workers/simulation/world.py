"""The simulators' process: webhooks out, letters in, and the persons that act by themselves."""

import asyncio
import contextlib
from collections.abc import Callable

import httpx

from activities.adapters.mail_sink import MailSink
from activities.adapters.psp_simulator import PspSimulator
from activities.adapters.simulator.faults import FaultPlan
from activities.adapters.simulator.schema import create_schema
from activities.adapters.simulator.webhooks import WebhookPump
from activities.shared.database import Database
from starter.settings import Settings
from workers.simulation.bench_hand import BenchHand
from workers.simulation.care_clerk import CareClerk
from workers.simulation.customer import Customer
from workers.simulation.operator import Operator
from workers.simulation.payer import Payer
from workers.simulation.person import Person
from workers.simulation.reviewer import Reviewer
from workers.wiring import fault_plan

_PERSONS: dict[str, type[Person]] = {
    "bench": BenchHand,
    "reviewer": Reviewer,
    "care": CareClerk,
    "customer": Customer,
    "operator": Operator,
}


async def run_world(settings: Settings, stop: asyncio.Event, serves: Callable[[], None]) -> None:
    """Play the world until `stop` is set; `serves` is called once letters and webhooks can flow."""
    door = f"http://{settings.door_host}:{settings.door_port}"
    secrets = {"psp": settings.psp_webhook_secret, "carrier": settings.carrier_webhook_secret}
    async with (
        Database(settings.database_url, size=8, name="orderloom-world") as database,
        httpx.AsyncClient(timeout=15, trust_env=False) as client,
        contextlib.AsyncExitStack() as stack,
    ):
        await create_schema(database)
        if settings.mail_sink:
            sink = MailSink(database, fault_plan(settings), settings.smtp_host, settings.smtp_port)
            await stack.enter_async_context(sink)
        pump = WebhookPump(database, client, door, secrets)
        async with asyncio.TaskGroup() as group:
            group.create_task(pump.run(stop))
            for name in filter(None, settings.persons.split(",")):
                if name == "payer":
                    payer = Payer(database, PspSimulator(database, FaultPlan.none()), settings)
                    group.create_task(payer.run(stop))
                else:
                    group.create_task(_PERSONS[name](client, door, settings).run(stop))
            serves()
