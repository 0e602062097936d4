"""The reviewers' desk of one order: who looks at it, who approved what, and by when somebody must have decided. Pure."""

from datetime import datetime

from pydantic import BaseModel, Field

from models.order.messages import Decision, Release
from models.order.states import HoldReason
from models.shared.ids import fingerprint
from models.shared.messages import Message


class Approve(Decision):
    """A reviewer lets the order pass. `proposal`: what the reviewer looked at; another one than now is refused."""

    proposal: str = ""


class RequireDeposit(Approve):
    """An approval on condition: the customer pays a share of the total first, in basis points; 10,000 is all of it."""

    share_bp: int = 3_000


class Claim(Decision):
    """A reviewer takes the order off the others' hands, for `minutes`, by default as long as the policy says."""

    minutes: int = 0


class Delegate(Decision):
    """Another reviewer is to decide; nobody in particular when `to` is empty."""

    to: str = ""


class Ask(Decision):
    """Write to the customer and wait for the answer."""

    question: str = ""


class Reply(Decision):
    """The customer's answer to a question."""

    text: str = ""


class Sla(Message):
    """Until when a review may last (UTC): then reviewers are reminded, operations called, the order refused."""

    remind_at: datetime
    escalate_at: datetime
    expires_at: datetime | None = None


class DeskView(Message):
    """The desk as boards show it. `proposal` is what an approval is bound to, `needed` how many persons must give one."""

    reviewer: str = ""
    claimed_until: datetime | None = None
    proposal: str = ""
    needed: int = 1
    approved_by: tuple[str, ...] = ()
    question: str = ""
    expires_at: datetime | None = None


class Desk(BaseModel):
    """What the order carries. `about` names what is decided, empty while nothing is."""

    about: str = ""
    needed: int = 1
    claim_minutes: int = 30
    reviewer: str = ""
    claimed_until: datetime | None = None
    approvals: dict[str, str] = Field(default_factory=dict)
    decided_by: str = ""
    question: str = ""
    questions: int = 0
    sla: Sla | None = None
    warned: int = 0

    def proposal(self, holds: list[HoldReason]) -> str:
        """What is decided now: the order, its policy and the reasons that are open."""
        return fingerprint("|".join((self.about, *sorted(holds))))[:12] if self.about else ""

    def approved_by(self, holds: list[HoldReason]) -> tuple[str, ...]:
        """Who approved what is decided now."""
        now = self.proposal(holds)
        return tuple(sorted(who for who, what in self.approvals.items() if what == now))

    def claimed(self, now: datetime) -> str:
        """Who has claimed the order, empty when nobody has."""
        return self.reviewer if self.claimed_until and now < self.claimed_until else ""

    def view(self, holds: list[HoldReason]) -> DeskView:
        """The desk for boards."""
        return DeskView(
            reviewer=self.reviewer,
            claimed_until=self.claimed_until,
            proposal=self.proposal(holds),
            needed=self.needed,
            approved_by=self.approved_by(holds),
            question=self.question,
            expires_at=self.sla.expires_at if self.sla else None,
        )


def told(message: Decision) -> str:
    """Why, in one line of the order's history, with what the message says beside it."""
    more = {Ask: "question", Reply: "text", Delegate: "to"}.get(type(message), "")
    said = str(getattr(message, more)) if more else ""
    return ": ".join(part for part in (message.why, said) if part)


_DESK = ("claim", "delegate", "ask")
_ALL_BP = 10_000
_VERDICTS = ("approve", "require_deposit", "reject")


def desk_objection(desk: Desk, holds: list[HoldReason], verb: str, message: Decision, now: datetime) -> str:
    """Why a reviewer's or customer's message cannot be obeyed now; empty when it can. `holds`: those that rules set."""
    if verb in (*_DESK, *_VERDICTS) and desk.decided_by:
        return f"{desk.decided_by} approved it already" + (": cancel it instead" if verb == "reject" else "")
    if isinstance(message, RequireDeposit) and not 0 < message.share_bp <= _ALL_BP:
        return f"share_bp is 1 to {_ALL_BP} basis points of the total, not {message.share_bp}"
    if verb in (*_DESK, "require_deposit") and not (desk.about and holds):
        return "there is nothing to review"
    claimed = desk.claimed(now)
    if verb in ("claim", "ask", *_VERDICTS) and claimed and claimed != message.by:
        return f"{claimed} has claimed it until {desk.claimed_until:%Y-%m-%d %H:%M} UTC"
    if isinstance(message, Approve):
        return _approve(desk, holds, message)
    if verb == "release" and desk.needed > 1 and holds and not desk.decided_by:
        return _release(desk, holds, message)
    if isinstance(message, Reply) and not desk.question:
        return "the customer was asked nothing"
    if isinstance(message, Ask) and not message.question:
        return "question is missing"
    return ""


def _approve(desk: Desk, holds: list[HoldReason], message: Approve) -> str:
    now = desk.proposal(holds)
    if message.proposal and message.proposal != now:
        return f"the proposal is {now or 'not open'}, not {message.proposal}: look at the order again"
    if desk.needed > 1 and message.by in ("", "unknown"):
        return f"{desk.needed} persons must approve it: say in `by` who you are"
    if desk.needed > 1 and message.by in desk.approved_by(holds):
        return f"{message.by} has approved it: another person must as well"
    return ""


def _release(desk: Desk, holds: list[HoldReason], message: Decision) -> str:
    """The holds of rules have their reason as id, and are of the whole order: a release of lines leaves them alone."""
    asked = message if isinstance(message, Release) else Release()
    named = asked.hold_id or asked.reason
    if not asked.lines and (not named or named in holds):
        return f"{desk.needed} persons must approve it: a release would pass them by"
    return ""


def take(desk: Desk, who: str, until: datetime | None) -> None:
    """Put the order on somebody's desk, or back on everybody's."""
    desk.reviewer, desk.claimed_until = who, until if who else None


def note_approval(desk: Desk, holds: list[HoldReason], by: str) -> bool:
    """Count an approval; True when it was the last that was needed."""
    desk.approvals[by] = desk.proposal(holds)
    if desk.needed > 1 and len(desk.approved_by(holds)) < desk.needed:
        take(desk, "", None)
        return False
    desk.decided_by = by if desk.about else ""
    return True
