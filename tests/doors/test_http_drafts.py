"""Drafts over HTTP and a real database: written, looked at, changed, forgotten, without any effect."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.doors.doubles import told
from tests.doors.draft_desk import BEGUN, REST, at, confirm, drafts, effects
from tests.stores.mending_desk import House

pytestmark = pytest.mark.engine


@pytest.fixture
def http(drafts_http: httpx.AsyncClient) -> httpx.AsyncClient:
    return drafts_http


async def test_a_draft_is_written_piece_by_piece_without_any_effect(
    http: httpx.AsyncClient, house: House
) -> None:
    begun = await http.post("/drafts", json=BEGUN)
    view = begun.json()
    assert (begun.status_code, begun.headers["etag"], view["state"], view["version"]) == (
        201,
        '"1"',
        "open",
        1,
    )
    assert at(begun) == f"/drafts/{view['id']}"
    assert [(one["pointer"], one["code"]) for one in view["problems"]] == [
        ("/customer", "missing"), ("/ship_to", "missing"), ("/payment", "missing"),
    ]  # fmt: skip
    assert view["totals"] == {
        "currency": "EUR", "lines": 1, "lines_known": 1, "goods_minor": 3000, "freight_minor": 0, "total_minor": 3000,
    }  # fmt: skip
    more = {"lines": [*BEGUN["lines"], {"sku": "KNIFE-1", "quantity": 1, "freight_minor": 290}]}
    changed = (await http.patch(at(begun), json=more | {"customer": REST["customer"]})).json()
    assert ("/lines/1/unit_price_minor", "missing") in [
        (one["pointer"], one["code"]) for one in changed["problems"]
    ]
    assert (changed["totals"]["lines_known"], changed["totals"]["total_minor"]) == (1, None)
    assert not any(one["pointer"] in ("/total_minor", "/customer") for one in changed["problems"])
    refused = await confirm(http, at(begun))
    assert told(refused) == (
        422,
        "refused",
        [("/lines/1/unit_price_minor", "missing"), ("/payment", "missing"), ("/ship_to", "missing")],
    )
    assert (await http.get(at(begun))).json() == changed
    assert (await effects(house), house.engine.asked) == ({}, [])


async def test_a_confirmed_draft_is_changed_and_deleted_no_more(
    http: httpx.AsyncClient, house: House
) -> None:
    where = at(await http.post("/drafts", json=BEGUN | REST))
    await confirm(http, where)
    before = (await drafts(house), await effects(house))
    assert told(await http.patch(where, json={"locale": "de"})) == (409, "not_allowed_now", [])
    assert told(await http.delete(where)) == (409, "not_allowed_now", [])
    assert (await drafts(house), await effects(house)) == before


async def test_a_version_that_has_passed_is_refused(http: httpx.AsyncClient, house: House) -> None:
    where = at(await http.post("/drafts", json=BEGUN | REST))
    await http.patch(where, json={"locale": "de"}, headers={"If-Match": '"1"'})
    before = await drafts(house)
    stale = {"If-Match": '"1"'}
    assert told(await http.patch(where, json={"locale": "fr"}, headers=stale)) == (412, "stale_version", [])
    assert told(await http.delete(where, headers=stale)) == (412, "stale_version", [])
    assert told(await confirm(http, where, if_match='"1"')) == (412, "stale_version", [])
    wrong = await http.patch(where, json={}, headers={"If-Match": '"soon"'})
    assert told(wrong) == (422, "refused", [("/header/if-match", "bad_format")])
    assert (await drafts(house), await effects(house)) == (before, {})
    assert (await http.patch(where, json={}, headers={"If-Match": "*"})).status_code == 200
    assert (await http.patch(where, json={}, headers={"If-Match": 'W/"3"'})).headers["etag"] == '"4"'


async def test_a_deleted_draft_is_gone(http: httpx.AsyncClient, house: House) -> None:
    where = at(await http.post("/drafts", json=BEGUN))
    assert (await http.delete(where)).status_code == 204
    assert [(await http.request(how, where, json={})).status_code for how in ("GET", "PATCH", "DELETE")] == [
        404
    ] * 3
    assert (await confirm(http, where)).status_code == 404
    assert (await drafts(house), await effects(house)) == ([], {})


async def test_an_expired_draft_is_shown_and_refused_and_goes_in_the_end(
    http: httpx.AsyncClient, house: House
) -> None:
    where = at(await http.post("/drafts", json=BEGUN | REST))

    async def ago(interval: str) -> None:
        async with house.database.transaction() as cursor:
            await cursor.execute(
                f"UPDATE order_draft SET expires_at = now() - interval '{interval}'".encode()
            )

    await ago("1 second")
    assert (await http.get(where)).json()["state"] == "expired"
    assert told(await http.patch(where, json={"locale": "de"})) == (409, "not_allowed_now", [])
    assert told(await confirm(http, where)) == (409, "not_allowed_now", [])
    assert await effects(house) == {}
    other = at(await http.post("/drafts", json=BEGUN | REST))
    assert (await http.get(where)).status_code == 200
    await confirm(http, other)
    await ago("25 hours")
    await http.post("/drafts", json={})
    assert (await http.get(where)).status_code == 404
    assert (await http.get(other)).json()["state"] == "confirmed"


async def test_a_key_begins_one_draft(http: httpx.AsyncClient, house: House) -> None:
    key = {"Idempotency-Key": "K-1"}
    answers = await asyncio.gather(*(http.post("/drafts", json=BEGUN, headers=key) for _ in range(4)))
    assert len({one.json()["id"] for one in answers}) == 1
    assert told(await http.post("/drafts", json=BEGUN | {"locale": "de"}, headers=key)) == (
        422,
        "key_reused",
        [],
    )
    assert len({(await http.post("/drafts", json=BEGUN)).json()["id"] for _ in range(3)}) == 3
    assert len(await drafts(house)) == 4


@pytest.mark.parametrize(
    ("body", "code"),
    [([], "wrong_type"), ({"locale": "\0"}, "bad_format"), ({"a": {"b": [[[[]]] * 2]}}, "")],
    ids=str,
)
async def test_only_an_object_that_can_be_kept_is_a_draft(
    http: httpx.AsyncClient, house: House, body: Any, code: str
) -> None:
    answer = await http.post("/drafts", json=body)
    if code:
        assert told(answer) == (422, "refused", [("", code)])
        where = at(await http.post("/drafts", json={}))
        assert told(await http.patch(where, json=body)) == (422, "refused", [("", code)])
        assert (await http.get(where)).json()["body"] == {}
    else:
        assert (answer.status_code, answer.json()["totals"]["total_minor"]) == (201, None)
    assert await effects(house) == {}


async def test_a_page_in_a_browser_cannot_confirm_without_asking(
    http: httpx.AsyncClient, house: House
) -> None:
    where = at(await http.post("/drafts", json=BEGUN | REST))
    plain = await http.post(f"{where}/confirm", content=b"{}", headers={"Content-Type": "text/plain"})
    assert told(plain) == (415, "not_json", [])
    assert told(await http.post(f"{where}/confirm", json={"now": True})) == (
        422,
        "refused",
        [("/now", "unknown_field")],
    )
    assert await effects(house) == {}
