"""The few things that the door's doubles know of."""

from activities.settlement.disputes.reads import DisputeLine, DisputeView
from models.allocation.preorders import Preorder
from models.settlement.disputes.states import DisputeState
from tests.rules.order_bodies import NOW

# The only dispute that there is: lost long ago.
DISPUTE = DisputeView(
    dispute=DisputeLine(
        reference="dp_1", order_number="DE-1AB", payment_reference="pay_1", amount_minor=1_100, currency="EUR",
        reason="fraudulent", state=DisputeState.LOST, opened_at=NOW, evidence_due_at=None, waiting_for="",
        waiting_since=None, deadline_at=None, decision="submit", decided_by="fin", borne_by="merchant",
        submitted_at=NOW, closed_at=NOW,
    ),
    note="", policy_version=1, evidence=(),
)  # fmt: skip
PREORDER = Preorder(sku="KNIFE-1", ships_from=NOW, cap=9, sold=7, waiting=6, note="second batch")
