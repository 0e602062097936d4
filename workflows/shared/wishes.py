"""What each message puts into the order's state. The main coroutine acts on it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models.order.hold_rules import place, release
from models.order.messages import Attend, Decision, PayAgain, Release, Resolve
from models.order.rules import rule_holds
from models.order.run_state import OrderRun
from models.order.states import Outcome, PaymentState
from models.review.desk import Ask, Claim, Delegate, Reply, RequireDeposit, note_approval, take


def _approve(run: OrderRun, message: Decision, now: datetime) -> None:
    holds = rule_holds(run)
    if note_approval(run.desk, holds, message.by):
        run.holds = [hold for hold in run.holds if not hold.by_rule]


def _require_deposit(run: OrderRun, message: RequireDeposit, now: datetime) -> None:
    run.deposit_bp = max(run.deposit_bp, message.share_bp)
    _approve(run, message, now)


def _claim(run: OrderRun, message: Claim, now: datetime) -> None:
    minutes = message.minutes or run.desk.claim_minutes
    take(run.desk, message.by, now + timedelta(minutes=minutes))


def _delegate(run: OrderRun, message: Delegate, now: datetime) -> None:
    take(run.desk, message.to, now + timedelta(minutes=run.desk.claim_minutes))


def _ask(run: OrderRun, message: Ask, now: datetime) -> None:
    run.desk.question = message.question
    run.desk.questions += 1


def _reply(run: OrderRun, message: Reply, now: datetime) -> None:
    run.desk.question = ""


def _release(run: OrderRun, message: Release, now: datetime) -> None:
    release(run, message)


def _pay_again(run: OrderRun, message: PayAgain, now: datetime) -> None:
    run.method, run.token, run.dunning = message.method, message.token, None


def _pay_deposit(run: OrderRun, message: PayAgain, now: datetime) -> None:
    run.deposit_offered = True
    if message.token:
        run.method, run.token = message.method, message.token


def _confirm_payment(run: OrderRun, message: Decision, now: datetime) -> None:
    run.payment_confirmed = run.payment_state in (PaymentState.NONE, PaymentState.PENDING)


def _confirm_receipt(run: OrderRun, message: Decision, now: datetime) -> None:
    run.receipt_confirmed = True


def _attend(run: OrderRun, message: Attend, now: datetime) -> None:
    run.attention = message.action


def _resolve(run: OrderRun, message: Resolve, now: datetime) -> None:
    run.resolution = message.resolution


WISHES: dict[str, Callable[[OrderRun, Any, datetime], None]] = {
    "approve": _approve,
    "require_deposit": _require_deposit,
    "claim": _claim,
    "delegate": _delegate,
    "ask": _ask,
    "reply": _reply,
    "hold": place,
    "release": _release,
    "pay_again": _pay_again,
    "pay_deposit": _pay_deposit,
    "confirm_payment": _confirm_payment,
    "confirm_receipt": _confirm_receipt,
    "attend": _attend,
    "resolve": _resolve,
}
ENDS = {"reject": Outcome.REJECTED, "cancel": Outcome.CANCELLED}
