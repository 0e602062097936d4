"""The desk against a real Temporal server, with a small stand-in for the order's workflow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from models.allocation.messages import Received, StockReceipt
from models.order.messages import Acceptance, Answer, Decision, Order, Submission, Verdict
from models.order.run_state import StartOrder
from models.preparation.messages import BenchAnswer, BenchWork
from models.shared.errors import Conflict, NotFound, Unavailable
from models.shared.ids import workflow_id
from starter.connect import connect
from starter.desk import Desk
from starter.settings import Settings
from tests.rules.order_bodies import good_body, read
from workers.engine import LocalTemporal
from workflows.shared.details import SEARCH_ATTRIBUTES

pytestmark = pytest.mark.engine


@workflow.defn(name="OrderWorkflow")
class StandIn:
    """Accepts its own body, obeys until it is cancelled."""

    @workflow.init
    def __init__(self, start: StartOrder) -> None:
        self.order = start.order
        self.said: list[str] = []

    @workflow.run
    async def run(self, start: StartOrder) -> str:
        await workflow.wait_condition(lambda: "cancel" in self.said and workflow.all_handlers_finished())
        return "ended"

    @workflow.update
    async def submit(self, submission: Submission) -> Acceptance:
        same = submission.fingerprint == self.order.fingerprint
        verdict = Verdict.ACCEPTED if same else Verdict.KEY_REUSED
        return Acceptance(
            verdict=verdict, order_number=self.order.order_number, promised_by=workflow.info().start_time
        )

    @workflow.update
    async def approve(self, decision: Decision) -> Answer:
        self.said.append(f"approve by {decision.by}")
        return Answer(done=True, said=" / ".join(self.said))

    @workflow.update
    async def cancel(self, decision: Decision) -> Answer:
        self.said.append("cancel")
        return Answer(done=True, said="cancelled")

    @workflow.update
    async def release(self, decision: Decision) -> Answer:
        raise ApplicationError("no hold is open", type="not_allowed_now", non_retryable=True)

    @workflow.update
    async def bench(self, work: BenchWork) -> BenchAnswer:
        return BenchAnswer(done=True, said=work.parcel_id)


@workflow.defn(name="ReceiveStockWorkflow")
class StandInReceipt:
    @workflow.run
    async def run(self, receipt: StockReceipt) -> Received:
        return Received(on_hand=receipt.quantity)


class Books:
    """Records that hold what the test puts there."""

    def __init__(self) -> None:
        self.recorded: dict[str, Acceptance] = {}

    async def acceptance(self, order: Order) -> Acceptance | None:
        return self.recorded.get(order.order_number)

    async def end_of(self, order_number: str) -> str | None:
        return "cancelled" if order_number in self.recorded else None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalTemporal]:
    server = LocalTemporal(Path(tmp_path_factory.mktemp("desk")), search_attributes=SEARCH_ATTRIBUTES)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
async def client(server: LocalTemporal) -> AsyncIterator[Client]:
    client = await connect(Settings(temporal_address=server.address))
    async with Worker(
        client,
        task_queue="orderloom",
        workflows=[StandIn, StandInReceipt],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        yield client


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def desk(client: Client, books: Books) -> Desk:
    return Desk(client, books, Settings())


def order(source_id: str, **changes: object) -> Order:
    return read(good_body() | {"source_id": source_id} | changes)


async def test_the_same_body_gets_the_same_answer_and_another_body_is_a_reused_key(desk: Desk) -> None:
    first, *others = await asyncio.gather(*(desk.submit(order("A-1")) for _ in range(5)))
    assert (first.verdict, first.order_number) == (Verdict.ACCEPTED, order("A-1").order_number)
    assert others == [first] * 4
    assert (await desk.submit(order("A-1", locale="de"))).verdict is Verdict.KEY_REUSED


async def test_the_start_carries_summary_and_priority(desk: Desk, client: Client) -> None:
    urgent = order("A-2", service="express")
    await desk.submit(urgent)
    description = await client.get_workflow_handle(workflow_id(urgent.order_number)).describe()
    assert await description.static_summary() == urgent.summary()
    assert description.raw_description.workflow_execution_info.priority.priority_key == 1


async def test_a_decision_is_answered_and_its_repeat_is_harmless(desk: Desk) -> None:
    number = (await desk.submit(order("A-3"))).order_number
    decision = Decision(by="ana", request_id="r-1")
    first = await desk.decide(number, "approve", decision)
    assert (first.done, first.said) == (True, "approve by ana")
    assert await desk.decide(number, "approve", decision) == first


async def test_a_decision_that_cannot_be_obeyed_is_a_conflict_with_its_code(desk: Desk) -> None:
    number = (await desk.submit(order("A-4"))).order_number
    with pytest.raises(Conflict, match="no hold is open") as refused:
        await desk.decide(number, "release", Decision(by="ana"))
    assert refused.value.code == "not_allowed_now"


async def test_an_ended_order_repeats_its_answer_and_takes_no_decision(desk: Desk, books: Books) -> None:
    taken = await desk.submit(order("A-5"))
    await desk.decide(taken.order_number, "cancel", Decision(by="ana"))
    assert await desk.submit(order("A-5")) == taken
    books.recorded[taken.order_number] = taken.model_copy(update={"verdict": Verdict.KEY_REUSED})
    assert (await desk.submit(order("A-5", locale="de"))).verdict is Verdict.KEY_REUSED
    with pytest.raises(Conflict, match="the order has ended: cancelled"):
        await desk.decide(taken.order_number, "approve", Decision(by="ana"))


async def test_an_unknown_order_is_not_found_and_nothing_is_started(desk: Desk, client: Client) -> None:
    with pytest.raises(NotFound, match="there is no order XX-1"):
        await desk.decide("XX-1", "approve", Decision(by="ana"))
    with pytest.raises(NotFound):
        await desk.snapshot("XX-1")
    with pytest.raises(NotFound, match="there is no parcel XX-1"):
        await desk.bench(BenchWork(parcel_id="XX-1"))
    assert [one async for one in client.list_workflows('WorkflowId = "order-XX-1"')] == []


async def test_bench_work_finds_the_order_of_its_parcel(desk: Desk) -> None:
    number = (await desk.submit(order("A-6"))).order_number
    answer = await desk.bench(BenchWork(parcel_id=f"{number}-P1", by="bo"))
    assert (answer.done, answer.said) == (True, f"{number}-P1")


async def test_a_stock_receipt_is_booked_once(desk: Desk, client: Client) -> None:
    receipt = StockReceipt(receipt_id="R-1", warehouse="BER", sku="MUG-1", quantity=5)
    assert await desk.receive_stock(receipt) == Received(on_hand=5)
    assert await desk.receive_stock(receipt.model_copy(update={"by": "bo"})) == Received(on_hand=5)
    with pytest.raises(Conflict) as refused:
        await desk.receive_stock(receipt.model_copy(update={"quantity": 6}))
    assert refused.value.code == "key_reused"
    handle = client.get_workflow_handle("stock-receipt-R-1")
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED


async def test_a_server_that_is_away_is_unavailable() -> None:
    away = await connect(Settings(temporal_address="127.0.0.1:9"), lazy=True)
    desk = Desk(away, Books(), Settings())
    with pytest.raises(Unavailable):
        await desk.submit(order("A-7"))
    with pytest.raises(Unavailable):
        await desk.ping()
    with pytest.raises(Unavailable):
        await connect(Settings(temporal_address="127.0.0.1:9"))


async def test_no_worker_means_no_answer_in_time(
    client: Client, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.desk.TIMEOUT_S", 0.7)
    desk = Desk(client, books, Settings(task_queue="nobody"))
    with pytest.raises(Unavailable, match="repeating the same request is safe"):
        await desk.submit(order("A-8"))
