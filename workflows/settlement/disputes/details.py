"""What an operator sees of a dispute in the Temporal UI: search attributes and current details. No personal data."""

from datetime import datetime

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from models.settlement.disputes.run_state import DisputeRun
from models.settlement.disputes.states import DISPUTE_WAITS, RUNBOOK
from models.shared.money import show as money
from workflows.shared.details import WAITING_FOR, WAITING_SINCE


def show(run: DisputeRun, shown: dict[str, object]) -> None:
    """Bring the page up to date; `shown` remembers what was sent last, so that only changes are."""
    workflow.set_current_details(current_details(run, workflow.now()))
    updates: list[SearchAttributeUpdate] = []  # type: ignore[type-arg]
    if shown.get("for", "") != (waiting := run.waiting_for.value if run.waiting_for else ""):
        updates.append(WAITING_FOR.value_set(waiting) if waiting else WAITING_FOR.value_unset())
    if shown.get("since") != (since := run.waiting_since):
        updates.append(WAITING_SINCE.value_set(since) if since else WAITING_SINCE.value_unset())
    shown["for"], shown["since"] = waiting, since
    if updates:
        workflow.upsert_search_attributes(updates)


def current_details(run: DisputeRun, now: datetime) -> str:
    """Markdown: the case, where it stands, what it waits for, who can act and how, what happens by itself, last facts."""
    dispute = run.dispute
    lines = [
        f"### dispute {dispute.reference} · {money(dispute.amount_minor, dispute.currency)} · {dispute.reason}",
        f"**Order** {dispute.order_number} · **payment** {dispute.payment_reference} · **state** {run.state.value}"
        f" · **reserved** {'no' if run.over else 'yes'}",
        f"**Bank's last day** {_at(dispute.evidence_due_at) if dispute.evidence_due_at else 'not named'}"
        f" · **delivery proven** {'yes' if run.delivered else 'no'}",
    ]
    if run.decision:
        lines.append(f"**Answer:** {run.decision} by {run.decided_by or 'the policy, nobody answered'}")
    if run.waiting_for:
        wait = DISPUTE_WAITS[run.waiting_for]
        overdue = " — **overdue**" if run.overdue else ""
        due = _at(run.deadline_at) if run.deadline_at else "no deadline"
        lines.append(
            f"**Waits for {wait.what}** since {_at(run.waiting_since or now)} (until {due}{overdue})"
        )
        how = " · ".join(f"`{verb}`" for verb in wait.how)
        lines.append(f"**Who can act:** {wait.who}. **How:** {how}")
        if run.attention_step:
            lines.append(f"**Step:** {run.attention_step}; it is tried again by itself then")
        lines.append(f"Runbook: {RUNBOOK} · `orderloom disputes show {dispute.reference}`")
    elif run.over:
        lines.append(f"**Finished:** {run.state.value}")
    if run.facts:
        lines.append("Last: " + " → ".join(run.facts))
    return "\n\n".join(lines)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
