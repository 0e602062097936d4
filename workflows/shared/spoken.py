"""How messages are obeyed: signals and updates of one name end in one handler.

A signal that cannot be obeyed is recorded with its reason, not dropped; an update is refused by its validator and leaves no trace.
"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.order.hold_rules import said_of
from models.order.holds import reasons
from models.order.messages import Answer, Decision
from models.order.rules import objection, rule_holds
from models.review.desk import told
from models.shared.errors import ErrorCode
from workflows.shared.life import OrderLife
from workflows.shared.wishes import ENDS, WISHES


class Spoken:
    """What every group of messages stands on."""

    life: OrderLife

    def _obey(self, verb: str, message: Decision) -> Answer:
        """An update's wish: it is in the history only when this workflow task ends, so what it leads to waits for that."""
        self.life.fresh = True
        return self._note(verb, message)

    def _note(self, verb: str, message: Decision) -> Answer:
        """Put the wish into the state; the main coroutine acts on it."""
        run = self.life.run
        if not run.first_time(message.request_id and f"{verb}:{message.request_id}"):
            return self._answer(True, "already done")
        if verb in ENDS:
            self.life.end(ENDS[verb], message.why, message.by)
        else:
            WISHES[verb](run, message, workflow.now())
        self.life.fact(verb, actor=message.by, why=told(message), data=said_of(message))
        approved, needed = run.desk.approved_by(rule_holds(run)), run.desk.needed
        so_far = (
            f", {len(approved)} of {needed}"
            if verb in ("approve", "require_deposit") and not run.desk.decided_by and needed > 1
            else ""
        )
        return self._answer(True, f"{verb}: noted{so_far}")

    def _signalled(self, verb: str, message: Decision) -> None:
        if reason := self._objection(verb, message):
            self.life.fact(f"{verb}_ignored", actor=message.by, why=reason)
        else:
            self._note(verb, message)

    def _refuse(self, verb: str, message: Decision) -> None:
        if reason := self._objection(verb, message):
            raise ApplicationError(reason, type=ErrorCode.NOT_ALLOWED_NOW, non_retryable=True)

    def _objection(self, verb: str, message: Decision) -> str:
        """A repeat is answered, not refused: what it asked for may stand in its own way now."""
        if message.request_id and f"{verb}:{message.request_id}" in self.life.run.seen:
            return ""
        return objection(self.life.run, verb, message, workflow.now())

    def _answer(self, done: bool, said: str) -> Answer:
        run = self.life.run
        return Answer(
            done=done,
            said=said,
            state=run.order_state,
            waiting_for=run.waiting_for or "",
            holds=reasons(run.holds),
            open_holds=tuple(run.holds),
        )
