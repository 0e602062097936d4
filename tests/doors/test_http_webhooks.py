"""What payment providers and carriers send: verified, stored once, or refused with nothing stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks import Webhook

from starter.http.bodies import MAX_BYTES
from tests.doors.doubles import Doubles, told

EVENT = {"type": "authorisation.succeeded", "reference": "auth_1"}


def signed(door: Doubles, body: bytes, event_id: str = "evt_1", age_s: float = 0) -> dict[str, str]:
    """Headers of an event of the payment provider."""
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    signature = Webhook(door.parts.settings.psp_webhook_secret).sign(event_id, at, body.decode())
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


async def test_an_event_is_stored_once_and_its_repeat_is_fine(http: httpx.AsyncClient, door: Doubles) -> None:
    body = json.dumps(EVENT).encode()
    answers = [
        (await http.post("/webhooks/psp", content=body, headers=signed(door, body))).status_code
        for _ in range(2)
    ]
    assert answers == [202, 200]
    assert door.journal == [("event", ("psp", "evt_1", EVENT))]


@pytest.mark.parametrize(
    "spoil",
    [
        {"webhook-id": "evt_2"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "1"},
        {"webhook-id": ""},
    ],
    ids=str,
)
async def test_an_event_with_a_bad_signature_is_refused(
    http: httpx.AsyncClient, door: Doubles, spoil: dict[str, str]
) -> None:
    body = json.dumps(EVENT).encode()
    response = await http.post("/webhooks/psp", content=body, headers=signed(door, body) | spoil)
    assert told(response) == (401, "bad_signature", [])
    assert door.journal == []


@pytest.mark.parametrize("age_s", [310, -310])
async def test_an_event_too_old_or_too_new_is_refused(
    http: httpx.AsyncClient, door: Doubles, age_s: float
) -> None:
    body = json.dumps(EVENT).encode()
    response = await http.post("/webhooks/psp", content=body, headers=signed(door, body, age_s=age_s))
    assert told(response) == (401, "bad_signature", [])
    assert door.journal == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/webhooks/carrier", b"{}", 401),
        ("/webhooks/stranger", b"{}", 422),
        ("/webhooks/psp", b"[]", 422),
        ("/webhooks/psp", b"{", 400),
        ("/webhooks/psp", b'{"a": ["\\u0000"]}', 422),
        ("/webhooks/psp", b" " * (MAX_BYTES + 1), 413),
    ],
    ids=["another's secret", "nobody", "no object", "no JSON", "a NUL", "too large"],
)
async def test_an_event_that_cannot_be_stored_is_refused(
    http: httpx.AsyncClient, door: Doubles, path: str, body: bytes, status: int
) -> None:
    assert told(await http.post(path, content=body, headers=signed(door, body)))[0] == status
    assert door.journal == []
