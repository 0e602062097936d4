"""Buy one label for a parcel, and its undo."""

from activities.delivery.steps import DeliverySteps
from models.delivery.messages import BookParcel, LabelVoided, VoidLabel
from models.delivery.rules import is_valuable
from models.order.rules import parcel_objection
from models.order.run_state import ParcelRun, Undo
from models.order.states import FulfilmentState, Outcome, Stage
from models.order.waits import WaitingFor
from workflows.shared.life import OrderEnds, OrderLife
from workflows.shared.waiting import gate, wait_for_attention, will_wait


async def book_carrier(life: OrderLife, parcel: ParcelRun) -> str:
    """Label a parcel; returns why not: it is held, or no carrier takes it and an operator gave up trying."""
    run, order, plan = life.run, life.order, parcel.plan
    while not parcel.labelled:
        if why := parcel_objection(run, parcel):
            return why
        await gate(life)
        if why := parcel_objection(run, parcel):
            return why
        key = life.key(f"book_parcel:{plan.parcel_id}", run.version(f"book:{plan.parcel_id}"))
        life.will_undo("void_label", key, plan.parcel_id)
        unlabelled = [other for other in run.live_parcels if not other.labelled and other is not parcel]
        progress = will_wait(life, WaitingFor.BENCH if unlabelled else WaitingFor.HANDOVER)
        request = BookParcel(
            key=key,
            order_number=order.order_number,
            parcel_id=plan.parcel_id,
            warehouse=plan.warehouse,
            ship_to=order.ship_to,
            recipient=order.customer.name,
            weight_g=plan.weight_g,
            value_minor=plan.value_minor,
            currency=order.currency,
            service=order.service,
            valuable=is_valuable(
                plan.value_minor, run.policy.review.large_minor(order.currency), run.policy.delivery
            ),
            policy=run.policy.delivery,
            progress=progress.model_copy(
                update={"fulfilment_state": life.reachable(FulfilmentState.LABELLED)}
            ),
        )
        booked = await life.external(
            DeliverySteps.book_parcel, request, f"book a carrier for {plan.parcel_id}"
        )
        if booked.tracking_number:
            parcel.carrier, parcel.tracking_number, parcel.label = (
                booked.carrier,
                booked.tracking_number,
                booked.label,
            )
            run.move(fulfilment=life.reachable(FulfilmentState.LABELLED))
        else:
            action = await wait_for_attention(life, "book_parcel", booked.explained, True, WaitingFor.CARRIER)
            if action == "abort":
                life.end(Outcome.CANCELLED, f"no carrier takes {plan.parcel_id}")
                raise OrderEnds
            if action == "skip":
                return booked.explained
    return ""


async def void_label(life: OrderLife, undo: Undo) -> bool:
    """The undo of a booking; False when the carrier has the parcel already, and the order goes on."""
    parcel = life.run.parcels[undo.parcel_id]
    if not parcel.labelled or parcel.end:
        return True
    request = VoidLabel(
        key=life.key(f"void_label:{undo.parcel_id}", undo.version),
        order_number=life.order.order_number,
        parcel_id=undo.parcel_id,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        progress=life.progress(Stage.DELIVERY),
    )
    answer = await life.external(
        DeliverySteps.void_label,
        request,
        f"void the label of {undo.parcel_id}",
        skip_with=LabelVoided(done=True, said="skipped"),
    )
    if answer.done:
        parcel.carrier = parcel.tracking_number = parcel.label = ""
    return answer.done
