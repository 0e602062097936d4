"""Webhooks: what they say, that they are signed, and that each arrives at last."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from standardwebhooks import Webhook

from activities.adapters.carrier_simulator import CarrierSimulator
from activities.adapters.psp_simulator import PspSimulator
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.adapters.simulator.webhooks import WebhookPump
from activities.shared.database import Database
from tests.adapters.journals import NOON, consignment, rows

pytestmark = pytest.mark.engine
SECRETS = {"psp": "whsec_b3JkZXJsb29tLXRlc3QtcHNw", "carrier": "whsec_b3JkZXJsb29tLXRlc3QtY2Fycmllcg=="}
OPEN = "SELECT attempts, last_answer FROM sim.webhook WHERE delivered_at IS NULL ORDER BY id"
DONE = "SELECT attempts, last_answer FROM sim.webhook WHERE delivered_at IS NOT NULL ORDER BY id"


@dataclass
class Door:
    """A receiver on loopback: checks the signature, keeps what came, answers what it is told to, else 204."""

    url: str = ""
    got: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def ids(self) -> list[str]:
        """The event ids that came, in order."""
        return [event_id for _, event_id, _ in self.got]


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            source = self.path.removeprefix("/webhooks/")
            # Raises on a wrong signature: the connection breaks and the test sees no delivery.
            payload = Webhook(SECRETS[source]).verify(body, dict(self.headers.items()))
            door.got.append((source, self.headers["webhook-id"], payload))
            self.send_response(door.answers.pop(0) if door.answers else 204)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A refused signature is what a test asks for, not news."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        door.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield door
        server.shutdown()
        thread.join()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5) as client:
        yield client


async def pay(outside: Database, faults: FaultPlan | None = None, number: str = "BR-10023") -> PspSimulator:
    simulator = PspSimulator(outside, faults or FaultPlan.none())
    await simulator.authorise(f"{number}:authorise:1", number, 23_140, "BRL", "card", "tok_visa")
    return simulator


async def until(db: Database, query: str, wanted: list[tuple[object, ...]]) -> None:
    """Wait until a query gives what is wanted, at most ten seconds."""
    async with asyncio.timeout(10):
        while await rows(db, query) != wanted:  # noqa: ASYNC110 - another process would not set our event either
            await asyncio.sleep(0.02)


async def test_due_webhooks_arrive_signed_at_the_door_of_their_source(
    outside: Database, door: Door, client: httpx.AsyncClient
) -> None:
    await pay(outside)
    couriers = CarrierSimulator(outside, FaultPlan.none())
    label = await couriers.book("BR-10023:book:1", "northpost", consignment(), 990)
    now = await couriers.emit(label.tracking_number, "EMA", NOON)
    await couriers.emit(label.tracking_number, "EMI", NOON, delay_s=60)
    pump = WebhookPump(outside, client, door.url + "/", SECRETS)
    assert await pump.deliver_due() == 2
    assert await pump.deliver_due() == 0
    came = {source: (event_id, payload["event_id"]) for source, event_id, payload in door.got}
    assert came["carrier"] == (now, now)
    assert sorted(came) == ["carrier", "psp"]
    assert await rows(outside, DONE) == [(1, "204"), (1, "204")]
    assert await rows(outside, OPEN) == [(0, "")]


async def test_a_webhook_with_a_foreign_signature_is_not_taken(
    outside: Database, door: Door, client: httpx.AsyncClient
) -> None:
    await pay(outside)
    forger = WebhookPump(outside, client, door.url, {"psp": "whsec_Zm9yZ2Vy"})
    assert await forger.deliver_due() == 1
    assert door.got == []
    assert await rows(outside, DONE) == []


async def test_a_refusing_door_is_tried_again_until_it_takes_the_webhook(
    outside: Database, door: Door, client: httpx.AsyncClient
) -> None:
    await pay(outside)
    door.answers = [503, 404]
    pump = WebhookPump(outside, client, door.url, SECRETS, poll_s=0.02, backoff_s=0.02)
    stop = asyncio.Event()
    running = asyncio.create_task(pump.run(stop))
    await until(outside, DONE, [(3, "204")])
    stop.set()
    await running
    assert len(door.ids()) == 3
    assert len(set(door.ids())) == 1


async def test_a_closed_door_costs_a_try_and_its_wait_doubles(
    outside: Database, client: httpx.AsyncClient
) -> None:
    await pay(outside)
    pump = WebhookPump(outside, client, "http://127.0.0.1:9", SECRETS, backoff_s=100, backoff_most_s=300)
    waits = []
    for _ in range(3):
        assert await pump.deliver_due() == 1
        assert await pump.deliver_due() == 0
        waits += await rows(
            outside, "SELECT round(extract(epoch FROM next_at - now()) / 100)::int FROM sim.webhook"
        )
        await rows(outside, "UPDATE sim.webhook SET next_at = now() RETURNING 1")
    assert waits == [(1,), (2,), (3,)]
    assert await rows(outside, OPEN) == [(3, "ConnectError")]


async def test_a_duplicate_arrives_twice_under_one_id(
    outside: Database, door: Door, client: httpx.AsyncClient
) -> None:
    await pay(outside, FaultPlan.scripted({("authorise", 1): Fault.DUPLICATE}))
    await WebhookPump(outside, client, door.url, SECRETS).deliver_due()
    assert len(door.ids()) == 2
    assert door.ids()[0] == door.ids()[1]


async def test_pumps_beside_each_other_deliver_each_webhook_once(
    outside: Database, door: Door, client: httpx.AsyncClient
) -> None:
    for n in range(40):
        await pay(outside, number=f"BR-{n}")
    pumps = [WebhookPump(outside, client, door.url, SECRETS, batch=10) for _ in range(4)]
    assert sum(await asyncio.gather(*(pump.deliver_due() for pump in pumps))) == 40
    assert await rows(outside, DONE) == [(1, "204")] * 40
    assert len(set(door.ids())) == 40
    assert len(door.ids()) == 40


async def test_what_a_dead_pump_had_claimed_is_delivered_by_the_next(
    outside: Database, door: Door, client: httpx.AsyncClient
) -> None:
    await pay(outside)

    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as dead:
        doomed = asyncio.create_task(WebhookPump(outside, dead, door.url, SECRETS, lease_s=0.3).deliver_due())
        await until(outside, OPEN, [(1, "")])
        doomed.cancel()
        await asyncio.gather(doomed, return_exceptions=True)
    heir = WebhookPump(outside, client, door.url, SECRETS)
    assert await heir.deliver_due() == 0  # the claim still holds
    await asyncio.sleep(0.35)
    assert await heir.deliver_due() == 1
    assert await rows(outside, DONE) == [(2, "204")]


async def test_a_source_without_a_secret_is_left_alone(
    outside: Database, door: Door, client: httpx.AsyncClient
) -> None:
    await pay(outside)
    pump = WebhookPump(outside, client, door.url, {"carrier": SECRETS["carrier"]})
    assert await pump.deliver_due() == 0
    assert await rows(outside, OPEN) == [(0, "")]
