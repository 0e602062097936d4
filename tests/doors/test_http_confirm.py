"""A draft is confirmed as one order, whoever else confirms, changes or dies at the same moment."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from models.order.messages import Acceptance, Order
from starter.drafting import Drafting
from tests.doors.doubles import told
from tests.doors.draft_desk import BEGUN, REST, at, confirm, drafts, effects
from tests.rules.order_bodies import good_body
from tests.stores.mending_desk import House, faulty

pytestmark = pytest.mark.engine


@pytest.fixture
def http(drafts_http: httpx.AsyncClient) -> httpx.AsyncClient:
    return drafts_http


async def test_a_confirmed_draft_is_one_order_and_every_repeat_gets_its_answer(
    http: httpx.AsyncClient, house: House
) -> None:
    where = at(await http.post("/drafts", json=BEGUN))
    patched = await http.patch(
        where,
        content=json.dumps(REST),
        headers={"Content-Type": "application/merge-patch+json", "If-Match": '"1"'},
    )
    assert (patched.status_code, patched.headers["etag"], patched.json()["problems"]) == (200, '"2"', [])
    assert await effects(house) == {}
    first = await confirm(http, where, if_match='"2"')
    answer = first.json()
    assert (first.status_code, at(first)) == (201, f"/orders/{answer['order_number']}")
    assert await house.orders() == {answer["order_number"]}
    for again in [await confirm(http, where), await confirm(http, where, if_match='"2"')]:
        assert (again.status_code, again.content) == (201, first.content)
    ((document,),) = await house.rows("SELECT document FROM sales_order")
    assert (document["source_id"], document["total_minor"]) == (where.removeprefix("/drafts/"), 3000)
    assert (document["payment"]["amount_minor"], document["placed_at"]) == (3000, "2026-03-01T12:00:00Z")
    view = (await http.get(where)).json()
    assert (view["state"], view["order_number"], view["problems"]) == (
        "confirmed",
        answer["order_number"],
        [],
    )
    assert house.engine.asked == [answer["order_number"]]


async def test_two_who_confirm_at_once_make_one_order_with_one_answer(
    http: httpx.AsyncClient, house: House
) -> None:
    wheres = [at(await http.post("/drafts", json=BEGUN | REST)) for _ in range(4)]
    answers = await asyncio.gather(*(confirm(http, where) for where in wheres for _ in range(5)))
    told = {
        where: {one.content for one in answers[nth * 5 : nth * 5 + 5]} for nth, where in enumerate(wheres)
    }
    assert [len(contents) for contents in told.values()] == [1, 1, 1, 1]
    assert {one.status_code for one in answers} == {201}
    assert len(await house.orders()) == 4


async def test_who_confirms_while_another_changes_orders_what_one_of_them_saw(
    http: httpx.AsyncClient, house: House
) -> None:
    wheres = [at(await http.post("/drafts", json=BEGUN | REST)) for _ in range(6)]
    change = {"lines": [{"sku": "MUG-1", "quantity": 3, "unit_price_minor": 1500}]}
    await asyncio.gather(
        *(confirm(http, where) for where in wheres), *(http.patch(where, json=change) for where in wheres)
    )
    rows = await house.rows(
        "SELECT d.body->'total_minor' AS ours, o.total_minor, d.body->'lines'->0->'quantity' AS pieces"
        " FROM order_draft d JOIN sales_order o USING (order_number)"
    )
    assert [(ours, pieces * 1500) for ours, _, pieces in rows] == [(total, total) for _, total, _ in rows]
    assert len(rows) == 6


async def test_two_who_change_different_fields_at_once_both_have_their_say(http: httpx.AsyncClient) -> None:
    where = at(await http.post("/drafts", json=BEGUN))
    await asyncio.gather(*(http.patch(where, json={name: REST[name]}) for name in REST))
    view = (await http.get(where)).json()
    assert (view["version"], view["problems"]) == (4, [])


async def test_a_source_that_another_order_has_leaves_the_draft_open(
    http: httpx.AsyncClient, house: House
) -> None:
    first, second = [
        at(await http.post("/drafts", json=BEGUN | REST | {"source_id": "S-1"})) for _ in range(2)
    ]
    await http.patch(second, json={"locale": "de"})
    assert (await confirm(http, first)).status_code == 201
    before = (await drafts(house), await effects(house))
    assert told(await confirm(http, second)) == (422, "key_reused", [])
    assert (await drafts(house), await effects(house)) == before
    assert (await http.get(second)).json()["state"] == "open"


async def test_a_draft_under_the_source_of_a_faulty_order_ends_its_task(
    http: httpx.AsyncClient, house: House
) -> None:
    task = await house.hold(faulty())
    where = at(await http.post("/drafts", json=good_body()))
    number = (await confirm(http, where)).json()["order_number"]
    ended = await house.tasks.task(task.id)
    assert (ended.state, ended.order_number, await house.orders()) == ("mended", number, {number})


class Dies:
    """A door whose process dies between the confirmation and the start of the workflow."""

    async def take(self, order: Order) -> Acceptance:
        raise asyncio.CancelledError


async def test_a_process_that_dies_after_the_confirmation_leaves_the_order_in_the_book(
    http: httpx.AsyncClient, drafting: Drafting, house: House
) -> None:
    where = at(await http.post("/drafts", json=BEGUN | REST))
    drafting._taking = Dies()
    with pytest.raises(asyncio.CancelledError):
        await drafting.confirm(where.removeprefix("/drafts/"))
    ((number, state),) = await house.rows("SELECT order_number, state FROM taken_order")
    assert state == "waiting"
    assert (await confirm(http, where)).json()["order_number"] == number
    assert await house.orders() == {number}
