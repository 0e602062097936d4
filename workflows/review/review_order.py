"""May the order go on? The rules decide, or a person where they ask for one."""

from temporalio import workflow

from activities.review.steps import ReviewSteps
from models.order.holds import rules_hold
from models.order.rules import rule_holds
from models.order.states import Outcome, RiskVerdict
from models.order.waits import WaitingFor
from models.review.messages import RecordVerdict, RiskDecision
from models.review.rules import judge
from workflows.shared.life import OrderEnds, OrderLife
from workflows.shared.waiting import wait_for, will_wait


async def review_order(life: OrderLife) -> None:
    """Return once the order may go on. A rejection ends it; a hold waits for a reviewer."""
    run, order = life.run, life.order
    if run.decision is None:
        run.decision = judge(
            order,
            run.order_class,
            run.history,
            run.duplicate_of,
            run.policy.review,
            run.policy.version,
            run.credit,
        )
        run.deposit_bp = run.decision.deposit_bp
        run.move(risk=run.decision.verdict)
        for reason, why in zip(run.decision.reasons, run.decision.explained, strict=True):
            run.holds.append(rules_hold(reason, why, workflow.now()))
        if run.decision.verdict is not RiskVerdict.ACCEPT:
            await _stop(life, run.decision)
    if run.risk is RiskVerdict.HOLD:
        await wait_for(life, WaitingFor.REVIEW, lambda: not rule_holds(run), holdable=False)
        run.move(risk=RiskVerdict.ACCEPT)


async def _stop(life: OrderLife, decision: RiskDecision) -> None:
    run, order, policy = life.run, life.order, life.run.policy
    run.desk.about = f"{order.fingerprint}|{policy.version}"
    run.desk.needed = policy.review.approvals_needed(order.total_minor, order.currency)
    run.desk.claim_minutes = policy.review.claim_minutes
    progress = will_wait(life, WaitingFor.REVIEW)
    request = RecordVerdict(
        key=life.key("record_verdict"),
        order_number=life.order.order_number,
        decision=decision,
        progress=progress,
        now=workflow.now(),
        sla=policy.review.sla,
    )
    recorded = await life.local(ReviewSteps.record_verdict, request, f"risk: {decision.verdict}")
    if recorded.sla and decision.verdict is RiskVerdict.HOLD:
        run.desk.sla, run.deadline_at = recorded.sla, recorded.sla.remind_at
    if decision.verdict is RiskVerdict.REJECT:
        life.end(Outcome.REJECTED, "; ".join(decision.explained))
        raise OrderEnds
