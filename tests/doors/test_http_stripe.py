"""Stripe's webhooks at the door: its signature, each event once, and no more kept than which object it is about."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

pytest.importorskip("stripe", reason="the extra `stripe` is not installed")

from stripe import WebhookSignature

from starter.http import create_app
from tests.doors.doubles import Doubles, doubles, told

SECRET, OTHER = "whsec_ours", "whsec_rolled"
ABOUT = {"id": "pi_1", "object": "payment_intent", "payment_intent": None}
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_772_452_800,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "receipt_email": "ada@customer.example"}},
}
KEPT = {
    "id": "evt_1",
    "type": "payment_intent.succeeded",
    "created": 1_772_452_800,
    "data": {"object": ABOUT},
}


@pytest.fixture
def door() -> Doubles:
    return doubles(payments="stripe", stripe_webhook_secret=SECRET)


@pytest.fixture
async def http(door: Doubles) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(door.parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door.example") as client:
        yield client


def signed(body: bytes, secret: str = SECRET, age_s: int = 0) -> str:
    at = int(time.time()) - age_s
    header: str = WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return header


async def send(http: httpx.AsyncClient, body: bytes, signature: str) -> httpx.Response:
    return await http.post("/webhooks/stripe", content=body, headers={"stripe-signature": signature})


async def test_an_event_is_kept_once_without_the_customers_data(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    body = json.dumps(EVENT).encode()
    answers = [(await send(http, body, signed(body))).status_code for _ in range(2)]
    assert answers == [202, 200]
    assert door.journal == [("event", ("stripe", "evt_1", KEPT))]


async def test_while_a_secret_is_rolled_one_of_two_signatures_is_enough(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    body = json.dumps(EVENT).encode()
    both = signed(body, OTHER) + "," + signed(body).partition(",")[2] + ",v0=ffff"
    assert (await send(http, body, both)).status_code == 202
    assert door.journal == [("event", ("stripe", "evt_1", KEPT))]


@pytest.mark.parametrize(
    "signature",  # made when the test runs: they age
    [
        lambda: signed(b"{}", OTHER),
        lambda: signed(b"{}", age_s=310),
        lambda: signed(b"{}", age_s=-310),
        lambda: signed(b"{} "),
        lambda: signed(b"{}").replace("v1=", "v0="),
        lambda: "t=soon,v1=ffff",
        lambda: "v1=ffff",
        lambda: "t=1",
        lambda: "nonsense",
        lambda: "",
    ],
    ids=[
        "another's",
        "old",
        "future",
        "another body",
        "scheme",
        "no time",
        "timeless",
        "bare",
        "nonsense",
        "none",
    ],
)
async def test_a_wrong_signature_is_refused(
    http: httpx.AsyncClient, door: Doubles, signature: Callable[[], str]
) -> None:
    assert told(await send(http, b"{}", signature())) == (401, "bad_signature", [])
    assert door.journal == []


async def test_a_signature_outside_ascii_and_a_body_outside_utf8_are_refused(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    at = int(time.time())
    headers = [(b"stripe-signature", f"t={at},v1=ä".encode("latin-1"))]
    assert (await http.post("/webhooks/stripe", content=b"{}", headers=headers)).status_code == 401
    assert (await send(http, b"\xff", f"t={at},v1=00")).status_code == 401
    assert door.journal == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 422),
        (b"{", 400),
        (b"{}", 422),
        (b'{"id": "\\u0000"}', 422),
        (b'{"id": "' + b"e" * 201 + b'"}', 422),
    ],
)
async def test_a_signed_body_that_is_no_event_is_refused(
    http: httpx.AsyncClient, door: Doubles, body: bytes, status: int
) -> None:
    assert (await send(http, body, signed(body))).status_code == status
    assert door.journal == []


async def test_an_event_of_a_strange_form_is_kept_as_what_it_says(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    body = b'{"id": "evt_2", "type": "v2.thing", "data": []}'
    assert (await send(http, body, signed(body))).status_code == 202
    nothing = {"id": None, "object": None, "payment_intent": None}
    kept = {"id": "evt_2", "type": "v2.thing", "created": None, "data": {"object": nothing}}
    assert door.journal == [("event", ("stripe", "evt_2", kept))]


async def test_the_simulators_well_known_secret_opens_nothing_where_money_is_real(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    from datetime import UTC, datetime

    at = datetime.now(UTC)
    signature = Webhook(door.parts.settings.psp_webhook_secret).sign("evt_1", at, "{}")
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }
    response = await http.post("/webhooks/psp", content=b"{}", headers=headers)
    assert told(response) == (401, "bad_signature", [])
    assert door.journal == []


async def test_where_money_is_simulated_stripe_may_not_call() -> None:
    door = doubles(stripe_webhook_secret=SECRET)
    transport = httpx.ASGITransport(create_app(door.parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door.example") as http:
        assert told(await send(http, b"{}", signed(b"{}"))) == (401, "bad_signature", [])
    assert door.journal == []
