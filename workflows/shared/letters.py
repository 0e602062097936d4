"""Which facts are told to somebody by letter, with the write that records them."""

from models.order.messages import Fact
from models.order.records import Notice, NoticeKind
from models.order.run_state import OrderRun

_CALLS = ("wait_overdue", "review_reminder", "review_escalated")


def letters_about(run: OrderRun, facts: tuple[Fact, ...]) -> tuple[Notice, ...]:
    """One letter for each call to colleagues, and the question that the customer is asked."""
    letters = [
        Notice(
            kind=NoticeKind.ESCALATION,
            about=f"{run.waiting_for}:{run.version('escalation')}",
            data={"what": fact.what, "why": fact.why},
        )
        for fact in facts
        if fact.what in _CALLS
    ]
    if run.dunning and any(fact.what == "payment_reminder" for fact in facts):
        about = f"{run.dunning.since:%Y-%m-%dT%H:%M:%S}:{run.dunning.taken}"
        letters.append(Notice(kind=NoticeKind.PAYMENT_REMINDER, about=about))
    if run.desk.question and any(fact.what == "ask" for fact in facts):
        question = {"question": run.desk.question}
        letters.append(Notice(kind=NoticeKind.QUESTION, about=str(run.desk.questions), data=question))
    return tuple(letters)
