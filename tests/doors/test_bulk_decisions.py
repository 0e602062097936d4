"""One decision about many orders: each answers on its own."""

from __future__ import annotations

import httpx
import pytest

from models.order.messages import Answer, Decision
from models.shared.errors import Conflict, NotFound, Unavailable
from starter.deciding import decide_all
from tests.doors.doubles import Doubles, told

URL = "/reviews/decisions"


class Desk:
    """Obeys for one order, and refuses for the others in every way there is."""

    async def decide(self, order_number: str, verb: str, message: Decision) -> Answer:
        fails = {
            "DE-2": Conflict("not_allowed_now", "ana approved it already"),
            "DE-3": NotFound("there is no order DE-3"),
            "DE-4": Unavailable("away"),
        }
        if order_number in fails:
            raise fails[order_number]
        return Answer(done=order_number != "DE-5", said=verb)


async def test_a_refusal_of_one_leaves_the_others_alone() -> None:
    numbers = ["DE-1", "DE-2", "DE-3", "DE-4", "DE-5", "DE-1"]
    decided = await decide_all(Desk(), "approve", numbers, Decision(by="ana"))
    assert [(one.order_number, one.done, one.code) for one in decided] == [
        ("DE-1", True, ""),
        ("DE-2", False, "not_allowed_now"),
        ("DE-3", False, "not_found"),
        ("DE-4", False, "unavailable"),
        ("DE-5", False, "not_allowed_now"),
    ]


async def test_every_order_is_told_with_the_fields_that_its_decision_takes(
    door: Doubles, http: httpx.AsyncClient
) -> None:
    body = {"verb": "delegate", "orders": ["DE-1AB", "DE-2AB"], "by": "ana", "to": "bo", "request_id": "r"}
    answer = await http.post(URL, json=body)
    assert [one["done"] for one in answer.json()] == [True, True]
    told_them = [(verb, number, message.to, message.request_id) for verb, (number, message) in door.journal]
    assert sorted(told_them) == [("delegate", "DE-1AB", "bo", "r"), ("delegate", "DE-2AB", "bo", "r")]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"verb": "bench"}, [("/verb", "unknown_value")]),
        (
            {"orders": ["DE-1AB", "no"], "verb": "x"},
            [("/orders/1", "bad_format"), ("/verb", "unknown_value")],
        ),
        ({"by": ""}, [("/by", "missing")]),
    ],
)
async def test_wrong_input_is_told_at_once_and_nobody_is_told_anything(
    door: Doubles, http: httpx.AsyncClient, changes: dict[str, object], faults: list[tuple[str, str]]
) -> None:
    body = {"verb": "approve", "orders": ["DE-1AB"], "by": "ana"} | changes
    assert told(await http.post(URL, json=body)) == (422, "refused", faults)
    assert door.journal == []


@pytest.mark.parametrize("orders", [[], [f"DE-{n}" for n in range(501)]])
async def test_none_or_too_many_are_refused(
    door: Doubles, http: httpx.AsyncClient, orders: list[str]
) -> None:
    assert (await http.post(URL, json={"verb": "approve", "orders": orders, "by": "ana"})).status_code == 422
    assert door.journal == []
