"""The only way to wait. Every wait has a name, a deadline, who can end it, and a runbook."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.order.steps import OrderSteps
from models.order.hold_rules import end_over, stopped
from models.order.holds import reasons, told
from models.order.messages import Progress
from models.order.records import Axes, RecordFacts
from models.order.rules import rule_holds
from models.order.run_state import OrderRun, StartOrder
from models.order.waits import WAITS, WaitingFor
from workflows.shared.cancelling import heed_cancellation
from workflows.shared.details import current_details
from workflows.shared.letters import letters_about
from workflows.shared.life import OrderEnds, OrderLife
from workflows.shared.overdue import press, remind

ENDS_BY_ITSELF = frozenset(
    {
        WaitingFor.PAYMENT,
        WaitingFor.OTHER_PAYMENT,
        WaitingFor.DEPOSIT,
        WaitingFor.RECEIPT,
        WaitingFor.RETURN_WINDOW,
        WaitingFor.PARCEL_DECISION,
    }
)


def will_wait(life: OrderLife, name: WaitingFor) -> Progress:
    """The progress that a step writes when the order is going to wait right after it: saves a write of its own."""
    _begin(life, name)
    return _progress(life)


def resume_wait(life: OrderLife, name: WaitingFor, due_at: datetime | None) -> None:
    """Go on with a wait that other work interrupted: it is due when it was, unless that has passed."""
    if life.run.waiting_for is not name:
        _begin(life, name)
        if due_at and due_at > workflow.now():
            life.run.deadline_at = due_at


async def wait_for(
    life: OrderLife,
    name: WaitingFor,
    ready: Callable[[], bool],
    *,
    holdable: bool = True,
    endable: bool = True,
    since: datetime | None = None,
    look_at: datetime | None = None,
) -> bool:
    """Wait until `ready`; False when the deadline of a wait that ends by itself passed.

    `since` (UTC): it goes on with a wait that began then, so its deadline counts from there. `look_at` (UTC): `ready` may become
    true by that time alone.

    The row is written only when it does not tell this wait already: a step may have written it (`will_wait`).
    `holdable`: here the order waits for a release while holds leave nothing of it that may go on. `endable`: a cancellation
    raises `OrderEnds` here. Holds whose time is over end in any wait.
    """
    run = life.run
    while True:
        heed_cancellation()
        _end_holds(life)
        if life.fresh:
            await _show(life)
        if endable and run.ending:
            raise OrderEnds
        if holdable and stopped(run):
            await _wait_for_release(life, endable)
            continue
        if life.money_calls:
            await life.call_guard()
            continue
        if ready() and not run.unwritten:
            _leave(life)
            return True
        _begin(life, name, since)
        if name is WaitingFor.RELEASE and not run.overdue:
            run.deadline_at = _release_due(run)
        await _show(life)
        if run.waiting_for is not name:  # an operator was needed in between
            continue
        _continue_as_new(life)

        def stirred() -> bool:
            held_up = (endable and run.ending) or (holdable and stopped(run)) or life.money_calls
            return bool(ready() or run.unwritten or held_up)

        rings = [at for at in (life.next_ring, look_at) if at is not None]
        rung = not await life.alarm.until(stirred, min(rings, default=None))
        if not rung or _end_holds(life) or not _is_over(run):
            continue
        if name in ENDS_BY_ITSELF:
            _leave(life)
            return False
        if name is WaitingFor.REVIEW and run.desk.sla:
            press(life, run.desk.sla)
        else:
            remind(life, name)


async def gate(life: OrderLife) -> None:
    """Nothing passes here while the order is ending, or while holds leave nothing of it that may go on."""
    if life.run.unwritten:
        await life.record(life.key("gate", life.run.version("gate")), life.run.stage)
    await wait_for(life, WaitingFor.RELEASE, lambda: True)


async def wait_for_attention(
    life: OrderLife, step: str, why: str, can_skip: bool, name: WaitingFor = WaitingFor.ATTENTION
) -> str:
    """A step used up its attempts: an operator says `retry`, `skip` or `abort`."""
    run = life.run
    run.attention_step, run.attention, run.can_skip = step, why, can_skip
    life.fact("needs_attention", why=f"{step}: {why}")
    answered: list[str] = []

    def ready() -> bool:
        if run.attention in ("retry", "skip", "abort"):
            answered.append(run.attention)
        return bool(answered)

    try:
        await wait_for(life, name, ready, holdable=False, endable=name is WaitingFor.CARRIER)
    finally:
        run.attention_step, run.attention, run.can_skip = "", "", False
    return answered[0]


async def _wait_for_release(life: OrderLife, endable: bool) -> None:
    """Benches that asked before the hold came are told no, and hear of it at once."""
    run = life.run
    life.answer_jobs(f"the order is on hold: {told(run.holds)}")
    await wait_for(life, WaitingFor.RELEASE, lambda: not stopped(run), holdable=False, endable=endable)


def _begin(life: OrderLife, name: WaitingFor, since: datetime | None = None) -> None:
    run = life.run
    if run.waiting_for is name:
        return
    run.stage, run.waiting_for, run.overdue = WAITS[name].stage, name, False
    run.waiting_since = since or workflow.now()
    run.deadline_at = _due(run, name)


def _due(run: OrderRun, name: WaitingFor) -> datetime | None:
    """The wait's own deadline by the policy."""
    seconds = getattr(run.policy.deadlines, f"{name.value}_s")
    since = run.waiting_since or workflow.now()
    return since + timedelta(seconds=seconds) if seconds is not None else None


