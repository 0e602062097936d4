"""May the order go on? Versioned rules over the order and the customer's history. Pure."""

from models.order.credit import CreditStanding
from models.order.messages import CustomerHistory, Order, OrderClass
from models.order.policy import ReviewPolicy
from models.order.states import HoldReason, RiskVerdict
from models.review.credit import CreditScore
from models.review.messages import CreditTier, RiskDecision


def credit_tier(
    history: CustomerHistory, policy: ReviewPolicy, score: CreditScore | None = None
) -> CreditTier:
    """How strictly to look (M2.1): good customers pass lightly, poor ones do not.

    A poor score makes any customer poor; a good one lets a customer pass lightly who has completed an order with us, and
    never outweighs orders that failed.
    """
    if history.failed >= policy.poor_after_failed and history.failed > history.completed:
        return CreditTier.POOR
    if _reaches(score, policy.credit_hold_at_bp) or _reaches(score, policy.credit_reject_at_bp):
        return CreditTier.POOR
    if history.completed >= policy.trusted_after_completed:
        return CreditTier.TRUSTED
    good = policy.credit_trust_below_bp is not None and not _reaches(score, policy.credit_trust_below_bp)
    if history.completed and score is not None and good:
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
    credit: CreditStanding | None = None,
) -> RiskDecision:
    """ACCEPT, HOLD or REJECT with every reason that applies, each explained in words; a poor customer may be asked for a deposit
    instead of waiting for a reviewer.

    `credit`: how the order stands to the customer's credit account, with its score; None without an account.
    """
    score = credit.score if credit else None
    tier = credit_tier(history, policy, score)
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
    deposit_bp = policy.poor_deposit_bp if tier is CreditTier.POOR else 0
    if tier is CreditTier.POOR and not deposit_bp:
        found[HoldReason.POOR_CREDIT] = _poor(history, score, policy)
    if credit and not credit.fits:
        found[HoldReason.CREDIT_LIMIT] = credit.words()
    found |= _anomalies(order, duplicate_of, policy)
    if why := _unusual(order, history, policy):
        found[HoldReason.RISK] = why
    verdict = RiskVerdict.HOLD if found else RiskVerdict.ACCEPT
    never_paid = history.failed >= policy.reject_after_failed and not history.completed
    if never_paid or _reaches(score, policy.credit_reject_at_bp):
        verdict = RiskVerdict.REJECT
    return RiskDecision(
        verdict=verdict,
        tier=tier,
        reasons=tuple(found),
        explained=tuple(found.values()),
        policy_version=version,
        deposit_bp=deposit_bp,
        score=score,
        features=credit.features if credit else {},
    )


def _reaches(score: CreditScore | None, threshold_bp: int | None) -> bool:
    return score is not None and threshold_bp is not None and score.probability * 10_000 >= threshold_bp


def _poor(history: CustomerHistory, score: CreditScore | None, policy: ReviewPolicy) -> str:
    """Why credit is poor: by the orders that failed, by the score with its own reasons, or by both."""
    told = []
    if credit_tier(history, policy) is CreditTier.POOR:
        told.append(f"{history.failed} earlier orders failed, {history.completed} completed")
    steps = (("refused", policy.credit_reject_at_bp), ("held", policy.credit_hold_at_bp))
    for what, at_bp in steps:
        if score is not None and at_bp is not None and _reaches(score, at_bp):
            head = f"probability of default {score.probability:.1%}, {what} from {at_bp / 10_000:.1%}"
            told += [f"{head} (model {score.model_version})", *(reason.words for reason in score.reasons)]
            break
    return "; ".join(told)


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


def _unusual(order: Order, history: CustomerHistory, policy: ReviewPolicy) -> str:
    """What a thief would do with somebody's account: many orders at once, or goods to a country of nobody's (M2.4)."""
    told = []
    if policy.velocity_per_hour and history.last_hour >= policy.velocity_per_hour:
        told.append(f"{history.last_hour} other orders of this customer within an hour")
    new = history.countries and order.ship_to.country not in history.countries
    limit = policy.large_minor(order.currency) * policy.new_country_share_bp // 10_000
    if new and policy.new_country_share_bp and order.total_minor >= limit:
        told.append(f"goes to {order.ship_to.country}, earlier orders went to {', '.join(history.countries)}")
    return "; ".join(told)
