"""A wait takes too long: who is told, and what follows."""

from temporalio import workflow

from models.order.holds import told
from models.order.states import Outcome
from models.order.waits import WaitingFor
from models.review.desk import Sla
from workflows.shared.life import OrderLife


def remind(life: OrderLife, name: WaitingFor) -> None:
    """Overdue: tell operations, and again after twice the time."""
    run = life.run
    run.overdue = True
    since = run.waiting_since or workflow.now()
    held = f": {told(run.holds)}" if name is WaitingFor.RELEASE else ""
    life.fact("wait_overdue", why=f"{name} since {since:%Y-%m-%dT%H:%M}Z{held}")
    run.deadline_at = workflow.now() + (workflow.now() - since)


def press(life: OrderLife, sla: Sla) -> None:
    """A review takes too long: remind the reviewers, then call operations, then refuse the order."""
    run, desk = life.run, life.run.desk
    run.overdue, desk.warned = True, desk.warned + 1
    since = f"review since {run.waiting_since:%Y-%m-%dT%H:%M}Z" if run.waiting_since else "review"
    if desk.warned == 1:
        life.fact("review_reminder", why=since)
        run.deadline_at = sla.escalate_at
    elif desk.warned == 2:
        life.fact("review_escalated", why=since)
        run.deadline_at = sla.expires_at
    else:
        life.fact("review_expired", why=since)
        life.end(Outcome.REJECTED, "nobody decided in time")
