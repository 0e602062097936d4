"""Some sixty recorded orders on a real house: the worker is killed on the way, the replay too, and every order is accounted for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from activities.insight.audit import audit
from activities.order.standings import StandingReads
from activities.shared.database import Database
from models.insight.messages import AuditReport
from starter.connect import connect
from starter.olist.files import read_olist
from starter.olist.goods import goods
from starter.olist.importing import put
from starter.olist.lives import lives
from starter.olist.records import Olist
from starter.replay.accounting import Accounting
from starter.replay.plan import Act, Life, Step, spread
from starter.settings import Settings
from starter.snapshots import WorkflowSnapshots
from tests.replay_olist.made_up import DATA, WHY_SKIPPED
from workers.replay import Conduct, Told, replay
from workers.up.house import LocalHouse
from workers.up.options import HouseOptions

pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra `data`)")
pytestmark = [
    pytest.mark.engine,
    pytest.mark.journey,
    pytest.mark.fault,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not DATA.is_dir(), reason=WHY_SKIPPED),
]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[LocalHouse]:
    options = HouseOptions(home=tmp_path / "home", ui=False, courier=False)
    with LocalHouse(options, Settings(database_url="", temporal_address="")) as house:
        yield house


def sample(record: Olist) -> tuple[Life, ...]:
    """An even spread over the record, and one more of each kind and oddity that it lacks."""
    planned = lives(record)
    chosen = {life.number: life for life in spread(planned, 45)}
    seen = {kind for life in chosen.values() for kind in kinds(life)}
    for life in planned:
        if not seen.issuperset(kinds(life)):
            chosen[life.number] = life
            seen.update(kinds(life))
    return tuple(sorted(chosen.values(), key=lambda life: life.steps[0].due))


def kinds(life: Life) -> set[object]:
    return {(life.status, life.expected), *life.notes}


def test_each_of_sixty_orders_ends_where_the_record_says_although_worker_and_replay_are_killed(
    house: LocalHouse,
) -> None:
    record = read_olist(DATA)
    chosen = sample(record)
    with ThreadPoolExecutor(1) as thread:  # this thread's loop belongs to the tests
        accounting, recorded, report = thread.submit(asyncio.run, live(house, record, chosen)).result()
    assert accounting.differences == ()
    assert accounting.orders == len(chosen)
    assert len({status for status, _, _ in accounting.table}) == 8
    assert recorded == {life.number for life in chosen if not life.expected.startswith("refused")}
    assert house.restarts()["worker-1"] == 1
    assert [f"{one.invariant} {one.subject}: {one.detail}" for one in report.findings] == []


async def live(
    house: LocalHouse, record: Olist, chosen: tuple[Life, ...]
) -> tuple[Accounting, set[str], AuditReport]:
    async with Database(house.settings.database_url, size=2) as database:
        await put(goods(record), database)
        await broken_off(house, chosen)
        accounting = await replay(chosen, house.settings, Conduct(resume=True, patience_s=90, settle_s=40))
        recorded = await StandingReads(database).standings([life.number for life in chosen])
        snapshots = WorkflowSnapshots(await connect(house.settings))
        report = await audit(database, snapshots, journals=True, sample=len(chosen))
    return accounting, set(recorded), report


async def broken_off(house: LocalHouse, chosen: tuple[Life, ...]) -> None:
    """A replay in which the worker is killed after a quarter of the steps, and the replay itself after half of them."""
    steps = sum(len(life.steps) for life in chosen)
    done: list[Act] = []
    half = asyncio.Event()
    killing: list[asyncio.Future[None]] = []

    def did(step: Step) -> None:
        done.append(step.act)
        if len(done) == steps // 4:
            killing.append(asyncio.ensure_future(asyncio.to_thread(house.kill_worker)))
        if len(done) == steps // 2:
            half.set()

    first = asyncio.create_task(replay(chosen, house.settings, Conduct(at_once=16), Told(did=did)))
    halfway = asyncio.create_task(half.wait())
    await asyncio.wait({first, halfway}, return_when=asyncio.FIRST_COMPLETED)
    assert not first.done()
    first.cancel()
    await asyncio.gather(first, *killing, return_exceptions=True)
