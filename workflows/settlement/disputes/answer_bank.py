"""The life of one dispute, from the bank's news to the closed books."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.settlement.disputes.steps import DisputeSteps
    from models.order.records import Notice, NoticeKind
    from models.settlement.disputes.messages import (
        AcceptDispute,
        AskDispute,
        CloseDispute,
        DisputeProgress,
        DisputeResult,
        PackEvidence,
        RecordDispute,
        StartDispute,
        SubmitEvidence,
    )
    from models.settlement.disputes.rules import SUBMIT, after_submitting, answer_by, unanswered
    from models.settlement.disputes.states import DECIDED, BankStatus, DisputeState, DisputeWait
    from models.shared.money import show as money
    from workflows.settlement.disputes.life import DisputeLife
    from workflows.settlement.disputes.talk import DisputeMessages

_RECORD = "record_dispute"


@workflow.defn(name="DisputeWorkflow")
class DisputeWorkflow(DisputeMessages):
    """The life of one dispute."""

    @workflow.init
    def __init__(self, start: StartDispute) -> None:
        self.life = DisputeLife(start.dispute)

    @workflow.run
    async def run(self, start: StartDispute) -> DisputeResult:
        """Record, pack, answer, wait for the bank, close."""
        life, run = self.life, self.life.run
        recording = RecordDispute(key=life.key(_RECORD), dispute=start.dispute)
        recorded = await life.do(DisputeSteps.record_dispute, recording, "record, and reserve the amount")
        if not recorded.known:
            return DisputeResult(reference=start.dispute.reference, state=None)
        run.policy = recorded.policy
        while not run.over:
            if run.verdict:
                await _close(life, run.verdict)
            elif run.under_review and run.state in (DisputeState.OPENED, DisputeState.EVIDENCE_READY):
                await _submitted_elsewhere(life)
            elif run.state is DisputeState.OPENED:
                await _pack(life, "opened")
            elif run.state is DisputeState.EVIDENCE_READY:
                await _answer(life)
            else:
                await _await_verdict(life)
        if life.unwritten:
            await life.note("ended", life.progress(run.state))
        life.leave()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return DisputeResult(reference=start.dispute.reference, state=run.state)


async def _pack(life: DisputeLife, cause: str) -> None:
    """Freeze what speaks for us: when the case comes, and anew when it is answered."""
    run, first = life.run, cause == "opened"
    deadline = answer_by(life.dispute, run.policy)
    request = PackEvidence(
        key=life.key("pack_evidence", cause),
        reference=life.dispute.reference,
        order_number=life.dispute.order_number,
        cause=cause,
        progress=life.progress(DisputeState.EVIDENCE_READY, DisputeWait.ANSWER if first else None, deadline),
        notices=(_task(life, "opened", deadline),) if first else (),
    )
    packed = await life.do(DisputeSteps.pack_evidence, request, f"pack the evidence ({cause})")
    run.delivered = packed.delivered
    run.move(DisputeState.EVIDENCE_READY)


async def _answer(life: DisputeLife) -> None:
    """Wait for a person; when nobody answers in time, do as the policy says."""
    run = life.run
    deadline = answer_by(life.dispute, run.policy)
    heard = await _heard_in_time(life, deadline)
    life.leave()
    if heard and not run.decision:
        return  # the bank was faster
    if run.decision:
        await _decided(life)
        await _pack(life, "answer")
    else:
        await _pack(life, "answer")
        run.decision = unanswered(run.policy, run.delivered)
        run.decided_why = "nobody answered in time"
        life.fact("unanswered", why=f"by policy: {run.decision}")
        await _decided(life)
    await (_submit(life) if run.decision == SUBMIT else _accept(life))


async def _decided(life: DisputeLife) -> None:
    """Write the answer down before it is acted upon."""
    run = life.run
    decided = {"decision": run.decision, "decided_by": run.decided_by, "note": run.note}
    await life.note("decide", life.progress(run.state), (), **decided)


async def _heard_in_time(life: DisputeLife, deadline: datetime) -> bool:
    """Wait for an answer, with a reminder on the way and every word written down when it comes."""
    run = life.run
    remind_at = deadline - timedelta(seconds=run.policy.remind_s)
    reminded = remind_at <= workflow.now()

    def heard() -> bool:
        return bool(run.decision or run.verdict or run.under_review)

    while True:
        rings_at = deadline if reminded else remind_at
        stirred = await life.wait(DisputeWait.ANSWER, lambda: heard() or bool(life.unwritten), rings_at)
        if heard():
            return True
        progress = life.progress(run.state, DisputeWait.ANSWER, deadline)
        if stirred:
            await life.note("heard", progress)
        elif reminded:
            return False
        else:
            reminded = run.overdue = True
            life.fact("reminded", why=f"nobody has answered; the answer is due by {deadline:%Y-%m-%dT%H:%M}Z")
            await life.note("remind", progress, (_task(life, "reminder", deadline),))


async def _submit(life: DisputeLife) -> None:
    """Send the evidence. What the bank refuses because it came too late is missed; the bank decides all the same."""
    run = life.run
    request = SubmitEvidence(
        key=life.key("submit_evidence"),
        reference=life.dispute.reference,
        order_number=life.dispute.order_number,
        note=run.note,
        by=run.decided_by or "orderloom",
        progress=_waits_for_bank(life, DisputeState.SUBMITTED),
    )
    answer = await life.attempt(
        DisputeSteps.submit_evidence, request, "send the evidence", lambda: run.verdict is not None
    )
    if answer is None:
        return
    state = after_submitting(answer.done, answer.said, answer.status)
    if state is None:
        run.verdict = run.verdict or answer.status
    else:
        run.move(state)


async def _accept(life: DisputeLife) -> None:
    """Give the case up; when the bank was faster, its verdict counts."""
    run = life.run
    request = AcceptDispute(
        key=life.key("accept_dispute"),
        reference=life.dispute.reference,
        order_number=life.dispute.order_number,
        by=run.decided_by or "orderloom",
        why=run.decided_why,
        borne_by=run.policy.borne_by,
        reserve_key=life.key(_RECORD),
    )
    answer = await life.attempt(
        DisputeSteps.accept_dispute, request, "accept the loss", lambda: run.verdict is not None
    )
    if answer is None:
        return
    state = DisputeState.ACCEPTED if answer.done else after_submitting(False, answer.said, answer.status)
    if state is None:
        run.verdict = run.verdict or answer.status
        return
    run.move(state)
    if not answer.done:
        await life.note("accept_refused", _waits_for_bank(life, state))


async def _submitted_elsewhere(life: DisputeLife) -> None:
    """Somebody answered the bank past us, at the provider's own desk."""
    life.run.move(DisputeState.SUBMITTED)
    life.fact("submitted_elsewhere", why="the provider says that the case is under review")
    await life.note("submitted_elsewhere", _waits_for_bank(life, DisputeState.SUBMITTED))


