"""A storefront's order with faults, mended by a person at the door, lives on as an order of its own workflow."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from activities.adapters.address_rules import RuleAddressBook, RuleContactBook
from activities.intake.seeding import ProductSeed, ProductSeeding
from activities.intake.taken import TakenOrders
from activities.order.reads import OrderReads
from activities.shared.reading import ReadEngine
from models.intake.storefront import body_of
from starter.desk import Desk
from starter.http import DoorParts, create_app
from starter.reading import utc_now
from starter.settings import Settings
from starter.taking import Taking
from tests.conftest import of_database
from tests.rules.order_bodies import CATALOGUE, read
from tests.rules.shopify_events import event
from tests.workflows.living import Lived

pytestmark = [pytest.mark.engine, pytest.mark.journey]
SECRET = "hush-it-is-the-shop"
# The server is the session's: each test has orders of its own.
FIRST, SECOND = event(id=7001), event(id=7002)
NO_POSTCODE = {"shipping_address": event()["shipping_address"] | {"zip": ""}}


@pytest.fixture
async def http(lived: Lived, postgres_dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    """The real door over the test's own database and task queue."""
    async with lived.database.reading() as cursor:
        await cursor.execute("SELECT current_database() AS name")
        name = (await cursor.fetchone() or {})["name"]
    await ProductSeeding(lived.database).put_products(
        ProductSeed.model_validate(entry.model_dump()) for entry in CATALOGUE.values()
    )
    settings = Settings(task_queue=lived.task_queue, storefronts={"shop": SECRET})
    engine = ReadEngine(of_database(postgres_dsn, name), size=2)
    desk = Desk(lived.environment.client, OrderReads(engine), settings)
    taking = Taking(desk, TakenOrders(lived.database), 10.0, utc_now)
    books = (RuleAddressBook(), RuleContactBook())
    parts = DoorParts.over(
        desk, taking, TakenOrders(lived.database).known, lived.database, engine, *books, settings
    )
    transport = httpx.ASGITransport(create_app(parts), raise_app_exceptions=False)
    try:
        with lived.environment.with_time_skipping_disabled():
            async with httpx.AsyncClient(transport=transport, base_url="http://door.example") as client:
                yield client
    finally:
        await taking.close()
        await engine.close()


def number_of(told: dict[str, Any]) -> str:
    return read(body_of(told, "shop")).order_number


async def sent(http: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    raw = json.dumps(body).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), raw, "sha256")).decode()
    headers = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Webhook-Id": "w-1",
        "X-Shopify-Hmac-Sha256": signature,
    }
    return await http.post("/webhooks/orders/shop", content=raw, headers=headers)


async def test_a_faulty_webhook_is_mended_to_an_order_with_a_workflow(http: httpx.AsyncClient) -> None:
    faulty, number = FIRST | NO_POSTCODE, number_of(FIRST)
    held = await sent(http, faulty)
    task = held.json()["task"]
    assert (held.status_code, (await http.get("/orders")).json()["orders"]) == (202, [])
    said = {"by": "ana", "patch": {"ship_to": {"postcode": "10119"}}}
    mended = (await http.post(f"/intake/tasks/{task}/mend", json=said)).json()
    assert (mended["state"], mended["order_number"]) == ("mended", number)
    order = (await http.get(f"/orders/{number}")).json()
    (received,) = [fact for fact in order["facts"] if fact["what"] == "received"]
    assert (received["data"]["task"], order["order"]["total_minor"]) == (task, 6190)
    assert order["ship_to"]["postcode"] == "10119"
    # The storefront delivers once more, under the same id and under another one.
    assert (await sent(http, faulty)).json() == held.json()
    assert len((await http.get("/orders")).json()["orders"]) == 1
    cancelled = await http.post(f"/orders/{number}/cancel", json={"by": "ana", "request_id": "r-1"})
    assert cancelled.json()["done"] is True


async def test_a_good_webhook_is_an_order_and_its_repeat_changes_nothing(http: httpx.AsyncClient) -> None:
    number = number_of(SECOND)
    answers = [await sent(http, SECOND) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in answers] == [(200, {"order_number": number})] * 2
    # A body with faults under the same id: the order that is there stands.
    answer = await sent(http, SECOND | NO_POSTCODE)
    assert (answer.status_code, list(answer.json())) == (200, ["ignored"])
    assert (await http.get("/intake/tasks")).json()["tasks"] == []
    await http.post(f"/orders/{number}/cancel", json={"by": "ana", "request_id": "r-1"})
