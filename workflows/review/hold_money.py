"""Reserve the money, and its undo. Declined: the customer is asked for another method. Pending: the customer still has to pay."""

from datetime import timedelta

from temporalio import workflow

from activities.review.steps import ReviewSteps
from models.order.run_state import Undo
from models.order.states import PaymentState, Stage
from models.review.messages import (
    Authorise,
    Authorised,
    LookUpPayment,
    PaymentStatus,
    Purpose,
    RiskDecision,
    Voided,
    VoidPayment,
)
from workflows.review.dunning import await_other_method, await_payment, not_paid, note_missing
from workflows.shared.life import OrderLife
from workflows.shared.waiting import gate

_STILL_OPEN = (PaymentState.NONE, PaymentState.PENDING, PaymentState.DECLINED, PaymentState.EXPIRED)


async def hold_money(life: OrderLife, due_minor: int | None = None) -> None:
    """Return once `due_minor`, the order's total unless told, is authorised; an order that is not paid in time ends as unpaid.

    When the carrier has the goods there is no way back: then people decide what becomes of a debt.
    """
    run = life.run
    due = life.order.total_minor - run.beside_minor if due_minor is None else due_minor
    while run.payment_state in _STILL_OPEN and not run.written_off:
        if not run.gone:
            await gate(life)
        if run.payment_state is PaymentState.PENDING:
            await _await_payment(life, due)
        elif run.payment_state is PaymentState.DECLINED:
            await _await_other_method(life, due)
        else:
            await _authorise(life, due)
    run.money_held = True


def decided(life: OrderLife) -> RiskDecision:
    """The verdict that the order goes on with."""
    assert life.run.decision is not None
    return life.run.decision.model_copy(update={"verdict": life.run.risk})


async def authorise(
    life: OrderLife, due_minor: int, purpose: Purpose = Purpose.ORDER
) -> tuple[str, Authorised]:
    """Ask the provider for the money; its key and what was answered."""
    run, order = life.run, life.order
    key = life.key("authorise_payment", run.version("authorise_payment"))
    life.will_undo("void_payment", key)
    request = Authorise(
        key=key,
        order_number=order.order_number,
        amount_minor=due_minor,
        currency=order.currency,
        method=run.method,
        token=run.token,
        decision=decided(life),
        progress=life.progress(run.stage if run.money_held else Stage.REVIEW),
        purpose=purpose,
        beside_minor=run.beside_minor,
    )
    return key, await life.external(ReviewSteps.authorise_payment, request, "authorise the payment")


def keep(life: OrderLife, key: str, answer: Authorised) -> None:
    """This authorisation is the order's now; the guardian's time counts from here."""
    run = life.run
    run.authorisation, run.authorise_key = answer, key
    after_s = run.policy.payments.renewed_after_s
    held = answer.status is PaymentStatus.AUTHORISED and after_s is not None
    run.renew_at = workflow.now() + timedelta(seconds=after_s or 0) if held else None


async def _authorise(life: OrderLife, due_minor: int) -> None:
    key, answer = await authorise(life, due_minor)
    _settle(life, key, answer)


def _settle(life: OrderLife, key: str, answer: Authorised) -> None:
    keep(life, key, answer)
    note_missing(life, answer)
    life.run.move(payment=PaymentState(answer.status))
    if answer.status is PaymentStatus.DECLINED:
        life.run.token = ""
        life.drop_undo("void_payment", key)


async def look_up(life: OrderLife, due_minor: int) -> None:
    """Ask the provider how the authorisation stands: whoever told us, only the provider is believed."""
    run = life.run
    assert run.authorisation is not None
    run.payment_news.clear()
    run.payment_confirmed = False
    request = LookUpPayment(
        order_number=life.order.order_number,
        authorise_key=run.authorise_key,
        amount_minor=due_minor,
        known=run.authorisation.status,
        progress=life.progress(run.stage),
        beside_minor=run.beside_minor,
    )
    answer = await life.external(
        ReviewSteps.look_up_payment, request, "look the payment up", skip_with=run.authorisation
    )
    if answer.status is not run.authorisation.status:
        _settle(life, run.authorise_key, answer)


async def _await_payment(life: OrderLife, due_minor: int) -> None:
    heard = await await_payment(life)
    await look_up(life, due_minor)  # also at the end of the time: its webhook may have been lost
    if life.run.payment_state is PaymentState.PENDING and heard:
        life.fact("payment_not_there_yet")
    elif life.run.payment_state is PaymentState.PENDING:
        await not_paid(life, "the payment did not come in time")


async def _await_other_method(life: OrderLife, due_minor: int) -> None:
    if await await_other_method(life):
        await _authorise(life, due_minor)
    else:
        await not_paid(life, "declined, and no other method in time")


async def give_money_back(life: OrderLife, undo: Undo) -> bool:
    """The undo of an authorisation, whatever became of it."""
    keeps = life.run.deposit_minor > 0  # then its own undo tells where the money stands
    if (await void(life, undo.key, replaced=keeps, rest=True)).done and not keeps:
        life.run.move(payment=PaymentState.VOIDED)
    return True


async def void(life: OrderLife, authorise_key: str, replaced: bool = False, rest: bool = False) -> Voided:
    """Let an authorisation go; `replaced`: the order's payment stays as it is. `rest`: nothing comes in its place."""
    run = life.run
    current = run.authorisation if authorise_key == run.authorise_key else None
    request = VoidPayment(
        key=life.key("void_payment", authorise_key.rsplit(":", 1)[-1]),
        order_number=life.order.order_number,
        reference=current.reference if current else "",
        authorise_key=authorise_key,
        progress=life.progress(run.stage if replaced else Stage.REVIEW),
        replaced=replaced,
        left_minor=run.beside_minor if rest and run.beside_minor else None,
    )
    return await life.external(
        ReviewSteps.void_payment,
        request,
        "void the old authorisation" if replaced else "void the payment",
        skip_with=Voided(done=False, said="skipped by an operator"),
    )
