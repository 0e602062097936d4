"""A whole house of processes, with tests that speak to its orders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.insight.audit import audit
from activities.shared.database import Database
from starter.connect import connect
from starter.settings import Settings
from starter.snapshots import WorkflowSnapshots
from tests.workflows.living import Lived
from tests.workflows.made import seed
from workers import wiring
from workers.up.house import LocalHouse
from workers.up.options import HouseOptions

Opened = Callable[[LocalHouse], AbstractAsyncContextManager[Lived]]


@dataclass
class RealClock:
    """A server whose time passes by itself."""

    client: Client

    def with_time_skipping_disabled(self) -> AbstractContextManager[None]:
        """It never skips."""
        return nullcontext()

    async def fast_forward(self, handle: WorkflowHandle[Any, Any], duration: float, /) -> bool:
        """It cannot."""
        raise NotImplementedError("real time passes by itself")


@pytest.fixture
def house_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], LocalHouse]:
    """A house that is not started yet, with the children's additional environment."""
    for name in ("DATABASE_URL", "TEMPORAL_ADDRESS"):
        monkeypatch.delenv(name, raising=False)

    def build(environment: Mapping[str, str]) -> LocalHouse:
        # The bank is asked after a second, as if its news were lost.
        policy = {"deadlines": {"return_window_s": 1}, "settlement": {"disputes": {"verdict_s": 1}}}
        options = HouseOptions(
            home=tmp_path / "house",
            workers=2,
            ui=False,
            courier=False,
            policy=policy,
            environment=environment,
        )
        return LocalHouse(options, Settings())

    return build


@asynccontextmanager
async def living_in(house: LocalHouse) -> AsyncIterator[Lived]:
    """Stock on the shelves, then orders; at the end the audit, workflows included, must be clean."""
    settings = house.settings
    async with Database(settings.database_url, size=10) as database:
        await seed(database)
        client = await connect(settings)
        world = wiring.outside(database, settings)
        lived = Lived(
            RealClock(client), database, world, settings.task_queue, timedelta(seconds=2), patience_s=120
        )
        yield lived
        await lived.settle()
        report = await audit(database, WorkflowSnapshots(client), journals=True, grace_s=60)
        assert [f"{one.invariant} {one.subject}: {one.detail}" for one in report.findings] == []
