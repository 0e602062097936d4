"""Take the money for what arrived and settle with the merchants, and its undo."""

from activities.settlement.steps import SettlementSteps
from models.order.run_state import Undo
from models.order.states import PaymentState, Stage
from models.order.waits import WaitingFor
from models.settlement.messages import Capture, Refund, Refunded
from models.settlement.rules import amount_minor, shares
from workflows.shared.life import OrderLife
from workflows.shared.waiting import wait_for_attention, will_wait


async def take_money(life: OrderLife) -> None:
    """Capture the delivered part; what the provider refuses waits for an operator."""
    run, order = life.run, life.order
    parts = shares(order, delivered_pieces(life))
    while run.payment_state is PaymentState.AUTHORISED:
        key = life.key("capture_payment", run.version("capture_payment"))
        life.will_undo("refund_payment", key)
        progress = will_wait(life, WaitingFor.RETURN_WINDOW).model_copy(
            update={"order_state": run.order_state, "fulfilment_state": run.fulfilment_state}
        )
        request = Capture(
            key=key,
            order_number=order.order_number,
            reference=run.authorisation.reference if run.authorisation else "",
            amount_minor=amount_minor(parts),
            currency=order.currency,
            shares=parts,
            commission_bp=run.policy.settlement.commission_bp,
            progress=progress,
        )
        answer = await life.external(SettlementSteps.capture_payment, request, "capture and settle")
        if answer.done:
            run.move(payment=PaymentState.CAPTURED)
            run.capture_reference, run.captured_minor = answer.reference, answer.amount_minor
            run.undos = [undo for undo in run.undos if undo.step != "void_payment"]
        else:
            await wait_for_attention(life, "capture_payment", answer.said, False)


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
