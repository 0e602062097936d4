"""The guardian of money that is held: it is reserved anew before it expires, and what expired all the same is asked for again."""

from temporalio import workflow

from models.order.run_state import OrderRun
from models.order.states import PaymentState
from models.review.messages import PaymentStatus, Purpose
from workflows.review.hold_money import authorise, hold_money, keep, look_up, void
from workflows.shared.life import OrderLife


async def guard_money(life: OrderLife) -> None:
    """Act on what was heard of the money, or on the time. Called by whatever wait the order is in."""
    run = life.run
    if run.payment_state is PaymentState.AUTHORISED and run.payment_news:
        await look_up(life, held_minor(run))
    if run.payment_state is PaymentState.AUTHORISED:
        if run.renewal_due(workflow.now()):
            await _renew(life)
        return
    if not run.gone:
        life.answer_jobs(f"the payment is {run.payment_state}: wait for the customer")
        await hold_money(life)
    elif run.payment_state is PaymentState.EXPIRED:
        await _renew(life)


def held_minor(run: OrderRun) -> int:
    """How much the order's authorisation holds, in minor units."""
    return run.authorisation.amount_minor if run.authorisation else 0


async def _renew(life: OrderLife) -> None:
    """Reserve the same amount again, then let the old authorisation go; refused, the old one stands as long as it lasts.

    Once the goods are gone an expired one is tried once like that; before the money is taken the customer is asked.
    """
    run, old = life.run, life.run.authorise_key
    run.renew_at = None
    expired = run.payment_state is PaymentState.EXPIRED
    key, answer = await authorise(life, held_minor(run), Purpose.RENEWAL)
    if answer.status is PaymentStatus.AUTHORISED:
        keep(life, key, answer)
        run.move(payment=PaymentState.AUTHORISED)
    if answer.status is not PaymentStatus.DECLINED:
        idle = old if answer.status is PaymentStatus.AUTHORISED else key
        if not (expired and idle == old):
            await void(life, idle, replaced=True)
        key = idle
    life.drop_undo("void_payment", key)
