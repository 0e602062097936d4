"""What may be said to an order, and when. One function answers for signals and updates alike. Pure."""

from datetime import datetime

from models.order.hold_rules import hold_objection, on_parcel, release_objection
from models.order.holds import reasons, told
from models.order.messages import Attend, Decision, Hold, PayAgain, Release, Resolve
from models.order.run_state import OrderRun, ParcelRun
from models.order.states import HoldReason, OrderState, PaymentState
from models.order.waits import WaitingFor
from models.preparation.messages import BenchStep, BenchWork
from models.review.desk import desk_objection

STEPS = tuple(BenchStep)
_NOT_COMING = (PaymentState.DECLINED, PaymentState.EXPIRED, PaymentState.VOIDED, PaymentState.REFUNDED)
_ENDED = (OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED, OrderState.UNDELIVERABLE)


def objection(run: OrderRun, verb: str, message: Decision, now: datetime) -> str:
    """Why a message cannot be obeyed `now` (UTC); empty when it can."""
    if run.order_state in _ENDED:
        return f"the order is {run.order_state}"
    if run.ending and verb != "attend":
        return f"the order is being {run.ending}"
    if verb in ("approve", "require_deposit", "reject", "claim", "delegate", "ask") and run.money_held:
        return "the order passed review already" + (": cancel it instead" if verb == "reject" else "")
    if verb in ("cancel", "reject") and run.gone:
        return "the carrier has the parcel: it can be returned, no longer stopped"
    if isinstance(message, Hold):
        return hold_objection(run, message, now)
    if isinstance(message, Release) and (wrong := release_objection(run, message)):
        return wrong
    if isinstance(message, Attend):
        return _attend(run, message)
    if isinstance(message, Resolve):
        return _resolve(run, message)
    if verb == "pay_deposit":
        return "" if run.waiting_for is WaitingFor.DEPOSIT else "no deposit is asked for"
    if isinstance(message, PayAgain) and not message.token:
        return "token is missing: it stands for the other payment method"
    return _customer(run, verb) or desk_objection(run.desk, rule_holds(run), verb, message, now)


def _attend(run: OrderRun, message: Attend) -> str:
    if run.waiting_for is not WaitingFor.ATTENTION and run.waiting_for is not WaitingFor.CARRIER:
        return "no step waits for an operator"
    if message.action not in ("retry", "skip", "abort"):
        return f"action is retry, skip or abort, not {message.action!r}"
    if message.action == "skip" and not run.can_skip:
        return f"step {run.attention_step} cannot be skipped: retry or abort"
    if message.action == "abort" and run.ending:
        return "the order is being undone already: retry, or skip where offered"
    if message.action == "abort" and run.gone:
        return "the carrier has the parcel: retry, or skip where offered"
    return ""


def _resolve(run: OrderRun, message: Resolve) -> str:
    if run.waiting_for is not WaitingFor.PARCEL_DECISION:
        return "no parcel waits for a decision"
    if message.resolution not in ("reship", "refund"):
        return f"resolution is reship or refund, not {message.resolution!r}"
    return ""


def _customer(run: OrderRun, verb: str) -> str:
    if verb == "pay_again" and run.payment_state not in (PaymentState.DECLINED, PaymentState.EXPIRED):
        return f"payment is {run.payment_state}, not declined"
    if verb == "confirm_payment" and run.payment_state in _NOT_COMING:
        return f"payment is {run.payment_state}: pay again with another method"
    if verb == "confirm_receipt" and run.order_state is not OrderState.DELIVERED:
        return f"the order is {run.order_state}, not delivered"
    return ""


def rule_holds(run: OrderRun) -> list[HoldReason]:
    """The open holds that the risk rules set: a reviewer's `approve` ends them."""
    return [hold.reason for hold in run.holds if hold.by_rule]


def parcel_objection(run: OrderRun, parcel: ParcelRun) -> str:
    """Which holds keep a parcel in the house; empty when none does."""
    holds = on_parcel(run, parcel)
    if any(not hold.lines for hold in holds):
        return "the order is on hold: " + ", ".join(reasons(holds))
    return f"parcel {parcel.plan.parcel_id} is on hold: {told(holds)}" if holds else ""


def bench_objection(run: OrderRun, work: BenchWork) -> str:
    """Why the bench may not do this now; empty when it may. Steps go in their order, each once."""
    parcel = run.parcels.get(work.parcel_id)
    if parcel is None:
        return f"no parcel {work.parcel_id!r} in this order: {', '.join(run.parcels) or 'none yet'}"
    if parcel.end or parcel.handed_over:
        return f"parcel {work.parcel_id} is {parcel.end or 'with the carrier'}"
    if run.payment_state in (PaymentState.DECLINED, PaymentState.EXPIRED):
        return f"the payment is {run.payment_state}: wait for the customer"
    if wrong := parcel_objection(run, parcel):
        return wrong
    if run.ending:
        return f"the order is being {run.ending}"
    if work.missing_sku:
        known = {want.sku: want.quantity for want in parcel.plan.wants}
        if not 0 < work.missing <= known.get(work.missing_sku, 0):
            return f"missing must be 1 to {known.get(work.missing_sku, 0)} pieces of a SKU of the parcel"
        return "" if not parcel.labelled else "the parcel is labelled already"
    due = STEPS[len(parcel.steps) :]
    if not work.steps or tuple(work.steps) != due[: len(work.steps)]:
        return f"next at the bench: {', '.join(due) or 'nothing'}"
    return ""
