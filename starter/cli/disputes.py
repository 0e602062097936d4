"""`orderloom disputes …`: list and show them, answer the bank. Exit code 1: not found, or it could not be obeyed."""

from enum import StrEnum
from typing import Annotated

import typer

from activities.settlement.disputes.reads import PAGE_LIMIT, DisputeLine, DisputeView, PackedEvidence
from models.order.messages import Attend, Decision
from models.settlement.disputes.messages import SubmitDispute
from models.settlement.disputes.states import DisputeState
from models.shared.errors import NotFound
from models.shared.money import show as money
from starter.cli.printing import AsJson, By, RequestId, Why, as_json, line, table
from starter.cli.session import Records, reading, saying
from starter.disputes import say_to_dispute

disputes = typer.Typer(
    help="Disputes (chargebacks): what banks took back, and our answer.", no_args_is_help=True
)
Reference = Annotated[str, typer.Argument(help="The dispute's reference at the payment provider.")]


class Action(StrEnum):
    """What an operator may want of a dispute's step that used up its attempts."""

    RETRY = "retry"


@disputes.command("list")
def list_disputes(
    state: Annotated[DisputeState | None, typer.Option(help="Only disputes in this state.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that have not ended.")] = False,
    order: Annotated[str, typer.Option(help="Only of this order.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=PAGE_LIMIT)] = 20,
    after: Annotated[str, typer.Option(help="The page mark that the last page ended with.")] = "",
    json: AsJson = False,
) -> None:
    """Disputes, newest first."""
    try:
        page = reading(lambda records: records.disputes.disputes(state, open_only, order, limit, after))
    except ValueError as error:
        raise typer.BadParameter("is no page mark", param_hint="--after") from error
    if json:
        as_json(page)
        return
    _rows(page.disputes)
    if page.next:
        line(f"more: --after {page.next}")


@disputes.command()
def show(reference: Reference, json: AsJson = False) -> None:
    """Where a dispute stands, and the newest evidence."""

    async def find(records: Records) -> DisputeView:
        view = await records.disputes.dispute(reference)
        if view is None:
            raise NotFound(f"there is no dispute {reference}")
        return view

    view = reading(find)
    if json:
        as_json(view)
        return
    _rows((view.dispute,))
    if view.dispute.decision:
        line(f"answer: {view.dispute.decision} by {view.dispute.decided_by or 'the policy, nobody answered'}")
    if view.note:
        line(f"note: {view.note}")
    if view.evidence:
        _packet(view.evidence[-1])


@disputes.command()
def submit(
    reference: Reference,
    by: By,
    note: Annotated[str, typer.Option(help="What the bank is told besides the evidence.")] = "",
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Send the evidence to the bank."""
    _said(reference, "submit", SubmitDispute(by=by, why=why, request_id=request_id, note=note), json)


@disputes.command()
def accept(
    reference: Reference, by: By, why: Why = "", request_id: RequestId = "", json: AsJson = False
) -> None:
    """Give the dispute up: the money stays with the customer."""
    _said(reference, "accept", Decision(by=by, why=why, request_id=request_id), json)


@disputes.command()
def attend(
    reference: Reference,
    action: Annotated[Action, typer.Argument(help="What to do with the step.")],
    by: By,
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Try a step again that used up its attempts."""
    _said(reference, "attend", Attend(by=by, why=why, request_id=request_id, action=action.value), json)


def _said(reference: str, verb: str, message: Decision, json: bool) -> None:
    answer = saying(
        lambda session: say_to_dispute(session.dispute_door, session.disputes, reference, verb, message)
    )
    if json:
        as_json(answer)
    else:
        line(answer.said)
        line(f"{answer.state}, waits for {answer.waiting_for or 'nothing'}")


def _rows(found: tuple[DisputeLine, ...]) -> None:
    table(
        ("dispute", "order", "amount", "reason", "state", "waits for", "until", "bank's last day", "ended"),
        [
            (
                row.reference, row.order_number, money(row.amount_minor, row.currency), row.reason, row.state,
                row.waiting_for, row.deadline_at, row.evidence_due_at, row.closed_at,
            )
            for row in found
        ],
    )  # fmt: skip


def _packet(packed: PackedEvidence) -> None:
    evidence = packed.evidence
    line(f"evidence packed {packed.packed_at:%Y-%m-%d %H:%M} UTC ({packed.cause}), SHA-256 {packed.hash}")
    line(f"delivery {'proven' if evidence.delivered else 'not proven'}, address {evidence.address_verdict}")
    table(
        ("parcel", "carrier", "tracking number", "status", "delivered", "signed"),
        [
            (one.parcel_id, one.carrier, one.tracking_number, one.status, one.delivered_at, one.signed)
            for one in evidence.parcels
        ],
    )
    table(("letter", "sent"), [(one.kind, one.sent_at) for one in evidence.letters])
    table(("no", "at", "what"), [(one.seq, one.at, one.what) for one in evidence.facts])
