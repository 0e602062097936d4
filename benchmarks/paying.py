"""`python -m benchmarks.paying [--orders 1000] [--json]`: webhook and client finish the same payment together.

Orders whose payment is pending are paid at the provider; its webhook comes up to five times and the client says up to five times
that it is paid, all at once and in random order, beside repeats of the order itself. The goods are delivered and the money is
taken. Ends with 1 when an order is not one order, with one authorisation and one capture, in the provider's journal as in ours.
"""

import asyncio
import random
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from activities.adapters.psp_simulator import PspSimulator
from activities.adapters.simulator.faults import FaultPlan
from activities.shared.database import Database
from benchmarks.shop import Shop, body, findings, open_house, report, shopping
from workers.up.house import LocalHouse

_MOST = 5
_TILLS = 4
_TOTAL_MINOR = 2_000
_PAYMENT = {"payment": {"method": "slip", "token": "tok_pending", "amount_minor": _TOTAL_MINOR}}
# A month of waiting is a second here.
_POLICY = {"deadlines": {"receipt_s": 1, "return_window_s": 1}}
_PENDING = "SELECT count(*) AS n FROM sales_order WHERE payment_state = 'pending'"
_OPEN = "SELECT count(*) AS n FROM sales_order WHERE closed_at IS NULL"
_REFERENCES = "SELECT order_number, reference FROM sim.psp_payment"
_WEBHOOK_AGAIN = """
INSERT INTO sim.webhook (source, event_id, subject, payload, deliver_at, next_at)
SELECT source, event_id, subject, payload, deliver_at, now() + make_interval(secs => %(late_s)s)
FROM sim.webhook WHERE subject = %(reference)s AND payload->>'type' = 'payment.authorised' ORDER BY id LIMIT 1"""
_OURS = """
SELECT count(DISTINCT o.order_number) AS orders, count(DISTINCT o.source_id) AS sources,
    count(*) FILTER (WHERE told = 1 AND captures = 1 AND captured_minor = total_minor) AS right
FROM sales_order o JOIN LATERAL (
    SELECT count(*) FILTER (WHERE what = 'payment_authorised') AS told, count(*) FILTER (WHERE what = 'payment_captured') AS captures
    FROM order_fact f WHERE f.order_number = o.order_number) AS facts ON true"""
_THEIRS = """
SELECT count(DISTINCT p.order_number) AS orders, count(*) FILTER (WHERE authorisations = 1 AND captures = 1
    AND p.captured_minor = p.amount_minor AND p.status = 'authorised' AND NOT p.voided) AS right
FROM sim.psp_payment p JOIN LATERAL (
    SELECT count(*) FILTER (WHERE operation = 'authorise') AS authorisations, count(*) FILTER (WHERE operation = 'capture') AS captures
    FROM sim.psp_request r WHERE r.reference = p.reference) AS asked ON true"""


async def finish(house: LocalHouse, orders: int, seed: int) -> dict[str, Any]:
    """Hand the orders in, let everybody finish every payment, wait for the end and count."""
    chance = random.Random(seed)
    begin = time.monotonic()
    async with shopping(house) as shop, Database(house.settings.database_url, size=4) as journal:
        provider = PspSimulator(journal, FaultPlan.none())
        bodies = [body(n) | _PAYMENT for n in range(orders)]
        numbers = await asyncio.gather(*(_hand_in(shop, order) for order in bodies))
        await shop.until(_PENDING, lambda found: found == orders)
        references = {row["order_number"]: row["reference"] for row in await shop.rows(_REFERENCES)}
        tills = asyncio.Semaphore(_TILLS)
        everything = [
            act
            for order, number in zip(bodies, numbers, strict=True)
            for act in _acts(shop, provider, tills, order, number, references[number], chance)
        ]
        chance.shuffle(everything)
        answers = await asyncio.gather(*everything)
        await shop.until(_OPEN, lambda found: found == 0)
        (ours,), (theirs,) = await shop.rows(_OURS), await shop.rows(_THEIRS)
        (hooks,) = await shop.rows("SELECT count(*) AS n FROM sim.webhook")
    return {
        "orders": orders,
        "seconds": round(time.monotonic() - begin, 1),
        "said_by_clients": sum(answers),
        "webhooks": hooks["n"],
        "orders_here": ours["orders"],
        "orders_at_the_provider": theirs["orders"],
        "wrong_here": orders - ours["right"],
        "wrong_at_the_provider": orders - theirs["right"],
    }


async def _hand_in(shop: Shop, order: dict[str, Any]) -> str:
    answer = await shop.say("/orders", order)
    answer.raise_for_status()
    return str(answer.json()["order_number"])


def _acts(
    shop: Shop,
    provider: PspSimulator,
    tills: asyncio.Semaphore,
    order: dict[str, Any],
    number: str,
    reference: str,
    chance: random.Random,
) -> list[Coroutine[Any, Any, int]]:
    """The payment itself with its webhooks, the client's words, and the order once more."""

    async def pay(again: int) -> int:
        async with tills, shop.database.reading() as cursor:
            await provider.settle_pending(reference, True, datetime.now(UTC))
            for _ in range(again):
                late_s = chance.random() * 2
                await cursor.execute(_WEBHOOK_AGAIN.encode(), {"reference": reference, "late_s": late_s})
        return 0

    async def confirm() -> int:
        await asyncio.sleep(chance.random() * 2)
        answer = await shop.say(f"/orders/{number}/confirm_payment", {"by": "storefront"})
        return int(answer.is_success)

    async def repeat() -> int:
        assert await _hand_in(shop, order) == number
        return 0

    return [pay(chance.randrange(_MOST)), *(confirm() for _ in range(chance.randint(1, _MOST))), repeat()]


def main(
    orders: Annotated[int, typer.Option(min=1, help="how many payments are finished")] = 1_000,
    seed: Annotated[int, typer.Option(help="of who says what when")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="end with one JSON object")] = False,
) -> None:
    """Measure."""
    with open_house(
        policy=_POLICY,
        courier=True,
        courier_speed=20.0,
        persons=("bench",),
        courier_lost_rate=0,
        courier_returned_rate=0,
    ) as house:
        figures = asyncio.run(finish(house, orders, seed))
        figures["audit_findings"] = asyncio.run(findings(house))
    report(figures, as_json)
    alike = figures["orders_here"] == figures["orders_at_the_provider"] == orders
    wrong = figures["wrong_here"] or figures["wrong_at_the_provider"] or figures["audit_findings"]
    raise typer.Exit(bool(wrong) or not alike)


if __name__ == "__main__":
    typer.run(main)
