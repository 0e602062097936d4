"""Records histories of the workflows as they are today: `python -m tests.replay.record VERSION`.

Run it for every released version, on a server of its own; the files are replayed by every later version's tests.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from models.order.messages import Order
from models.shared.ids import dispute_workflow_id, workflow_id
from starter.settings import Settings
from tests.faults.conftest import living_in
from tests.workflows.disputing import CASES, Disputed
from tests.workflows.lives import LIVES, refunded
from tests.workflows.living import Lived
from workers.up.house import LocalHouse
from workers.up.options import HouseOptions

HISTORIES = Path(__file__).parent / "histories"
IDENTITY = re.compile(r'"identity": *"[^"]*"')


async def record(lived: Lived, life: Callable[[Lived], Awaitable[Order | Disputed]], folder: Path) -> None:
    """Live one life, of an order or of a dispute, and keep its history."""
    lives = await life(lived)
    name = (
        workflow_id(lives.order_number) if isinstance(lives, Order) else dispute_workflow_id(lives.reference)
    )
    history = await lived.environment.client.get_workflow_handle(name).fetch_history()
    nameless = IDENTITY.sub('"identity": "recorder"', history.to_json())
    (folder / f"{life.__name__}.json").write_text(nameless + "\n", encoding="utf-8")


async def record_all(house: LocalHouse, folder: Path) -> None:
    """Every life, one after the other."""
    async with living_in(house) as lived:
        lived.task_timeout = timedelta(seconds=10)
        for life in (*LIVES, refunded, *CASES):
            await record(lived, life, folder)


def main(version: str) -> None:
    """Record into `histories/<version>`."""
    folder = HISTORIES / version
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        policy = {"deadlines": {"return_window_s": 1}}
        options = HouseOptions(home=Path(home) / "house", ui=False, courier=False, policy=policy)
        with LocalHouse(options, Settings()) as house:
            asyncio.run(record_all(house, folder))


if __name__ == "__main__":
    main(sys.argv[1])