async def _await_verdict(life: DisputeLife) -> None:
    """Wait for the bank. When it takes too long its news may be lost: ask, remind, and wait on."""
    run = life.run
    due = run.verdict_by or workflow.now()
    if await life.wait(DisputeWait.VERDICT, lambda: bool(run.verdict or life.unwritten), due):
        if run.verdict:
            life.leave()
        else:
            await life.note("heard", _waits_for_bank(life, run.state))
        return
    ask = AskDispute(reference=life.dispute.reference)
    found = await life.do(DisputeSteps.ask_dispute, ask, "ask where the case stands")
    if found.status in DECIDED:
        run.verdict = run.verdict or found.status
        life.fact("verdict_asked_for", why="no news of it had come")
    else:
        run.overdue = True
        life.fact("verdict_overdue", why=f"the provider says {found.status or 'that it knows no such case'}")
    run.verdict_by = None
    await life.note(f"ask:{due:%Y-%m-%dT%H:%M:%S}", _waits_for_bank(life, run.state))


async def _close(life: DisputeLife, verdict: BankStatus) -> None:
    """Book what the bank decided."""
    run = life.run
    state = DisputeState.WON if verdict is BankStatus.WON else DisputeState.LOST
    request = CloseDispute(
        key=life.key("close_dispute"),
        reference=life.dispute.reference,
        order_number=life.dispute.order_number,
        state=state,
        borne_by=run.policy.borne_by,
        reserve_key=life.key(_RECORD),
    )
    await life.do(DisputeSteps.close_dispute, request, f"close as {state.value}")
    run.move(state)


def _waits_for_bank(life: DisputeLife, state: DisputeState) -> DisputeProgress:
    """The progress that leads to the wait for the bank, whose clock begins when it is first waited for."""
    run = life.run
    run.verdict_by = run.verdict_by or workflow.now() + timedelta(seconds=run.policy.verdict_s)
    return life.progress(state, DisputeWait.VERDICT, run.verdict_by)


def _task(life: DisputeLife, cause: str, deadline: datetime) -> Notice:
    """The letter to colleagues: what is asked, until when, and what happens without them."""
    dispute, policy = life.dispute, life.run.policy
    default = {
        "submit": "the evidence is sent as it is",
        "accept": "the loss is accepted",
        "submit_if_delivered": "the evidence is sent if delivery is proven, else the loss is accepted",
    }[policy.unanswered]
    data = {
        "amount": money(dispute.amount_minor, dispute.currency),
        "dispute": dispute.reference,
        "reason": dispute.reason,
        "until": f"{deadline:%Y-%m-%d %H:%M} UTC",
        "default": default,
    }
    return Notice(kind=NoticeKind.DISPUTE_TASK, about=f"{dispute.reference}:{cause}", data=data)
