"""What reviewers, and the customers they ask, say to an order. Signals and updates of one name end in one handler."""

from temporalio import workflow

from models.order.messages import Answer, Decision, Hold, Release
from models.review.desk import Approve, Ask, Claim, Delegate, Reply, RequireDeposit
from workflows.shared.spoken import Spoken


class ReviewMessages(Spoken):
    """The review desk's part of `OrderWorkflow`'s doors."""

    @workflow.signal(
        name="approve",
        description='A reviewer lets the order pass: {"by": "ana", "why": "called the customer"}',
    )
    def approve_signal(self, decision: Approve) -> None:
        self._signalled("approve", decision)

    @workflow.signal(
        name="require_deposit",
        description='A reviewer lets the order pass once the customer has paid a share: {"by": "ana", "share_bp": 3000}',
    )
    def require_deposit_signal(self, decision: RequireDeposit) -> None:
        self._signalled("require_deposit", decision)

    @workflow.signal(
        name="hold",
        description='Stop the order before dispatch, or only some lines: {"by": "ana", "why": "…", "lines": [2], "owner": "care"}',
    )
    def hold_signal(self, decision: Hold) -> None:
        self._signalled("hold", decision)

    @workflow.signal(
        name="release",
        description='End one hold by its id, those of a reason or on lines, or all: {"by": "ana", "hold_id": "…"}',
    )
    def release_signal(self, decision: Release) -> None:
        self._signalled("release", decision)

    @workflow.signal(name="reject", description='A reviewer refuses the order: {"by": "ana", "why": "…"}')
    def reject_signal(self, decision: Decision) -> None:
        self._signalled("reject", decision)

    @workflow.signal(
        name="claim", description='A reviewer takes the order off the others\' hands: {"by": "ana"}'
    )
    def claim_signal(self, decision: Claim) -> None:
        self._signalled("claim", decision)

    @workflow.signal(name="delegate", description='Another reviewer is to decide: {"by": "ana", "to": "bo"}')
    def delegate_signal(self, decision: Delegate) -> None:
        self._signalled("delegate", decision)

    @workflow.signal(
        name="ask",
        description='Write to the customer, and wait for the answer: {"by": "ana", "question": "…"}',
    )
    def ask_signal(self, decision: Ask) -> None:
        self._signalled("ask", decision)

    @workflow.signal(
        name="reply", description='The customer answers a question: {"by": "customer", "text": "…"}'
    )
    def reply_signal(self, decision: Reply) -> None:
        self._signalled("reply", decision)

    @workflow.update(name="approve", description="A reviewer lets the order pass.")
    def approve(self, decision: Approve) -> Answer:
        return self._obey("approve", decision)

    @workflow.update(
        name="require_deposit",
        description="A reviewer lets the order pass once the customer has paid a share.",
    )
    def require_deposit(self, decision: RequireDeposit) -> Answer:
        return self._obey("require_deposit", decision)

    @workflow.update(name="hold", description="Stop the order before dispatch, or only some lines.")
    def hold(self, decision: Hold) -> Answer:
        return self._obey("hold", decision)

    @workflow.update(
        name="release", description="End one hold by its id, those of a reason or on lines, or all."
    )
    def release(self, decision: Release) -> Answer:
        return self._obey("release", decision)

    @workflow.update(name="reject", description="A reviewer refuses the order.")
    def reject(self, decision: Decision) -> Answer:
        return self._obey("reject", decision)

    @workflow.update(name="claim", description="A reviewer takes the order off the others' hands.")
    def claim(self, decision: Claim) -> Answer:
        return self._obey("claim", decision)

    @workflow.update(name="delegate", description="Another reviewer is to decide.")
    def delegate(self, decision: Delegate) -> Answer:
        return self._obey("delegate", decision)

    @workflow.update(name="ask", description="Write to the customer, and wait for the answer.")
    def ask(self, decision: Ask) -> Answer:
        return self._obey("ask", decision)

    @workflow.update(name="reply", description="The customer answers a question.")
    def reply(self, decision: Reply) -> Answer:
        return self._obey("reply", decision)

    @approve.validator
    def _may_approve(self, decision: Approve) -> None:
        self._refuse("approve", decision)

    @require_deposit.validator
    def _may_require_deposit(self, decision: RequireDeposit) -> None:
        self._refuse("require_deposit", decision)

    @hold.validator
    def _may_hold(self, decision: Hold) -> None:
        self._refuse("hold", decision)

    @release.validator
    def _may_release(self, decision: Release) -> None:
        self._refuse("release", decision)

    @reject.validator
    def _may_reject(self, decision: Decision) -> None:
        self._refuse("reject", decision)

    @claim.validator
    def _may_claim(self, decision: Claim) -> None:
        self._refuse("claim", decision)

    @delegate.validator
    def _may_delegate(self, decision: Delegate) -> None:
        self._refuse("delegate", decision)

    @ask.validator
    def _may_ask(self, decision: Ask) -> None:
        self._refuse("ask", decision)

    @reply.validator
    def _may_reply(self, decision: Reply) -> None:
        self._refuse("reply", decision)
