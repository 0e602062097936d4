"""The desk: everything that a door may ask of Temporal. Doors write only through it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.allocation.messages import Received, StockReceipt
from models.allocation.preorders import PreorderChanged, SetPreorder
from models.intake.rules import classify, prioritise
from models.order.messages import (
    Acceptance,
    Answer,
    Attend,
    Decision,
    Hold,
    Order,
    PayAgain,
    Release,
    Resolve,
    Submission,
)
from models.order.policy import ReviewPolicy
from models.order.run_state import Snapshot, StartOrder
from models.preparation.messages import BenchAnswer, BenchWork
from models.review.desk import Approve, Ask, Claim, Delegate, Reply, RequireDeposit
from models.shared.errors import Conflict, ErrorCode, NotFound, Refused, Unavailable
from models.shared.ids import fingerprint, order_of, workflow_id
from starter.once import once
from starter.rpc import answering
from starter.settings import Settings
from workflows.shared.details import at_start

A = TypeVar("A")

# What a person can say to an order, and in which words.
VERBS: dict[str, type[Decision]] = {
    "approve": Approve,
    "require_deposit": RequireDeposit,
    "hold": Hold,
    "release": Release,
    "reject": Decision,
    "claim": Claim,
    "delegate": Delegate,
    "ask": Ask,
    "reply": Reply,
    "cancel": Decision,
    "pay_again": PayAgain,
    "pay_deposit": PayAgain,
    "confirm_payment": Decision,
    "confirm_receipt": Decision,
    "attend": Attend,
    "resolve": Resolve,
}
TIMEOUT_S = 10.0
# Temporal bounds a summary in bytes.
SUMMARY_BYTES = 390


class Records(Protocol):
    """What the desk reads when Temporal has nothing to say any more."""

    async def acceptance(self, order: Order) -> Acceptance | None:
        """What a submission that repeats a recorded one is answered."""
        ...

    async def end_of(self, order_number: str) -> str | None:
        """How an order ended, empty while it has not; None when there is none."""
        ...


class Desk:
    """Starts, updates and queries workflows. Every method raises `Unavailable`, and what it names itself."""

    def __init__(
        self, client: Client, records: Records, settings: Settings, policy: ReviewPolicy | None = None
    ) -> None:
        """`policy` decides only who is served first; the order itself judges by its own active policy."""
        self._client = self.client = client
        self._records = records
        self._task_queue = settings.task_queue
        self._policy = policy or ReviewPolicy()

    async def submit(self, order: Order) -> Acceptance:
        """Start the order's workflow, or find it, and wait for its answer. The same body gets the same answer, always.

        Raises `Conflict` (`key_reused`) when the number was burnt by an order that was never recorded.
        """
        update_id = f"submit:{order.fingerprint}"
        start = self._start(order)
        try:
            async with answering(TIMEOUT_S), heard(start):
                answer: Acceptance = await self._client.execute_update_with_start_workflow(
                    "submit",
                    Submission(fingerprint=order.fingerprint),
                    start_workflow_operation=start,
                    id=update_id,
                    result_type=Acceptance,
                    rpc_timeout=timedelta(seconds=TIMEOUT_S),
                )
                return answer
        except WorkflowAlreadyStartedError as closed:
            return await self._said_before(order, update_id, closed.first_run_id)
        except (Conflict, NotFound):
            # The order ended, or went on in a new run, while the update was on its way.
            return await self._said_before(order, update_id, None)

    async def decide(self, order_number: str, verb: str, message: Decision) -> Answer:
        """Say something to an order. `verb` is one of `VERBS`; a request id makes a repeat harmless.

        Raises `NotFound`, and `Conflict` when it cannot be obeyed now.
        """
        update_id = f"{verb}:{message.request_id}" if message.request_id else None
        return await self._update(order_number, verb, message, Answer, update_id)

    async def bench(self, work: BenchWork) -> BenchAnswer:
        """Tell the order of a parcel what the bench did. Raises `NotFound`, `Conflict`."""
        order_number = order_of(work.parcel_id)
        if not order_number:
            raise NotFound(f"there is no parcel {work.parcel_id}")
        update_id = f"bench:{work.request_id}" if work.request_id else None
        return await self._update(order_number, "bench", work, BenchAnswer, update_id)

    async def receive_stock(self, receipt: StockReceipt) -> Received:
        """Book goods from a supplier. A repeat gets the first answer.

        Raises `Conflict` (`key_reused`) when the receipt id was used for other goods.
        """
        told = fingerprint(receipt.model_dump_json(exclude={"by"}))
        summary = f"{receipt.quantity} × {receipt.sku} at {receipt.warehouse}"
        async with answering(TIMEOUT_S):
            return await once(
                self._client, "ReceiveStockWorkflow", receipt, Received, f"stock-receipt-{receipt.receipt_id}",
                self._task_queue, told, summary,
            )  # fmt: skip

    async def set_preorder(self, change: SetPreorder) -> PreorderChanged:
        """Open or change a preorder; orders that wait for it hear of another date. A repeat gets the first answer.

        Raises `Refused` with every fault, `Conflict` (`key_reused`) when the request id was used for another change.
        """
        told = fingerprint(change.model_dump_json(exclude={"by", "why"}))
        async with answering(TIMEOUT_S):
            answer = await once(
                self._client, "SetPreorderWorkflow", change, PreorderChanged, f"preorder-{change.request_id}",
                self._task_queue, told, f"preorder of {change.sku}",
            )  # fmt: skip
        if answer.problems:
            raise Refused(list(answer.problems))
        return answer

    async def snapshot(self, order_number: str) -> Snapshot:
        """Where an order stands, as its workflow sees it. Raises `NotFound`."""
        handle = self._client.get_workflow_handle(workflow_id(order_number))
        async with answering(TIMEOUT_S):
            seen: Snapshot = await handle.query(
                "snapshot", result_type=Snapshot, rpc_timeout=timedelta(seconds=TIMEOUT_S)
            )
            return seen

    async def ping(self) -> None:
        """Ask Temporal for a sign of life."""
        async with answering(2.0):
            if not await self._client.service_client.check_health(timeout=timedelta(seconds=2)):
                raise Unavailable("Temporal does not serve")

    def _start(self, order: Order) -> WithStartWorkflowOperation[object, object]:
        priority = prioritise(order, classify(order, self._policy))
        return WithStartWorkflowOperation(
            "OrderWorkflow",
            StartOrder(order=order),
            id=workflow_id(order.order_number),
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            priority=Priority(priority_key=priority),
            search_attributes=at_start(order, priority),
            static_summary=order.summary().encode()[:SUMMARY_BYTES].decode(errors="ignore"),
        )

    async def _update(
        self, order_number: str, name: str, message: Decision, result: type[A], update_id: str | None
    ) -> A:
        handle = self._client.get_workflow_handle(workflow_id(order_number))
        try:
            async with answering(TIMEOUT_S):
                answer: A = await handle.execute_update(
                    name,
                    message,
                    id=update_id,
                    result_type=result,
                    rpc_timeout=timedelta(seconds=TIMEOUT_S),
                )
                return answer
        except NotFound:
            end = await self._records.end_of(order_number)
            if end is None:
                raise NotFound(f"there is no order {order_number}") from None
            raise Conflict(ErrorCode.NOT_ALLOWED_NOW, f"the order has ended: {end or 'unknown'}") from None

    async def _said_before(self, order: Order, update_id: str, first_run_id: str | None) -> Acceptance:
        """What a closed order was answered: by its own update while Temporal keeps it, else by what is recorded."""
        if first_run_id:
            first = self._client.get_workflow_handle(workflow_id(order.order_number), run_id=first_run_id)
            update = first.get_update_handle(update_id, result_type=Acceptance)
            try:
                async with answering(TIMEOUT_S):
                    said: Acceptance = await update.result(rpc_timeout=timedelta(seconds=2))
                    return said
            except (NotFound, Conflict, Unavailable):
                pass
        recorded = await self._records.acceptance(order)
        if recorded is None:
            why = f"{order.order_number} belongs to an order that was never taken"
            raise Conflict(ErrorCode.KEY_REUSED, why)
        return recorded


@asynccontextmanager
async def heard(start: WithStartWorkflowOperation[Any, Any]) -> AsyncIterator[None]:
    """Take note of a start's failure, which would be logged with its traceback much later, in the middle of anything."""
    try:
        yield
    except Exception:
        with suppress(Exception):
            await asyncio.wait_for(start.workflow_handle(), 0.01)
        raise
