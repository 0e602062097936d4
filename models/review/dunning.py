"""What is done while a payment is missing: the customer is reminded, and a card that may have money tomorrow is tried again. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from models.order.policy import PaymentPolicy
from models.review.messages import PaymentStatus
from models.shared.messages import Message


class DunningStep(StrEnum):
    """What is done next."""

    REMIND = "remind"
    RETRY = "retry"


class Dunning(Message):
    """A payment that is missing since `since` (UTC). `taken` counts the steps that were taken.

    `method` and `token` are what was declined; `reason` is the provider's.
    """

    since: datetime
    status: PaymentStatus
    method: str = ""
    token: str = ""
    reason: str = ""
    taken: int = 0

    def next_step(self, policy: PaymentPolicy) -> tuple[datetime, DunningStep] | None:
        """When which step is due; None when nothing is left to do but wait."""
        plan = list(_plan(self, policy))
        if self.taken >= len(plan):
            return None
        hours, step = plan[self.taken]
        return self.since + timedelta(hours=hours), step

    def after_step(self) -> "Dunning":
        """One step further."""
        return self.model_copy(update={"taken": self.taken + 1})


def _plan(dunning: Dunning, policy: PaymentPolicy) -> Iterable[tuple[float, DunningStep]]:
    """All steps in order of time. What cannot help is passed over when its time comes, so that counts stay right."""
    steps = [(hours, DunningStep.REMIND) for hours in policy.remind_after_h]
    if dunning.status is PaymentStatus.DECLINED:
        steps += [(hours, DunningStep.RETRY) for hours in policy.retry_after_h]
    return sorted(steps)


def worth_retrying(dunning: Dunning, policy: PaymentPolicy) -> bool:
    """Whether the same instrument may be good later: the provider's reason says so, and there is an instrument."""
    return bool(dunning.token) and dunning.reason in policy.retried_reasons
