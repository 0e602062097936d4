"""What each message puts into the order's state. The main coroutine acts on it."""

from collections.abc import Callable

from models.order.messages import Attend, Decision, Hold, PayAgain, Release, Resolve
from models.order.rules import rule_holds
from models.order.run_state import OrderRun
from models.order.states import Outcome


def _approve(run: OrderRun, message: Decision) -> None:
    for reason in rule_holds(run):
        del run.holds[reason]


def _hold(run: OrderRun, message: Hold) -> None:
    run.holds[message.reason] = message.why or f"held by {message.by}"
    run.holds_until.pop(message.reason, None)
    if message.until:
        run.holds_until[message.reason] = message.until


def _release(run: OrderRun, message: Release) -> None:
    for reason in [message.reason] if message.reason else list(run.holds):
        run.holds.pop(reason, None)
        run.holds_until.pop(reason, None)


def _pay_again(run: OrderRun, message: PayAgain) -> None:
    run.method, run.token = message.method, message.token


def _confirm_receipt(run: OrderRun, message: Decision) -> None:
    run.receipt_confirmed = True


def _attend(run: OrderRun, message: Attend) -> None:
    run.attention = message.action


def _resolve(run: OrderRun, message: Resolve) -> None:
    run.resolution = message.resolution


WISHES: dict[str, Callable[[OrderRun, Decision], None]] = {
    "approve": _approve,
    "hold": _hold,  # type: ignore[dict-item]
    "release": _release,  # type: ignore[dict-item]
    "pay_again": _pay_again,  # type: ignore[dict-item]
    "confirm_receipt": _confirm_receipt,
    "attend": _attend,  # type: ignore[dict-item]
    "resolve": _resolve,  # type: ignore[dict-item]
}
ENDS = {"reject": Outcome.REJECTED, "cancel": Outcome.CANCELLED}