def _release_due(run: OrderRun) -> datetime | None:
    """When a release is due: each hold at its own end, and one without an end as the policy says."""
    due = _due(run, WaitingFor.RELEASE)
    return min((at for at in (hold.until or due for hold in run.holds) if at), default=due)


def _end_holds(life: OrderLife) -> bool:
    """End the holds whose time is over; whether there were any."""
    over = end_over(life.run, workflow.now())
    for hold in over:
        life.fact("hold_ended", why=hold.told(), data={"hold_id": hold.hold_id, "reason": hold.reason.value})
    return bool(over)


def _is_over(run: OrderRun) -> bool:
    """Whether the wait's own deadline has passed."""
    return run.deadline_at is not None and workflow.now() >= run.deadline_at


def _leave(life: OrderLife) -> None:
    life.run.waiting_for = life.run.waiting_since = life.run.deadline_at = None
    life.run.overdue, life.on_board = False, None


def _progress(life: OrderLife) -> Progress:
    run = life.run
    life.on_board = run.waiting_for
    desk = run.desk.view(rule_holds(run)).model_dump(mode="json") if run.desk.about else None
    return Progress(
        order_number=life.order.order_number,
        stage=run.stage,
        waiting_for=run.waiting_for or "",
        waiting_since=run.waiting_since,
        deadline_at=run.deadline_at,
        holds=reasons(run.holds),
        open_holds=tuple(run.holds),
        desk=desk,
    )


async def _show(life: OrderLife) -> None:
    """Bring board, search attributes and current details up to date."""
    run = life.run
    if run.unwritten or life.on_board is not run.waiting_for:
        facts = life.take_unwritten()
        request = RecordFacts(
            key=life.key_of_facts(
                life.key(f"wait:{run.waiting_for}", run.version(f"wait:{run.waiting_for}")), facts
            ),
            order_number=life.order.order_number,
            progress=_progress(life),
            axes=Axes(risk=run.risk),  # a reviewer's word moves it, and no step of its own writes that down
            facts=facts,
            notices=letters_about(run, facts),
        )
        try:
            await life.writing()(OrderSteps.record_facts, request, f"wait for {run.waiting_for}")
        except ActivityError:
            if life.run.attention_step:
                workflow.logger.warning("the board could not be updated; the wait goes on")
            else:
                await life.local(OrderSteps.record_facts, request, f"wait for {run.waiting_for}")
    workflow.set_current_details(current_details(life.order, run, workflow.now()))
    if updates := life.shown.changes(run):
        workflow.upsert_search_attributes(updates)


def _continue_as_new(life: OrderLife) -> None:
    """A long life goes on in a new run, carrying all of its state; never while somebody waits for an answer."""
    if workflow.info().is_continue_as_new_suggested() and workflow.all_handlers_finished() and not life.jobs:
        workflow.continue_as_new(StartOrder(order=life.order, run=life.run))
