"""`python -m benchmarks.reviewers [--orders 1000] [--json]`: orders that wait for people, while everything is started anew.

Large orders wait for a reviewer; the worker and the workflow engine are killed and started again; then two reviewers decide about
each order at once, one for it and one against it. Ends with 1 when an order is lost, decided twice or not at all.
"""

import asyncio
import random
import time
from typing import Annotated, Any

import typer

from benchmarks.shop import Shop, findings, open_house, report, shopping
from workers.up.house import LocalHouse

_PRICE_MINOR = 90_000
_OPEN = "SELECT count(*) AS n FROM sales_order WHERE waiting_for = 'review' AND closed_at IS NULL"
_UNSETTLED = """
SELECT count(*) AS n FROM sales_order WHERE closed_at IS NULL AND waiting_for <> 'bench'"""
_DECISIONS = """
SELECT count(*) AS orders, count(*) FILTER (WHERE n > 1) AS twice, count(*) FILTER (WHERE n = 0) AS never FROM (
    SELECT o.order_number, count(f.seq) FILTER (WHERE f.what IN ('approve', 'reject')) AS n
    FROM sales_order o LEFT JOIN order_fact f USING (order_number) GROUP BY 1) AS decided"""


async def wait_for_people(house: LocalHouse, orders: int) -> dict[str, Any]:
    """Hand large orders in, and kill the worker and Temporal once all of them wait."""
    line = {"quantity": 2, "unit_price_minor": _PRICE_MINOR}
    total = {"total_minor": 2 * _PRICE_MINOR}
    paid = {"payment": {"method": "card", "token": "tok_ok", "amount_minor": 2 * _PRICE_MINOR}}
    begin = time.monotonic()
    async with shopping(house) as shop:
        numbers = await asyncio.gather(
            *(
                shop.order(n, lines=[{"sku": f"SKU-{n % 200 + 1}"} | line], **total, **paid)
                for n in range(orders)
            )
        )
        await shop.until(_OPEN, lambda found: found == orders)
        waiting_s = time.monotonic() - begin
        house.kill_worker()
        house.kill_temporal()
        await asyncio.to_thread(house.restart_temporal)
        begin = time.monotonic()
        verdicts = await asyncio.gather(*(_both(shop, number) for number in numbers))
        await shop.until(_UNSETTLED, lambda found: found == 0)
        (facts,) = await shop.rows(_DECISIONS)
    return {
        "orders": orders,
        "all_waited_after_s": round(waiting_s, 1),
        "all_decided_after_s": round(time.monotonic() - begin, 1),
        "approved": sum(said == (True, False) for said in verdicts),
        "rejected": sum(said == (False, True) for said in verdicts),
        "answered_both_or_neither": sum(approved is rejected for approved, rejected in verdicts),
        "lost": orders - facts["orders"],
        "decided_twice": facts["twice"],
        "undecided": facts["never"],
    }


async def _both(shop: Shop, number: str) -> tuple[bool, bool]:
    """One reviewer for it and one against it, at the same time; which of them was obeyed."""
    sides = [("approve", {"by": "ana", "request_id": "a"}), ("reject", {"by": "bo", "request_id": "r"})]
    random.Random(number).shuffle(sides)
    answers = await asyncio.gather(*(shop.say(f"/orders/{number}/{verb}", what) for verb, what in sides))
    obeyed = {
        verb: answer.status_code == 200 and answer.json()["done"]
        for (verb, _), answer in zip(sides, answers, strict=True)
    }
    return obeyed["approve"], obeyed["reject"]


def main(
    orders: Annotated[int, typer.Option(min=1, help="how many orders wait")] = 1_000,
    as_json: Annotated[bool, typer.Option("--json", help="end with one JSON object")] = False,
) -> None:
    """Measure."""
    with open_house() as house:
        figures = asyncio.run(wait_for_people(house, orders))
        figures["audit_findings"] = asyncio.run(findings(house))
    report(figures, as_json)
    wrong = ("answered_both_or_neither", "lost", "decided_twice", "undecided", "audit_findings")
    raise typer.Exit(any(figures[name] for name in wrong))


if __name__ == "__main__":
    typer.run(main)
