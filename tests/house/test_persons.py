"""Persons know only the door: what they say to it, and how they take its answers."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from starter.settings import Settings
from workers.simulation.bench_hand import BenchHand
from workers.simulation.care_clerk import CareClerk
from workers.simulation.customer import Customer
from workers.simulation.operator import Operator
from workers.simulation.person import DoorAway, Person
from workers.simulation.reviewer import Reviewer

Said = list[tuple[str, dict[str, Any]]]


class Door:
    """Orders by what they wait for, and everything that was said; answers `status` to whatever is said."""

    def __init__(self, orders: list[dict[str, Any]], status: int = 200) -> None:
        self.orders = orders
        self.status = status
        self.said: Said = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.said.append((request.url.path, json.loads(request.content)))
            return httpx.Response(self.status, json={"done": self.status == 200})
        if request.url.path == "/orders":
            wait = request.url.params["waiting_for"]
            found = [order for order in self.orders if order.get("waiting_for") == wait]
            return httpx.Response(200, json={"orders": found, "next": ""})
        return httpx.Response(200, json=self.orders)

    def person(self, kind: type[Person]) -> Person:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return kind(client, "http://door", Settings(person_seed=1))


def order(number: str, wait: str, *reasons: str) -> dict[str, Any]:
    return {
        "order_number": number,
        "waiting_for": wait,
        "waiting_since": "2026-03-01T12:00:00Z",
        "hold_reasons": list(reasons),
    }


async def test_a_reviewer_refuses_duplicates_releases_what_was_held_and_decides_alike_every_time() -> None:
    queue = [order(f"DE-{n}", "review", "possible_duplicate", "other") for n in range(3)]
    door = Door(queue)
    assert await door.person(Reviewer).look() == 3
    verbs = [path.rpartition("/")[2] for path, _ in door.said]
    assert verbs == ["release", "reject"] * 3
    many = Door([order(f"DE-{n}", "review", "large_order") for n in range(100)])
    again = Door(many.orders)
    for one in (many, again):
        await one.person(Reviewer).look()
    assert many.said == again.said
    assert {path.rpartition("/")[2] for path, _ in many.said} == {"approve", "hold", "reject"}


async def test_a_reviewer_only_releases_an_order_that_waits_for_its_release() -> None:
    door = Door([order("DE-1", "release", "other")])
    assert await door.person(Reviewer).look() == 1
    assert [path for path, _ in door.said] == ["/orders/DE-1/release"]


async def test_a_hand_does_all_steps_at_once_and_rests_from_a_parcel_that_cannot_be_worked() -> None:
    lines = [{"line_no": 1, "sku": "MUG", "quantity": 1}]
    door = Door(
        [{"parcel_id": "DE-1-P2", "order_number": "DE-1", "steps": ["pick"], "lines": lines}], status=409
    )
    hand = door.person(BenchHand)
    assert [await hand.look() for _ in range(3)] == [0, 0, 0]
    body = {"by": "bench-hand", "steps": ["check", "pack", "label"], "request_id": "bench:DE-1-P2:1"}
    assert door.said == [("/bench/parcels/DE-1-P2/steps", body)]


async def test_a_hand_reports_missing_pieces_of_few_parcels() -> None:
    lines = [{"line_no": 1, "sku": "MUG", "quantity": 1}]
    tasks = [
        {"parcel_id": f"DE-{n}-P1", "order_number": f"DE-{n}", "steps": [], "lines": lines}
        for n in range(200)
    ]
    door = Door(tasks)
    assert await door.person(BenchHand).look() == 200
    missing = [body for _, body in door.said if "missing_sku" in body]
    assert 1 <= len(missing) <= 12
    assert {(body["missing_sku"], body["missing"]) for body in missing} == {("MUG", 1)}


async def test_care_pays_a_second_loss_of_the_same_order_back() -> None:
    door = Door([order(f"DE-{n}", "parcel_decision") for n in range(20)])
    clerk = door.person(CareClerk)
    await clerk.look()
    first = {body["resolution"] for _, body in door.said}
    door.said.clear()
    door.orders = [one | {"waiting_since": "2026-03-02T12:00:00Z"} for one in door.orders]
    await clerk.look()
    assert (first, {body["resolution"] for _, body in door.said}) == ({"reship", "refund"}, {"refund"})


async def test_customers_say_a_thing_once_and_take_a_no() -> None:
    door = Door([order(f"DE-{n}", "receipt") for n in range(50)], status=409)
    customers = door.person(Customer)
    assert [await customers.look(), await customers.look()] == [0, 0]
    numbers = [path.split("/")[2] for path, _ in door.said]
    assert len(numbers) == len(set(numbers))
    assert {path.rpartition("/")[2] for path, _ in door.said} == {"confirm_receipt"}


async def test_an_operator_tries_again_whatever_waits_for_one() -> None:
    door = Door([order("DE-1", "carrier"), order("DE-2", "needs_attention"), order("DE-3", "stock")])
    assert await door.person(Operator).look() == 2
    assert [(path, body["action"]) for path, body in door.said] == [
        ("/orders/DE-2/attend", "retry"), ("/orders/DE-1/attend", "retry"),
    ]  # fmt: skip


async def test_a_door_that_asks_to_come_again_is_away_and_no_answer() -> None:
    door = Door([order("DE-1", "carrier")], status=503)
    with pytest.raises(DoorAway, match="attend: 503"):
        await door.person(Operator).look()
