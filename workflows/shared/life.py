"""One order under way: its state, and the few ways to act on it.

The main coroutine alone acts and writes; messages only put wishes into the state. So nothing is ever written out of order.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.order.steps import OrderSteps
from models.order.holds import first_end, reasons
from models.order.messages import Fact, Order, Progress
from models.order.records import Axes, Notice, RecordFacts
from models.order.run_state import OrderRun, Undo
from models.order.states import FULFILMENT_AXIS, FulfilmentState, Outcome, PaymentState, Stage
from models.order.waits import WaitingFor
from models.preparation.messages import BenchAnswer
from models.shared.errors import NOT_RETRYABLE
from models.shared.ids import fingerprint, step_key
from workflows.shared.alarm import Alarm
from workflows.shared.cancelling import to_its_end
from workflows.shared.details import Shown
from workflows.shared.jobs import BenchJob

M = TypeVar("M", bound=BaseModel)

_LOCAL_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=5),
    maximum_attempts=20,
    non_retryable_error_types=NOT_RETRYABLE,
)
_EXTERNAL_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    maximum_interval=timedelta(seconds=30),
    maximum_attempts=8,
    non_retryable_error_types=NOT_RETRYABLE,
)


class OrderEnds(Exception):
    """The order is to end before its time: cancelled, rejected, unpaid. `run.ending` says how."""


class OrderLife:
    """One order under way."""

    def __init__(self, order: Order, run: OrderRun | None) -> None:
        self.order = order
        self.run = run or OrderRun(method=order.payment.method, token=order.payment.token)
        self.run.line_nos = tuple(line.line_no for line in order.lines)
        self.alarm = Alarm()
        self.shown = Shown()
        # The wait that the row tells of, by the last step that wrote it: only another one has to be written anew.
        self.on_board: WaitingFor | None = None
        self.jobs: list[BenchJob] = []
        # Somebody said something by an update in this workflow task: not in the history before the task ends.
        self.fresh = False
        self.attend: Callable[[str, str, bool], Awaitable[str]] | None = None
        # Who looks after money that is held, from within any wait; `guarding`: it is at work, and waits itself.
        self.guard: Callable[[], Awaitable[None]] | None = None
        self.guarding = False

    def key(self, step: str, version: str | int = 1) -> str:
        """The idempotency key of a step of this order."""
        return step_key(self.order.order_number, step, version)

    @staticmethod
    def key_of_facts(key: str, facts: tuple[Fact, ...]) -> str:
        """A key that tells other facts apart: a workflow task that was lost after its step ran may be lived again differently."""
        return f"{key}:{fingerprint('|'.join(fact.model_dump_json() for fact in facts))[:8]}"

    def progress(self, stage: Stage, leads_to: FulfilmentState | None = None) -> Progress:
        """Where the order stands while it works, and where the goods stand once the step succeeded."""
        self.run.stage, self.on_board = stage, None
        return Progress(
            order_number=self.order.order_number,
            stage=stage,
            holds=reasons(self.run.holds),
            open_holds=tuple(self.run.holds),
            fulfilment_state=self.reachable(leads_to) if leads_to else None,
        )

    def reachable(self, state: FulfilmentState) -> FulfilmentState | None:
        """The state if the goods may move there now: one parcel's step never takes back what another reached."""
        return state if FULFILMENT_AXIS.allows(self.run.fulfilment_state, state) else None

    def end(self, outcome: Outcome, why: str, by: str = "orderloom") -> None:
        """Ask the main coroutine to end the order at its next gate."""
        if self.run.ending is None:
            self.run.ending, self.run.ending_why, self.run.ending_by = outcome, why, by

    def fact(
        self,
        what: str,
        actor: str = "orderloom",
        why: str = "",
        data: dict[str, str | int | None] | None = None,
    ) -> None:
        """Note a fact; it is written with the next wait."""
        self.run.unwritten.append(Fact(what=what, actor=actor, why=why, data=data or {}))

    def drop_undo(self, step: str, key: str) -> None:
        """An undo of which nothing is left to undo."""
        self.run.undos = [undo for undo in self.run.undos if (undo.step, undo.key) != (step, key)]

    def will_undo(self, step: str, key: str, parcel_id: str = "") -> None:
        """Register an undo before its step runs."""
        undo = Undo(step=step, parcel_id=parcel_id, key=key)
        if undo not in self.run.undos:
            self.run.undos.append(undo)

    @property
    def money_calls(self) -> bool:
        """The guardian of the money has to act now."""
        return not self.guarding and self.run.money_calls(workflow.now())

    @property
    def next_ring(self) -> datetime | None:
        """When a wait has to stir at the latest: its deadline, the time to renew the money, or the end of a hold."""
        run = self.run
        renewal = run.renew_at if run.payment_state is PaymentState.AUTHORISED and not self.guarding else None
        others = () if run.ending else (renewal, first_end(run.holds))
        times = [at for at in (run.deadline_at, *others) if at is not None]
        return min(times, default=None)

    async def call_guard(self) -> None:
        """Let the guardian act; what it waits for itself does not call it again."""
        assert self.guard is not None
        self.guarding = True
        try:
            await self.guard()
        finally:
            self.guarding = False

    def answer_jobs(self, said: str, begun: bool = False) -> None:
        """Answer the benches that still ask: not done, and why. One whose work has begun is answered by who does it."""
        for job in [job for job in self.jobs if begun or not job.begun]:
            job.answer = job.answer or BenchAnswer(done=False, said=said)
            self.jobs.remove(job)

    async def local(self, step: Callable[[Any, Any], Awaitable[M]], request: BaseModel, summary: str) -> M:
        """Run a database step; one that used up its attempts waits for an operator."""
        return await self._insist(summary, lambda: self.attempt(step, request, summary), None)

    async def attempt(self, step: Callable[[Any, Any], Awaitable[M]], request: BaseModel, summary: str) -> M:
        """Run a database step, and let its failure through."""
        return await to_its_end(
            workflow.execute_local_activity_method(
                step,
                request,
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy=_LOCAL_RETRY,
                summary=summary,
            )
        )

    def writing(self) -> Callable[[Callable[[Any, Any], Awaitable[M]], BaseModel, str], Awaitable[M]]:
        """How the next facts are written: by a local step, or by one that the server schedules when somebody's word is fresh.

        A local step may be done by a workflow task that is lost, and the word with it: then a decision would stand in the books
        that nobody made. What is scheduled comes after the word is in the history.
        """
        fresh, self.fresh = self.fresh, False
        return self._scheduled if fresh else self.attempt

    async def _scheduled(
        self, step: Callable[[Any, Any], Awaitable[M]], request: BaseModel, summary: str
    ) -> M:
        return await to_its_end(
            workflow.execute_activity_method(
                step,
                request,
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy=_EXTERNAL_RETRY,
                summary=summary,
            )
        )

    async def external(
        self,
        step: Callable[[Any, Any], Awaitable[M]],
        request: BaseModel,
        summary: str,
        skip_with: M | None = None,
    ) -> M:
        """Touch the outside; a step that used up its attempts waits for an operator, who may skip it where `skip_with` is given."""

        return await self._insist(summary, lambda: self._scheduled(step, request, summary), skip_with)

    async def record(
        self,
        key: str,
        stage: Stage,
        facts: tuple[Fact, ...] = (),
        notices: tuple[Notice, ...] = (),
        axes: Axes | None = None,
    ) -> None:
        """Write facts, notices and axes between the stages."""
        told = (*self.take_unwritten(), *facts)
        request = RecordFacts(
            key=self.key_of_facts(key, told),
            order_number=self.order.order_number,
            progress=self.progress(stage),
            axes=axes or Axes(),
            facts=told,
            notices=notices,
        )
        write = self.writing()
        await self._insist(
            "write facts", lambda: write(OrderSteps.record_facts, request, "write facts"), None
        )

    def take_unwritten(self) -> tuple[Fact, ...]:
        """The facts noted since the last write."""
        facts = tuple(self.run.unwritten)
        self.run.unwritten.clear()
        for fact in facts:
            self.run.remember(fact.what)
        return facts

    async def _insist(self, name: str, once: Callable[[], Awaitable[M]], skip_with: M | None) -> M:
        while True:
            try:
                answer = await once()
            except ActivityError as error:
                if is_cancelled_exception(error) or self.attend is None:
                    raise
                cause = error.cause or error
                action = await self.attend(name, str(cause), skip_with is not None)
                if action == "abort":
                    self.end(Outcome.CANCELLED, f"operator aborted {name}")
                    raise OrderEnds from error
                if action == "skip" and skip_with is not None:
                    return skip_with
            else:
                self.run.remember(name)
                return answer


async def finish_handlers(life: OrderLife) -> None:
    """Answer what is still asked, so that no message is lost when the run ends."""
    life.answer_jobs(f"the order is {life.run.order_state}", begun=True)
    await workflow.wait_condition(workflow.all_handlers_finished)
