"""May the order go on? Versioned rules over the order and the customer's history. Pure."""

from models.order.messages import CustomerHistory, Order, OrderClass
from models.order.policy import ReviewPolicy
from models.order.states import HoldReason, RiskVerdict
from models.review.messages import CreditTier, RiskDecision


def credit_tier(history: CustomerHistory, policy: ReviewPolicy) -> CreditTier:
    """How strictly to look (M2.1): good customers pass lightly, poor ones do not."""
    if history.failed >= policy.poor_after_failed and history.failed > history.completed:
        return CreditTier.POOR
    if history.completed >= policy.trusted_after_completed:
        return CreditTier.TRUSTED
    return CreditTier.ORDINARY if history.completed else CreditTier.NEW


def limit_minor(order: Order, tier: CreditTier, policy: ReviewPolicy) -> int:
    """From how many minor units on a person must look, by credit tier."""
    large = policy.large_minor(order.currency)
    if tier is CreditTier.TRUSTED:
        return large * 2
    if tier is CreditTier.POOR:
        return large * policy.strict_large_major_share_bp // 10_000
    return large


def judge(
    order: Order,
    order_class: OrderClass,
    history: CustomerHistory,
    duplicate_of: str,
    policy: ReviewPolicy,
    version: int,
) -> RiskDecision:
    """ACCEPT, HOLD or REJECT with every reason that applies, each explained in words."""
    tier = credit_tier(history, policy)
    found: dict[HoldReason, str] = {}
    if order_class is OrderClass.SPECIAL:
        found[HoldReason.SPECIAL_GOODS] = "special goods are looked at by a person"
    limit = limit_minor(order, tier, policy)
    if order.total_minor >= limit:
        found[HoldReason.LARGE_ORDER] = (
            f"total {order.total_minor} is at or over the limit {limit} of a {tier} customer"
        )
    elif order.pieces >= policy.many_pieces:
        found[HoldReason.LARGE_ORDER] = f"{order.pieces} pieces, the limit is {policy.many_pieces}"
    if tier is CreditTier.POOR:
        found[HoldReason.POOR_CREDIT] = (
            f"{history.failed} earlier orders failed, {history.completed} completed"
        )
    found |= _anomalies(order, duplicate_of, policy)
    verdict = RiskVerdict.HOLD if found else RiskVerdict.ACCEPT
    if history.failed >= policy.reject_after_failed and not history.completed:
        verdict = RiskVerdict.REJECT
    return RiskDecision(
        verdict=verdict,
        tier=tier,
        reasons=tuple(found),
        explained=tuple(found.values()),
        policy_version=version,
    )


def _anomalies(order: Order, duplicate_of: str, policy: ReviewPolicy) -> dict[HoldReason, str]:
    """What does not fit together (M2.2, M2.4)."""
    found: dict[HoldReason, str] = {}
    if order.payment.amount_minor != order.card_minor:
        found[HoldReason.AMOUNT_MISMATCH] = (
            f"payment says {order.payment.amount_minor}, the order {order.card_minor}"
        )
    for line in order.lines:
        listed = line.list_price_minor
        if listed and abs(line.unit_price_minor - listed) * 10_000 > listed * policy.price_tolerance_bp:
            found[HoldReason.PRICE_DIFFERS] = (
                f"line {line.line_no}: price {line.unit_price_minor}, listed {listed}"
            )
    if order.address_verdict == "ambiguous":
        found[HoldReason.ADDRESS_CONFLICT] = "postcode and region do not fit together"
    if duplicate_of:
        found[HoldReason.DUPLICATE] = f"same customer and goods as {duplicate_of} within a day"
    return found
