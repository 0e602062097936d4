"""An extra guarantee: the customer pays a part before anything goes out, and its undo."""

from collections.abc import Awaitable, Callable

from activities.settlement.steps import SettlementSteps
from models.order.messages import Fact
from models.order.records import Notice, NoticeKind
from models.order.run_state import Undo
from models.order.states import Outcome, PaymentState, Stage
from models.order.waits import WaitingFor
from models.review.messages import Authorised, PaymentStatus
from models.settlement.messages import MoveDeposit, Refunded
from models.shared.money import share, show
from workflows.shared.life import OrderEnds, OrderLife
from workflows.shared.waiting import gate, wait_for

# Reserve an amount; its key and the provider's answer. And let an authorisation go by its key.
Authorise = Callable[[int], Awaitable[tuple[str, Authorised]]]
LetGo = Callable[[str], Awaitable[object]]


async def take_deposit(life: OrderLife, authorise: Authorise, let_go: LetGo) -> None:
    """Return once the deposit that was asked for is taken; an order without it in time ends as unpaid."""
    run = life.run
    amount = share(life.order.total_minor - run.stored_minor, run.deposit_bp)
    while amount and not run.deposit_minor:
        await gate(life)
        if not run.deposit_offered:
            await _ask(life, amount)
        run.deposit_offered = False
        key, answer = await authorise(amount)
        if answer.status is PaymentStatus.DECLINED:
            life.drop_undo("void_payment", key)
        elif answer.status is not PaymentStatus.AUTHORISED or not await _take(life, key, answer, amount):
            await let_go(key)
            life.drop_undo("void_payment", key)


async def _ask(life: OrderLife, amount: int) -> None:
    """Write to the customer once, and wait for the word that the deposit may be taken."""
    run = life.run
    data = {"amount": show(amount, life.order.currency)}
    if run.version("deposit_letter") == 1:
        notice = Notice(kind=NoticeKind.DEPOSIT_DUE, data=data)
        await life.record(
            life.key("deposit_due"), Stage.REVIEW, (Fact(what="deposit_due", data=data),), (notice,)
        )
    if not await wait_for(life, WaitingFor.DEPOSIT, lambda: run.deposit_offered):
        life.end(Outcome.UNPAID, "the deposit did not come in time")
        raise OrderEnds


async def _take(life: OrderLife, authorise_key: str, answer: Authorised, amount: int) -> bool:
    run = life.run
    key = life.key("take_deposit", authorise_key.rsplit(":", 1)[-1])
    life.will_undo("return_deposit", key)
    run.deposit_reference, run.deposit_asked_minor = answer.reference, amount
    await _capture(life, key)
    life.drop_undo(
        "void_payment" if run.deposit_minor else "return_deposit", authorise_key if run.deposit_minor else key
    )
    return run.deposit_minor > 0


async def _capture(life: OrderLife, key: str) -> None:
    """Take what was asked for; with the same key again it tells what became of it."""
    run = life.run
    request = _moved(life, key, run.deposit_reference, run.deposit_asked_minor)
    taken = await life.external(SettlementSteps.take_deposit, request, "take the deposit")
    if taken.done:
        run.deposit_minor = taken.amount_minor
        run.captured_minor += taken.amount_minor


def _moved(life: OrderLife, key: str, reference: str, amount: int, ends: bool = False) -> MoveDeposit:
    run = life.run
    return MoveDeposit(
        key=key,
        order_number=life.order.order_number,
        reference=reference,
        amount_minor=amount,
        currency=life.order.currency,
        progress=life.progress(run.stage),
        held_minor=run.stored_minor,
        why=run.ending_why,
        ends=ends,
    )


async def return_deposit(life: OrderLife, amount: int, why: str, ends: bool = False) -> None:
    """Give (a part of) the deposit back; `ends`: nothing else is held or taken any more."""
    key = life.key("return_deposit", "all" if ends else "rest")
    request = _moved(life, key, life.run.deposit_reference, amount, ends).model_copy(update={"why": why})
    returned = await life.external(
        SettlementSteps.return_deposit,
        request,
        "give the deposit back",
        skip_with=Refunded(done=False, said="skipped by an operator"),
    )
    if returned.done and ends:
        life.run.move(payment=PaymentState.REFUNDED)


async def undo_deposit(life: OrderLife, undo: Undo) -> bool:
    """The undo of a deposit. Where nobody knows whether it was taken, it is asked for once more by its key, and given back."""
    if not life.run.deposit_minor:
        await _capture(life, undo.key)
    if life.run.deposit_minor:
        await return_deposit(life, life.run.deposit_minor, life.run.ending_why, ends=True)
    return True
