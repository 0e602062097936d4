"""One dispute under way: its state, and the few ways to act on it.

Disputes are rare, so every step is scheduled by the server: what a person or the bank said is in the history before anything is
done about it (docs/adr/0016), and no step is lived again when a workflow task is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from activities.settlement.disputes.steps import DisputeSteps
from models.order.messages import Fact
from models.order.records import Notice, NoticeKind
from models.settlement.disputes.messages import Dispute, DisputeProgress, NoteDispute
from models.settlement.disputes.run_state import DisputeRun
from models.settlement.disputes.states import DisputeState, DisputeWait
from models.shared.errors import NOT_RETRYABLE
from models.shared.ids import dispute_key, fingerprint
from workflows.settlement.disputes.details import show
from workflows.shared.alarm import Alarm
from workflows.shared.cancelling import to_its_end

M = TypeVar("M", bound=BaseModel)

_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    maximum_interval=timedelta(seconds=30),
    maximum_attempts=8,
    non_retryable_error_types=NOT_RETRYABLE,
)


class DisputeLife:
    """One dispute under way. The main coroutine alone acts; messages put wishes into the state."""

    def __init__(self, dispute: Dispute) -> None:
        self.run = DisputeRun(dispute=dispute)
        self.alarm = Alarm()
        self.unwritten: list[Fact] = []
        self._shown: dict[str, object] = {}

    @property
    def dispute(self) -> Dispute:
        """The case as it was first told."""
        return self.run.dispute

    def key(self, step: str, version: str | int = 1) -> str:
        """The idempotency key of a step of this dispute."""
        return dispute_key(self.dispute.reference, step, version)

    def fact(self, what: str, actor: str = "orderloom", why: str = "") -> None:
        """Note a fact; it is written with the next note."""
        self.unwritten.append(
            Fact(what=f"dispute_{what}", actor=actor, why=why, data={"dispute": self.dispute.reference})
        )

    def progress(
        self, state: DisputeState, waiting_for: DisputeWait | None = None, deadline_at: datetime | None = None
    ) -> DisputeProgress:
        """Where a step leads: the state, and the wait that follows it from now on."""
        return DisputeProgress(
            state=state,
            waiting_for=waiting_for or "",
            waiting_since=self._since(waiting_for) if waiting_for else None,
            deadline_at=deadline_at,
        )

    async def do(self, step: Callable[[Any, Any], Awaitable[M]], request: BaseModel, summary: str) -> M:
        """Run a step to its end; one that used up its attempts waits for an operator, and is tried again."""
        answer = await self.attempt(step, request, summary, lambda: False)
        assert answer is not None, "without a way out it is tried until it is done"
        return answer

    async def attempt(
        self,
        step: Callable[[Any, Any], Awaitable[M]],
        request: BaseModel,
        summary: str,
        needless: Callable[[], bool],
    ) -> M | None:
        """The same, given up between two tries once it is `needless`: then None."""
        while True:
            try:
                answer = await self._once(step, request, summary)
            except ActivityError as error:
                await self._attention(summary, str(error.cause or error), needless)
                if needless():
                    return None
            else:
                self.run.remember(summary)
                return answer

    async def note(
        self, cause: str, progress: DisputeProgress, notices: tuple[Notice, ...] = (), **decided: str
    ) -> None:
        """Write down where it stands, with the facts noted since the last time; `cause` names the reason once and for all."""
        await self.do(DisputeSteps.note_dispute, self._noting(cause, progress, notices, **decided), cause)

    async def wait(self, name: DisputeWait, ready: Callable[[], bool], deadline: datetime | None) -> bool:
        """Wait until `ready`; False when the deadline passed. The step before wrote the wait into the row.

        A dispute does not end because somebody cancels its workflow: the bank goes on. It is noted, and the wait goes on.
        """
        run = self.run
        run.waiting_since = self._since(name)
        run.waiting_for, run.deadline_at = name, deadline
        while True:
            show(run, self._shown)
            try:
                return await self.alarm.until(ready, deadline)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is not None:
                    task.uncancel()
                self.fact("cancel_ignored", actor="operator", why="the bank's case goes on")

    def leave(self) -> None:
        """The wait is over."""
        run = self.run
        run.waiting_for = run.waiting_since = run.deadline_at = None
        run.overdue = False
        show(run, self._shown)

    def _since(self, name: DisputeWait) -> datetime:
        since = self.run.waiting_since if self.run.waiting_for is name else None
        return since or workflow.now()

    async def _once(self, step: Callable[[Any, Any], Awaitable[M]], request: BaseModel, summary: str) -> M:
        return await to_its_end(
            workflow.execute_activity_method(
                step,
                request,
                start_to_close_timeout=timedelta(seconds=15),
                retry_policy=_RETRY,
                summary=summary,
            )
        )

    def _noting(
        self, cause: str, progress: DisputeProgress, notices: tuple[Notice, ...], **decided: str
    ) -> NoteDispute:
        facts, self.unwritten = tuple(self.unwritten), []
        for fact in facts:
            self.run.remember(fact.what)
        told = fingerprint("|".join(fact.model_dump_json() for fact in facts))[:8]
        return NoteDispute(
            key=self.key(cause, told),
            reference=self.dispute.reference,
            order_number=self.dispute.order_number,
            progress=progress,
            facts=facts,
            notices=notices,
            **decided,
        )

    async def _attention(self, step: str, why: str, needless: Callable[[], bool]) -> None:
        """A step used up its attempts: tell operations; it is tried again when they say so, or by itself after a while."""
        run = self.run
        before = run.waiting_for, run.waiting_since, run.deadline_at
        now = workflow.now()
        until = now + timedelta(seconds=run.policy.attention_s)
        run.attention_step, run.attention = step, ""
        run.waiting_for = None
        self.fact("needs_attention", why=f"{step}: {why}")
        letter = Notice(
            kind=NoticeKind.DISPUTE_STUCK,
            about=f"{self.dispute.reference}:{step}",
            data={"what": step, "why": why[:500], "dispute": self.dispute.reference},
        )
        request = self._noting(
            f"attention:{now:%Y-%m-%dT%H:%M:%S}",
            self.progress(run.state, DisputeWait.ATTENTION, until),
            (letter,),
        )
        with suppress(
            ActivityError
        ):  # perhaps it is the database that is away: the wait is shown all the same
            await self._once(DisputeSteps.note_dispute, request, "needs attention")
        await self.wait(DisputeWait.ATTENTION, lambda: run.attention == "retry" or needless(), until)
        run.attention_step = run.attention = ""
        run.waiting_for, run.waiting_since, run.deadline_at = before
