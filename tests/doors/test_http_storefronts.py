"""Storefronts' order webhooks: the signature, repeats, topics, and what becomes of orders with faults."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from models.intake.storefront import body_of
from models.shared.errors import Unavailable
from starter.http import create_app
from starter.settings import Settings
from tests.doors.doubles import Doubles, doubles, told
from tests.rules.order_bodies import read
from tests.rules.shopify_events import event

SECRET, OTHER = "hush-it-is-the-shop", "hush-it-is-another"
NUMBER = read(body_of(event(), "shop")).order_number


@pytest.fixture
def door() -> Doubles:
    return doubles(storefronts={"shop": SECRET, "outlet": OTHER})


@pytest.fixture
async def http(door: Doubles) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(door.parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door.example") as client:
        yield client


def signature(body: bytes, secret: str = SECRET) -> str:
    """As Shopify documents it."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


async def send(
    http: httpx.AsyncClient, body: bytes | dict[str, Any], channel: str = "shop", **headers: str
) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Hmac-Sha256": signature(raw),
    }
    named = {f"X-Shopify-{name.replace('_', '-').title()}": value for name, value in headers.items()}
    return await http.post(f"/webhooks/orders/{channel}", content=raw, headers=sent | named)


async def test_a_signed_order_is_taken_and_its_repeats_are_harmless(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    answers = [await send(http, event()) for _ in range(3)]
    assert {(one.status_code, one.content) for one in answers} == {(200, answers[0].content)}
    assert answers[0].json() == {"order_number": NUMBER}
    assert door.journal == [("submit", NUMBER)]
    # Delivered under another id: done again, which changes nothing.
    again = await send(http, event(), webhook_id="another")
    assert (again.status_code, again.json()) == (200, {"order_number": NUMBER})
    assert set(door.desk.orders) == {NUMBER}


@pytest.mark.parametrize(
    ("channel", "headers"),
    [
        ("shop", {"hmac_sha256": signature(json.dumps(event()).encode(), OTHER)}),
        ("shop", {"hmac_sha256": signature(json.dumps(event(email="eve@customer.example")).encode())}),
        ("shop", {"hmac_sha256": ""}),
        ("shop", {"hmac_sha256": "nonsense"}),
        (
            "shop",
            {"hmac_sha256": hmac.new(SECRET.encode(), json.dumps(event()).encode(), "sha256").hexdigest()},
        ),
        ("outlet", {}),
        ("nobody", {}),
        ("nobody", {"hmac_sha256": signature(json.dumps(event()).encode(), "")}),
    ],
    ids=["another's", "another body", "none", "nonsense", "hex", "another channel", "unknown", "no secret"],
)
async def test_a_wrong_signature_leaves_no_trace(
    http: httpx.AsyncClient, door: Doubles, channel: str, headers: dict[str, str]
) -> None:
    assert told(await send(http, event(), channel, **headers)) == (401, "bad_signature", [])
    assert (door.journal, door.tasks.held, door.parts.deliveries.answers) == ([], {}, {})  # type: ignore[attr-defined]


async def test_a_signature_outside_ascii_and_a_body_that_is_too_large_are_refused(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    raw = json.dumps(event()).encode()
    headers = [(b"x-shopify-hmac-sha256", "ä".encode("latin-1")), (b"x-shopify-topic", b"orders/create")]
    assert (await http.post("/webhooks/orders/shop", content=raw, headers=headers)).status_code == 401
    assert (await send(http, b" " * 1_000_001)).status_code == 413
    assert door.journal == []


@pytest.mark.parametrize("topic", ["orders/updated", "app/uninstalled", ""])
async def test_another_topic_is_answered_and_ignored(
    http: httpx.AsyncClient, door: Doubles, topic: str
) -> None:
    answer = await send(http, event(), topic=topic)
    assert (answer.status_code, answer.json()) == (200, {"ignored": "another topic"})
    assert door.journal == []
    assert (await send(http, b"{", topic=topic)).status_code == 200


@pytest.mark.parametrize("changed", [{"test": True}, {"cancelled_at": "2026-03-01T10:00:00Z"}], ids=str)
async def test_a_test_and_a_cancelled_order_are_ignored(
    http: httpx.AsyncClient, door: Doubles, changed: dict[str, Any]
) -> None:
    answer = await send(http, event(**changed))
    assert (answer.status_code, list(answer.json())) == (200, ["ignored"])
    assert door.journal == []


async def test_an_order_with_faults_becomes_one_task(http: httpx.AsyncClient, door: Doubles) -> None:
    faulty = event(shipping_address=event()["shipping_address"] | {"zip": ""})
    first = await send(http, faulty)
    assert first.status_code == 202
    assert [one["pointer"] for one in first.json()["problems"]] == ["/ship_to/postcode"]
    assert (await send(http, faulty)).content == first.content
    assert (await send(http, faulty, webhook_id="another")).json()["task"] == first.json()["task"]
    assert door.journal == [("task", ("shop", "820982911946154508"))]


async def test_the_same_delivery_id_with_another_body_is_another_order(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    first, other = await send(http, event()), await send(http, event(id=7))
    assert first.json()["order_number"] != other.json()["order_number"]
    assert len(door.desk.orders) == 2


async def test_another_body_of_an_order_that_is_there_changes_nothing_and_is_not_sent_for_ever(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    await send(http, event())
    answer = await send(http, event(customer_locale="fr"))
    assert (answer.status_code, answer.json()) == (
        200,
        {"ignored": "another body of this order is there already"},
    )
    assert len(door.desk.orders) == 1
    await send(http, event(id=8, total_price="1.00"))
    other = await send(http, event(id=8, total_price="2.00"))
    assert (other.status_code, list(other.json())) == (200, ["ignored"])
    assert len([act for act, _ in door.journal if act == "submit"]) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", (400, "not_json", [])),
        (b"[]", (422, "refused", [("", "wrong_type")])),
        (b"{}", (422, "refused", [("/id", "missing")])),
    ],
)
async def test_a_signed_body_that_is_no_order_is_refused(
    http: httpx.AsyncClient, door: Doubles, body: bytes, expected: Any
) -> None:
    assert told(await send(http, body)) == expected
    assert door.journal == []


async def test_while_the_database_is_away_the_storefront_hears_so_and_sends_again(
    http: httpx.AsyncClient, door: Doubles
) -> None:
    door.desk.fails = Unavailable("away")
    assert told(await send(http, event())) == (503, "unavailable", [])
    door.desk.fails = None
    assert (await send(http, event())).json() == {"order_number": NUMBER}
    assert door.journal == [("submit", NUMBER)]


@pytest.mark.parametrize(
    "told", ['{"shop": "short"}', '{"two words": "hush-hush-hush"}', "shop", '["hush-hush-hush"]']
)
def test_a_wrong_setting_is_told_without_the_secret(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("ORDERLOOM_STOREFRONTS", told)
    with pytest.raises(ValueError, match="storefronts") as error:
        Settings()
    assert not any(secret in str(error.value) for secret in ("hush", '"short"'))


def test_secrets_are_not_shown() -> None:
    assert SECRET not in repr(Settings(storefronts={"shop": SECRET}))
