"""A hold: what may not go on, why, who is to end it, and until when. Pure."""

from collections.abc import Iterable
from datetime import datetime

from models.order.states import HoldReason
from models.shared.ids import fingerprint
from models.shared.messages import Message

ID_LENGTH = 10


class OpenHold(Message):
    """One open hold. `lines` empty: the whole order. `until` (UTC): it ends by itself then.

    `owner`: who is to end it, a person or a team. `by_rule`: the risk rules set it, and a reviewer's `approve` ends it.
    """

    hold_id: str
    reason: HoldReason
    lines: tuple[int, ...] = ()
    owner: str = ""
    until: datetime | None = None
    placed_by: str = "orderloom"
    placed_at: datetime
    why: str = ""
    by_rule: bool = False

    def stops(self, lines: Iterable[int]) -> bool:
        """Whether what holds these lines may not go on."""
        return not self.lines or not set(self.lines).isdisjoint(lines)

    def told(self) -> str:
        """In words: `other-3f2a90c41b (lines 2, 3; owner care; until 2026-03-04 12:00 UTC)`."""
        more = [named(self.lines)] if self.lines else []
        more += [f"owner {self.owner}"] if self.owner else []
        more += [f"until {self.until:%Y-%m-%d %H:%M} UTC"] if self.until else []
        return self.hold_id + (f" ({'; '.join(more)})" if more else "")


def rules_hold(reason: HoldReason, why: str, now: datetime) -> OpenHold:
    """A hold that the risk rules set: of the whole order, one for each reason."""
    return OpenHold(hold_id=reason.value, reason=reason, placed_at=now, why=why, by_rule=True)


def hold_id(reason: HoldReason, lines: tuple[int, ...], cause: str) -> str:
    """The id of a person's hold. `cause` is the request, or who asked where it has no id: the same cause is the same hold."""
    told = "|".join((reason.value, ",".join(map(str, lines)), cause))
    return f"{reason.value}-{fingerprint(told)[:ID_LENGTH]}"


def reasons(holds: Iterable[OpenHold]) -> tuple[HoldReason, ...]:
    """The reasons of some holds, each once, in the order in which they were placed."""
    return tuple(dict.fromkeys(hold.reason for hold in holds))


def told(holds: Iterable[OpenHold]) -> str:
    """Some holds in words; `none` when there are none."""
    return "; ".join(hold.told() for hold in holds) or "none"


def first_end(holds: Iterable[OpenHold]) -> datetime | None:
    """When the first of them ends by itself (UTC)."""
    return min((hold.until for hold in holds if hold.until), default=None)


def named(lines: Iterable[int]) -> str:
    """Lines in words: `line 2`, `lines 2, 3`."""
    numbers = sorted(set(lines))
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
