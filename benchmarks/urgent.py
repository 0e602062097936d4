"""`python -m benchmarks.urgent [--orders 500] [--urgent 10] [--json]`: who is served first when there is more than enough to do.

Ordinary orders come all at once; urgent ones come in between. Served is an order that waits for the bench: everything that the
system does by itself is done. Ends with 1 when urgent orders take more than a tenth of the ordinary ones' median time, or an
ordinary one is not served.
"""

import asyncio
import statistics
import time
from typing import Annotated, Any

import typer

from benchmarks.shop import findings, open_house, report, shopping
from workers.up.house import LocalHouse

_SERVED = "SELECT count(*) AS n FROM sales_order WHERE waiting_for = 'bench'"
_WHEN = "SELECT order_number, extract(epoch FROM waiting_since)::float8 AS at FROM sales_order WHERE waiting_for = 'bench'"
_SHARE = 0.1


async def crowd(house: LocalHouse, orders: int, urgent: int) -> dict[str, Any]:
    """Hand both kinds in, wait until all are served, and compare."""
    handed: dict[str, tuple[float, bool]] = {}
    async with shopping(house) as shop:

        async def hand_in(number: int, express: bool) -> None:
            at = time.time()
            service = {"service": "express"} if express else {}
            handed[await shop.order(number, **service)] = (at, express)

        ordinary = [asyncio.create_task(hand_in(n, False)) for n in range(orders)]
        await asyncio.sleep(2)
        for n in range(urgent):
            await hand_in(orders + n, True)
            await asyncio.sleep(0.5)
        await asyncio.gather(*ordinary)
        await shop.until(_SERVED, lambda found: found == orders + urgent)
        served = {row["order_number"]: row["at"] for row in await shop.rows(_WHEN)}
    took = {
        kind: sorted(served[number] - at for number, (at, express) in handed.items() if express is kind)
        for kind in (False, True)
    }
    return {
        "ordinary": orders,
        "urgent": urgent,
        "ordinary_median_s": round(statistics.median(took[False]), 2),
        "ordinary_max_s": round(took[False][-1], 2),
        "urgent_median_s": round(statistics.median(took[True]), 2),
        "urgent_max_s": round(took[True][-1], 2),
        "share": round(statistics.median(took[True]) / statistics.median(took[False]), 3),
    }


def main(
    orders: Annotated[int, typer.Option(min=1, help="ordinary orders, all at once")] = 500,
    urgent: Annotated[int, typer.Option(min=1, help="urgent orders in between")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="end with one JSON object")] = False,
) -> None:
    """Measure."""
    with open_house() as house:
        figures = asyncio.run(crowd(house, orders, urgent))
        figures["audit_findings"] = asyncio.run(findings(house))
    report(figures, as_json)
    raise typer.Exit(figures["share"] > _SHARE or bool(figures["audit_findings"]))


if __name__ == "__main__":
    typer.run(main)
