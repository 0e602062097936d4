"""Take the money for what arrived and settle with the merchants, and its undo."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from activities.settlement.steps import SettlementSteps
from models.order.run_state import Undo
from models.order.states import PaymentState, Stage
from models.order.waits import WaitingFor
from models.settlement.messages import Capture, Captured, MerchantShare, Refund, Refunded
from models.settlement.rules import EXPIRED, amount_minor, shares
from models.settlement.stored_value import spread
from workflows.settlement.deposits import return_deposit
from workflows.shared.life import OrderLife
from workflows.shared.waiting import wait_for_attention, will_wait


class Due(NamedTuple):
    """What is owed for what arrived, and with what it is paid, in minor units: the deposit first, then stored value, then the card."""

    owed: int
    deposit: int
    stored: int
    card: int


def due_of(life: OrderLife, owed: int) -> Due:
    """Spread what is owed over what the order has."""
    run = life.run
    deposit = min(run.deposit_minor, owed)
    stored = min(run.stored_minor, owed - deposit)
    return Due(owed, deposit, stored, owed - deposit - stored)


async def take_money(life: OrderLife, hold_money: Callable[[int], Awaitable[None]]) -> None:
    """Take the money for the delivered part. What expired is held anew first; what falls short is taken in a second go; what the
    provider refuses waits for an operator; a deposit that was too much goes back."""
    run = life.run
    parts = shares(life.order, delivered_pieces(life))
    due = due_of(life, amount_minor(parts))
    while run.payment_state is not PaymentState.CAPTURED and not run.written_off:
        if run.payment_state is PaymentState.AUTHORISED:
            await _capture(life, parts, due)
        else:
            await hold_money(due.card)
    if run.written_off or run.settled:
        return
    await _take_the_rest(life, due.card)
    if run.deposit_minor > due.deposit:
        await return_deposit(life, run.deposit_minor - due.deposit, "less was delivered")
    run.settled = True


async def _capture(life: OrderLife, parts: tuple[MerchantShare, ...], due: Due) -> None:
    run = life.run
    answer = await _take(life, parts, due)
    if answer.said == EXPIRED:
        run.move(payment=PaymentState.EXPIRED)
    elif not answer.done or (due.card and not answer.amount_minor):
        await wait_for_attention(life, "capture_payment", answer.said or "the provider took nothing", False)
    else:
        run.move(payment=PaymentState.CAPTURED)
        run.stored_taken_minor, run.deposit_used_minor = due.stored, due.deposit
        run.captured_minor += due.stored
        run.undos = [undo for undo in run.undos if undo.step not in _no_longer(due)]


def _no_longer(due: Due) -> tuple[str, ...]:
    """The undos that a capture replaces; an authorisation of which nothing was taken still has to be let go."""
    replaced = ("release_stored_value", "return_deposit")
    return (*replaced, "void_payment") if due.card else replaced


async def _take_the_rest(life: OrderLife, card_minor: int) -> None:
    """The provider took less than asked: the customer owes the rest, which is asked for once more."""
    run = life.run
    while (left := card_minor - run.card_taken_minor) > 0:
        answer = await _take(life, (), Due(left, 0, 0, left))
        if answer.done and answer.amount_minor == left:
            return
        left = card_minor - run.card_taken_minor
        why = f"{left} of {card_minor} are not taken: {answer.said or 'the provider took less'}"
        if await wait_for_attention(life, "capture_payment", why, True) == "skip":
            life.fact("shortfall_accepted", why=why)
            return


async def _take(life: OrderLife, parts: tuple[MerchantShare, ...], due: Due) -> Captured:
    run, order = life.run, life.order
    key = life.key("capture_payment", run.version("capture_payment"))
    life.will_undo("refund_payment", key)
    progress = will_wait(life, WaitingFor.RETURN_WINDOW).model_copy(
        update={"order_state": run.order_state, "fulfilment_state": run.fulfilment_state}
    )
    request = Capture(
        key=key,
        order_number=order.order_number,
        reference=run.authorisation.reference if run.authorisation else "",
        amount_minor=due.card,
        currency=order.currency,
        shares=parts,
        commission_bp=run.policy.settlement.commission_bp,
        progress=progress,
        stored_minor=due.stored,
        deposit_minor=due.deposit,
        has_stored=bool(parts and run.stored_minor),
    )
    answer = await life.external(SettlementSteps.capture_payment, request, "capture and settle")
    if answer.done:
        run.capture_reference = answer.reference
        run.card_taken_minor += answer.amount_minor
        run.captured_minor += answer.amount_minor
    return answer


def delivered_pieces(life: OrderLife) -> dict[int, int]:
    """Pieces that arrived, by line number."""
    pieces: dict[int, int] = {}
    for parcel in life.run.parcels.values():
        if parcel.end == "delivered":
            for want in parcel.plan.wants:
                pieces[want.line_no] = pieces.get(want.line_no, 0) + want.quantity
    return pieces


async def refund_payment(life: OrderLife, undo: Undo) -> bool:
    """The undo of a capture: everything goes back to where it came from."""
    run = life.run
    if run.payment_state is not PaymentState.CAPTURED:
        return True
    taken = {
        "card": run.card_taken_minor,
        "deposit": run.deposit_used_minor,
        "stored": run.stored_taken_minor,
    }
    back = spread(sum(taken.values()), taken, run.policy.settlement.refund_order)
    request = Refund(
        key=life.key("refund_payment", undo.version),
        order_number=life.order.order_number,
        reference=run.capture_reference,
        card_minor=back.get("card", 0),
        currency=life.order.currency,
        why=run.ending_why,
        progress=life.progress(Stage.SETTLEMENT),
        deposit_reference=run.deposit_reference,
        deposit_minor=back.get("deposit", 0),
        stored_minor=back.get("stored", 0),
    )
    refunded = await life.external(
        SettlementSteps.refund_payment,
        request,
        "refund",
        skip_with=Refunded(done=False, said="skipped by an operator"),
    )
    if refunded.done:
        run.move(payment=PaymentState.REFUNDED)
    return True
