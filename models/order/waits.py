"""Every thing an order may wait for. "Every order is finished or waits for a named thing.\""""

from dataclasses import dataclass
from enum import StrEnum

from models.order.states import Stage


class WaitingFor(StrEnum):
    """The names of the waits; search attribute `WaitingFor`."""

    REVIEW = "review"
    RELEASE = "release"
    PAYMENT = "payment"
    OTHER_PAYMENT = "other_payment"
    DEPOSIT = "deposit"
    STOCK = "stock"
    BENCH = "bench"
    CARRIER = "carrier"
    HANDOVER = "handover"
    DELIVERY = "delivery"
    RECEIPT = "receipt"
    RETURN_WINDOW = "return_window"
    PARCEL_DECISION = "parcel_decision"
    ATTENTION = "needs_attention"


@dataclass(frozen=True)
class Wait:
    """One wait: in which room, what for, who can end it and how, and where its runbook is."""

    stage: Stage
    what: str
    who: str
    how: tuple[str, ...]

    def runbook(self, name: WaitingFor) -> str:
        """Path of the runbook inside the documentation."""
        return f"docs/runbooks/{name.value}.md"


_W, _S = WaitingFor, Stage

WAITS: dict[WaitingFor, Wait] = {
    _W.REVIEW: Wait(
        _S.REVIEW,
        "a reviewer's decision",
        "a reviewer",
        ("approve", "require_deposit", "reject", "hold", "claim", "delegate", "ask", "cancel"),
    ),
    _W.RELEASE: Wait(_S.REVIEW, "the release of every hold", "a reviewer", ("release", "reject", "cancel")),
    _W.PAYMENT: Wait(
        _S.REVIEW,
        "the customer's payment",
        "the payment provider",
        ("payment_news", "confirm_payment", "cancel"),
    ),
    _W.OTHER_PAYMENT: Wait(
        _S.REVIEW, "another payment method, the first was declined", "the customer", ("pay_again", "cancel")
    ),
    _W.DEPOSIT: Wait(_S.REVIEW, "the customer's deposit", "the customer", ("pay_deposit", "cancel")),
    _W.STOCK: Wait(_S.ALLOCATION, "stock", "purchasing", ("stock_arrived", "preorder_moved", "cancel")),
    _W.BENCH: Wait(
        _S.PREPARATION, "the bench to pick, check, pack and label", "a warehouse hand", ("bench", "cancel")
    ),
    _W.CARRIER: Wait(
        _S.DELIVERY,
        "a carrier that takes the parcel",
        "an operator",
        ("attend retry", "attend abort", "cancel"),
    ),
    _W.HANDOVER: Wait(
        _S.DELIVERY, "the carrier to collect the parcel", "the carrier", ("parcel_news", "cancel")
    ),
    _W.DELIVERY: Wait(_S.DELIVERY, "the carrier to deliver", "the carrier", ("parcel_news",)),
    _W.RECEIPT: Wait(
        _S.CARE,
        "the customer to confirm receipt, or the days without complaint",
        "the customer",
        ("confirm_receipt",),
    ),
    _W.RETURN_WINDOW: Wait(_S.RETURNS, "the end of the return window", "nobody: it ends by itself", ()),
    _W.PARCEL_DECISION: Wait(
        _S.CARE,
        "a decision on a lost or damaged parcel",
        "customer care",
        ("resolve reship", "resolve refund"),
    ),
    _W.ATTENTION: Wait(
        _S.INSIGHT,
        "an operator: a step used up its attempts",
        "an operator",
        ("attend retry", "attend skip", "attend abort"),
    ),
}
