"""A payment is missing: the customer is reminded, the same card tried again where that may help, and in the end somebody decides."""

from collections.abc import Callable

from temporalio import workflow

from models.order.states import Outcome
from models.order.waits import WaitingFor
from models.review.dunning import Dunning, DunningStep, worth_retrying
from models.review.messages import Authorised, PaymentStatus
from workflows.shared.life import OrderEnds, OrderLife
from workflows.shared.waiting import wait_for, wait_for_attention


def note_missing(life: OrderLife, answer: Authorised) -> None:
    """What the provider said decides what is done while the money is missing. A new kind of waiting begins anew."""
    run = life.run
    if answer.status not in (PaymentStatus.PENDING, PaymentStatus.DECLINED):
        run.dunning = None
        return
    if run.dunning is None or run.dunning.status is not answer.status:
        run.dunning = Dunning(since=workflow.now(), status=answer.status)
    tried = {"method": run.method, "token": run.token} if run.token else {}
    run.dunning = run.dunning.model_copy(update={"reason": answer.reason, **tried})


async def await_payment(life: OrderLife) -> bool:
    """Whether somebody said that a pending payment is paid, before the time was over."""
    run = life.run
    return await _wait(life, WaitingFor.PAYMENT, lambda: bool(run.payment_news or run.payment_confirmed))


async def await_other_method(life: OrderLife) -> bool:
    """Whether there is an instrument to try before the time was over: the customer's other one, or the same once more."""
    return await _wait(life, WaitingFor.OTHER_PAYMENT, lambda: bool(life.run.token))


async def not_paid(life: OrderLife, why: str) -> None:
    """The time is over. What is still here is not sent; what is gone is a debt, and somebody decides about it."""
    if not life.run.gone:
        life.end(Outcome.UNPAID, why)
        raise OrderEnds
    life.run.written_off = await wait_for_attention(life, "collect_payment", why, True) == "skip"
    life.run.dunning = None


async def _wait(life: OrderLife, name: WaitingFor, ready: Callable[[], bool]) -> bool:
    """Wait, and take the steps of dunning when their time comes."""
    run = life.run
    while True:
        due = run.dunning.next_step(run.policy.payments) if run.dunning else None
        due_at = due[0] if due else None
        in_time = await wait_for(
            life,
            name,
            lambda at=due_at: ready() or (at is not None and workflow.now() >= at),  # type: ignore[misc]
            endable=not run.gone,
            since=run.dunning.since if run.dunning else None,
            look_at=due_at,
        )
        if not in_time or ready() or run.dunning is None or due is None:
            return in_time
        run.dunning = run.dunning.after_step()
        if due[1] is DunningStep.REMIND:
            life.fact("payment_reminder")
        elif worth_retrying(run.dunning, run.policy.payments):
            life.fact("payment_retried", why=run.dunning.reason)
            run.method, run.token = run.dunning.method, run.dunning.token
