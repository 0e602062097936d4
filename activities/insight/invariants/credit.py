"""Credit: what customers owe stays under their limits, and nothing that is owed is left out."""

from activities.insight.invariants.registry import invariant


@invariant
def exposure_in_limit() -> str:
    """No order that the rules let in on credit came, with the customer's orders before it that are open still, over the limit of then."""
    # An order never opens again and what is captured never shrinks, so what is owed today was owed then. The limit may
    # have been lowered since; an order that a person let pass counts for those after it.
    return """
SELECT order_number AS subject,
    concat('orders on credit up to this one owe ', owed, ' ', currency, ', the limit was ', limit_minor) AS what,
    owed > limit_minor AND approved_at IS NULL AS wrong
FROM (
    SELECT u.order_number, u.currency, u.limit_minor, u.approved_at,
        sum(CASE WHEN o.closed_at IS NULL THEN greatest(o.total_minor - o.captured_minor, 0) ELSE 0 END)
            OVER (PARTITION BY u.customer_id, u.currency ORDER BY u.turn) AS owed
    FROM credit_use u JOIN sales_order o USING (order_number) WHERE u.turn IS NOT NULL) counted"""


@invariant
def exposure_complete() -> str:
    """Every order of a customer with a credit limit for which a payment was asked counts in what the customer owes."""
    return """
SELECT order_number AS subject, concat('payment ', o.payment_state, ', and it is over the limit without an approval') AS what,
    u.turn IS NULL AND o.payment_state NOT IN ('none', 'voided') AS wrong
FROM credit_use u JOIN sales_order o USING (order_number)"""


CREDIT = (exposure_in_limit, exposure_complete)
