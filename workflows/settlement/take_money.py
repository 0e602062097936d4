"""Take the money for what arrived and settle with the merchants, and its undo."""

from collections.abc import Awaitable, Callable

from activities.settlement.steps import SettlementSteps
from models.order.run_state import Undo
from models.order.states import PaymentState, Stage
from models.order.waits import WaitingFor
from models.settlement.messages import Capture, Captured, MerchantShare, Refund, Refunded
from models.settlement.rules import EXPIRED, amount_minor, shares
from workflows.shared.life import OrderLife
from workflows.shared.waiting import wait_for_attention, will_wait


async def take_money(life: OrderLife, hold_money: Callable[[int], Awaitable[None]]) -> None:
    """Capture the delivered part. What expired is held anew first; what falls short is taken in a second go; what the provider
    refuses waits for an operator."""
    run = life.run
    parts = shares(life.order, delivered_pieces(life))
    owed = amount_minor(parts)
    while run.payment_state is not PaymentState.CAPTURED and not run.written_off:
        if run.payment_state is PaymentState.AUTHORISED:
            await _capture(life, parts, owed)
        else:
            await hold_money(owed)
    if run.captured_minor < owed and not run.written_off:
        await _take_the_rest(life, owed)


async def _capture(life: OrderLife, parts: tuple[MerchantShare, ...], owed: int) -> None:
    run = life.run
    answer = await _take(life, parts, owed)
    if answer.said == EXPIRED:
        run.move(payment=PaymentState.EXPIRED)
    elif not answer.done or (owed and not answer.amount_minor):
        await wait_for_attention(life, "capture_payment", answer.said or "the provider took nothing", False)


async def _take_the_rest(life: OrderLife, owed: int) -> None:
    """The provider took less than asked: the customer owes the rest, which is asked for once more."""
    run = life.run
    while (due := owed - run.captured_minor) > 0:
        answer = await _take(life, (), due)
        if answer.done and answer.amount_minor == due:
            return
        why = (
            f"{owed - run.captured_minor} of {owed} are not taken: {answer.said or 'the provider took less'}"
        )
        if await wait_for_attention(life, "capture_payment", why, True) == "skip":
            life.fact("shortfall_accepted", why=why)
            return


async def _take(life: OrderLife, parts: tuple[MerchantShare, ...], amount: int) -> Captured:
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
        amount_minor=amount,
        currency=order.currency,
        shares=parts,
        commission_bp=run.policy.settlement.commission_bp,
        progress=progress,
    )
    answer = await life.external(SettlementSteps.capture_payment, request, "capture and settle")
    if answer.done and (answer.amount_minor or not amount):
        run.move(payment=PaymentState.CAPTURED)
        run.capture_reference = answer.reference
        run.captured_minor += answer.amount_minor
        run.undos = [undo for undo in run.undos if undo.step != "void_payment"]
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
    """The undo of a capture."""
    run = life.run
    if run.payment_state is not PaymentState.CAPTURED:
        return True
    request = Refund(
        key=life.key("refund_payment", undo.version),
        order_number=life.order.order_number,
        reference=run.capture_reference,
        amount_minor=run.captured_minor,
        currency=life.order.currency,
        why=run.ending_why,
        progress=life.progress(Stage.SETTLEMENT),
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
