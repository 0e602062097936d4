"""The state of a dispute's workflow between two tasks."""

from datetime import datetime

from pydantic import BaseModel, Field

from models.settlement.disputes.messages import Dispute, DisputeNews
from models.settlement.disputes.policy import DisputePolicy
from models.settlement.disputes.states import DECIDED, DISPUTE_AXIS, BankStatus, DisputeState, DisputeWait

SEEN_LIMIT = 100


class DisputeRun(BaseModel):
    """Changed by messages and steps alone."""

    dispute: Dispute
    state: DisputeState = DisputeState.OPENED
    policy: DisputePolicy = DisputePolicy()
    delivered: bool = False
    decision: str = ""
    decided_by: str = ""
    decided_why: str = ""
    note: str = ""
    verdict: BankStatus | None = None
    verdict_at: datetime | None = None
    verdict_by: datetime | None = None
    under_review: bool = False
    attention: str = ""
    attention_step: str = ""
    waiting_for: DisputeWait | None = None
    waiting_since: datetime | None = None
    deadline_at: datetime | None = None
    overdue: bool = False
    facts: list[str] = Field(default_factory=list)
    seen: list[str] = Field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether nothing follows any more."""
        return self.state in DISPUTE_AXIS.ends

    def move(self, state: DisputeState) -> None:
        """Move along the axis; an illegal move raises `IllegalMoveError`."""
        self.state = DISPUTE_AXIS.move(self.state, state)

    def remember(self, fact: str) -> None:
        """Keep the last five facts for the operator's page."""
        self.facts.append(fact)
        del self.facts[:-5]

    def first_time(self, request_id: str) -> bool:
        """Whether a request is new; remembers it. Requests without an id are always new."""
        if not request_id:
            return True
        if request_id in self.seen:
            return False
        self.seen.append(request_id)
        del self.seen[:-SEEN_LIMIT]
        return True

    def hear(self, news: DisputeNews) -> None:
        """What the bank says. Of two verdicts the later one counts; what comes late changes nothing."""
        if not self.first_time(news.request_id):
            return
        if news.status in DECIDED:
            if self.verdict_at is None or news.at > self.verdict_at:
                self.verdict, self.verdict_at = news.status, news.at
        elif news.status is BankStatus.UNDER_REVIEW:
            self.under_review = True
