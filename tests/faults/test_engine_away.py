"""Temporal is away: storefronts hand their orders in all the same, and every one of them is lived when it is back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx
import psycopg
import pytest

from tests.faults.test_lost_task import BODY, SEED, until
from workers.up.house import LocalHouse

pytestmark = [pytest.mark.engine, pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(300)]


def test_orders_are_taken_without_temporal_and_lived_when_it_is_back(
    house_of: Callable[[Mapping[str, str]], LocalHouse],
) -> None:
    house = house_of({})
    house.start()
    try:
        with psycopg.connect(house.settings.database_url) as connection:
            connection.execute(SEED)
        assert house.endpoints is not None
        with httpx.Client(base_url=house.endpoints.door, timeout=30, trust_env=False) as door:
            customers = [BODY["customer"] | {"customer_id": f"c-{nth}"} for nth in range(4)]
            bodies = [
                BODY | {"source_id": f"S-{nth}", "customer": customer}
                for nth, customer in enumerate(customers)
            ]
            house.kill_temporal()
            first = [door.post("/orders", json=body) for body in bodies]
            assert [answer.status_code for answer in first] == [201] * 4
            number = first[0].json()["order_number"]
            asked = door.get(f"/orders/{number}")
            assert (asked.status_code, asked.headers["retry-after"]) == (503, "1")
            reused = door.post("/orders", json=bodies[0] | {"locale": "de"})
            assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")
            house.restart_temporal()
            for answer in first:
                until(lambda path=answer.headers["location"]: waits_at_the_bench(door, path))  # type: ignore[misc]
            again = [door.post("/orders", json=body) for body in bodies]
            assert [answer.json() for answer in again] == [answer.json() for answer in first]
        with psycopg.connect(house.settings.database_url) as connection:
            query = "SELECT (SELECT count(*) FROM sales_order), (SELECT count(*) FROM taken_order)"
            assert connection.execute(query).fetchall() == [(4, 0)]
    finally:
        house.stop()


def waits_at_the_bench(door: httpx.Client, path: str) -> bool:
    answer = door.get(path)
    return answer.status_code == 200 and answer.json()["order"]["waiting_for"] == "bench"
