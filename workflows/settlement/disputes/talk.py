"""What people, the bank and operators say to a dispute. Signals and updates of one name end in one handler."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.order.messages import Attend, Decision
from models.settlement.disputes.messages import DisputeAnswer, DisputeNews, SubmitDispute
from models.settlement.disputes.rules import objection
from models.settlement.disputes.run_state import DisputeRun
from models.shared.errors import ErrorCode
from workflows.settlement.disputes.life import DisputeLife


class DisputeMessages:
    """The doors of `DisputeWorkflow`."""

    life: DisputeLife

    @workflow.signal(description="News of the payment provider about this dispute.")
    def dispute_news(self, news: DisputeNews) -> None:
        """Kept once; the waits take it up."""
        self.life.run.hear(news)

    @workflow.signal(
        name="submit",
        description='Send the evidence to the bank: {"by": "ana", "note": "what the bank should know"}',
    )
    def submit_signal(self, decision: SubmitDispute) -> None:
        self._signalled("submit", decision)

    @workflow.signal(name="accept", description='Give the dispute up: {"by": "ana", "why": "…"}')
    def accept_signal(self, decision: Decision) -> None:
        self._signalled("accept", decision)

    @workflow.signal(
        name="attend",
        description='Try the step again that waits for an operator: {"by": "op", "action": "retry"}',
    )
    def attend_signal(self, decision: Attend) -> None:
        self._signalled("attend", decision)

    @workflow.update(name="submit", description="Send the evidence to the bank.")
    def submit(self, decision: SubmitDispute) -> DisputeAnswer:
        return self._note("submit", decision)

    @workflow.update(name="accept", description="Give the dispute up: the money stays with the customer.")
    def accept(self, decision: Decision) -> DisputeAnswer:
        return self._note("accept", decision)

    @workflow.update(name="attend", description="Try the step again that waits for an operator.")
    def attend(self, decision: Attend) -> DisputeAnswer:
        return self._note("attend", decision)

    @submit.validator
    def _may_submit(self, decision: SubmitDispute) -> None:
        self._refuse("submit", decision)

    @accept.validator
    def _may_accept(self, decision: Decision) -> None:
        self._refuse("accept", decision)

    @attend.validator
    def _may_attend(self, decision: Attend) -> None:
        self._refuse("attend", decision)

    @workflow.query(description="Where the dispute stands.")
    def dispute(self) -> DisputeRun:
        """Everything that the workflow knows of it."""
        return self.life.run

    def _note(self, verb: str, message: Decision) -> DisputeAnswer:
        """Put the wish into the state; the main coroutine acts on it."""
        run = self.life.run
        if not run.first_time(message.request_id and f"{verb}:{message.request_id}"):
            return self._answer("already done")
        if verb == "attend":
            run.attention = "retry"
        else:
            run.decision, run.decided_by, run.decided_why = verb, message.by, message.why
            run.note = message.note if isinstance(message, SubmitDispute) else ""
        self.life.fact(f"{verb}_wanted", actor=message.by, why=message.why)
        return self._answer(f"{verb}: noted")

    def _signalled(self, verb: str, message: Decision) -> None:
        if reason := objection(self.life.run, verb, message):
            self.life.fact(f"{verb}_ignored", actor=message.by, why=reason)
        else:
            self._note(verb, message)

    def _refuse(self, verb: str, message: Decision) -> None:
        if reason := objection(self.life.run, verb, message):
            raise ApplicationError(reason, type=ErrorCode.NOT_ALLOWED_NOW, non_retryable=True)

    def _answer(self, said: str) -> DisputeAnswer:
        run = self.life.run
        return DisputeAnswer(
            done=True,
            said=said,
            state=run.state,
            waiting_for=run.waiting_for.value if run.waiting_for else "",
        )
