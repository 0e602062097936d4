"""Reserve the money, and its undo. Declined: the customer is asked for another method. Pending: the customer still has to pay."""

from activities.review.steps import ReviewSteps
from models.order.run_state import Undo
from models.order.states import Outcome, PaymentState, Stage
from models.order.waits import WaitingFor
from models.review.messages import (
    Authorise,
    Authorised,
    PaymentStatus,
    RecordPaymentNews,
    RiskDecision,
    Voided,
    VoidPayment,
)
from workflows.shared.life import OrderEnds, OrderLife
from workflows.shared.waiting import gate, wait_for

_STATE = {
    PaymentStatus.AUTHORISED: PaymentState.AUTHORISED,
    PaymentStatus.PENDING: PaymentState.PENDING,
    PaymentStatus.DECLINED: PaymentState.DECLINED,
}


async def hold_money(life: OrderLife, decision: RiskDecision) -> None:
    """Return once the order's total is authorised; an order that is not paid in time ends as unpaid."""
    run = life.run
    while run.payment_state is not PaymentState.AUTHORISED:
        await gate(life)
        if run.payment_state is PaymentState.PENDING:
            await _await_payment(life)
        elif run.payment_state is PaymentState.DECLINED:
            await _await_other_method(life, decision)
        else:
            await _authorise(life, decision)
    run.money_held = True


async def _authorise(life: OrderLife, decision: RiskDecision) -> None:
    run, order = life.run, life.order
    key = life.key("authorise_payment", run.version("authorise_payment"))
    life.will_undo("void_payment", key)
    request = Authorise(
        key=key,
        order_number=order.order_number,
        amount_minor=order.total_minor,
        currency=order.currency,
        method=run.method,
        token=run.token,
        decision=decision,
        progress=life.progress(Stage.REVIEW),
    )
    _settle(life, await life.external(ReviewSteps.authorise_payment, request, "authorise the payment"))


def _settle(life: OrderLife, answer: Authorised) -> None:
    life.run.authorisation = answer
    life.run.move(payment=_STATE[answer.status])
    if answer.status is PaymentStatus.DECLINED:
        life.run.token = ""
        life.run.undos = [undo for undo in life.run.undos if undo.step != "void_payment"]


async def _await_payment(life: OrderLife) -> None:
    run = life.run
    if not await wait_for(life, WaitingFor.PAYMENT, lambda: bool(run.payment_news)):
        life.end(Outcome.UNPAID, "the payment did not come in time")
        raise OrderEnds
    news = run.payment_news.pop(0)
    if (
        news.status is PaymentStatus.PENDING
        or not run.authorisation
        or news.reference != run.authorisation.reference
    ):
        return
    request = RecordPaymentNews(
        key=life.key("payment_news", news.request_id),
        order_number=life.order.order_number,
        news=news,
        amount_minor=life.order.total_minor,
        progress=life.progress(Stage.REVIEW),
    )
    _settle(life, await life.local(ReviewSteps.record_payment_news, request, f"payment {news.status}"))


async def _await_other_method(life: OrderLife, decision: RiskDecision) -> None:
    if not await wait_for(life, WaitingFor.OTHER_PAYMENT, lambda: bool(life.run.token)):
        life.end(Outcome.UNPAID, "declined, and no other method in time")
        raise OrderEnds
    await _authorise(life, decision)


async def give_money_back(life: OrderLife, undo: Undo) -> bool:
    """The undo of an authorisation, whatever became of it."""
    run = life.run
    request = VoidPayment(
        key=life.key("void_payment", undo.version),
        order_number=life.order.order_number,
        reference=run.authorisation.reference if run.authorisation else "",
        authorise_key=undo.key,
        progress=life.progress(Stage.REVIEW),
    )
    voided = await life.external(
        ReviewSteps.void_payment,
        request,
        "void the payment",
        skip_with=Voided(done=False, said="skipped by an operator"),
    )
    if voided.done:
        run.move(payment=PaymentState.VOIDED)
    return True
