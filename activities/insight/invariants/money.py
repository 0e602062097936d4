"""Money: the ledger balances, and orders, ledger and payment provider tell the same story."""

from activities.insight.invariants.registry import across_journals, invariant


@invariant
def ledger_balances() -> str:
    """The ledger sums to zero, in each transaction and over all, per currency."""
    return """
SELECT coalesce(key, 'all transactions') AS subject, concat('sums to ', sum(amount_minor), ' ', currency) AS what,
    sum(amount_minor) <> 0 AS wrong
FROM ledger_entry GROUP BY GROUPING SETS ((key, currency), (currency))"""


@invariant
def ledger_matches_orders() -> str:
    """What an order says is captured and refunded is what the ledger booked with the gateway and stored value, in the order's currency."""
    return """
SELECT order_number AS subject,
    concat('captured ', coalesce(o.captured_minor, 0), ' and refunded ', coalesce(o.refunded_minor, 0), ' ', currency,
           ', the ledger booked ', coalesce(l.captured_minor, 0), ' and ', coalesce(l.refunded_minor, 0)) AS what,
    coalesce(o.captured_minor, 0) <> coalesce(l.captured_minor, 0)
        OR coalesce(o.refunded_minor, 0) <> coalesce(l.refunded_minor, 0) AS wrong
FROM sales_order o
FULL JOIN (
    SELECT t.order_number, e.currency, sum(e.amount_minor) FILTER (WHERE t.kind IN ('capture', 'deposit')) AS captured_minor,
        -sum(e.amount_minor) FILTER (WHERE t.kind IN ('refund', 'deposit_return')) AS refunded_minor
    FROM ledger_transaction t JOIN ledger_entry e USING (key)
    WHERE t.order_number <> '' AND (e.account = %(gateway)s OR e.account = 'stored_value:liability')
    GROUP BY t.order_number, e.currency) l USING (order_number, currency)"""


@invariant
def money_in_bounds() -> str:
    """Of each order: refunded <= captured <= authorised <= total."""
    return """
SELECT order_number AS subject,
    concat('total ', total_minor, ', authorised ', authorised_minor, ', captured ', captured_minor, ', refunded ', refunded_minor)
        AS what,
    NOT (0 <= refunded_minor AND refunded_minor <= captured_minor AND captured_minor <= authorised_minor
         AND authorised_minor <= total_minor) AS wrong
FROM sales_order"""


@across_journals
def money_agrees() -> str:
    """The payment provider holds, took and gave back of each order what our row says, and of no other; a step under way of an open order is waited for."""
    # An open order whose payment is pending may be paid before we hear of it.
    return """
SELECT order_number AS subject,
    CASE WHEN o.total_minor IS NULL THEN concat('the provider has ', t.held, ' held, ', t.pending, ' pending, ', t.captured,
                                                ' captured ', currency, ' that no order of ours asked for')
    ELSE concat('we say ', o.payment_state, ': ', o.held, ' held, ', o.captured, ' captured, ', o.refunded,
                ' refunded; the provider ', coalesce(t.held, 0), ', ', coalesce(t.captured, 0), ', ', coalesce(t.refunded, 0),
                CASE WHEN t.pending > 0 THEN concat(', and ', t.pending, ' pending') END) END AS what,
    (coalesce(o.held, 0), coalesce(o.captured, 0), coalesce(o.refunded, 0), 0)
        <> (coalesce(t.held, 0), coalesce(t.captured, 0), coalesce(t.refunded, 0), coalesce(t.pending, 0))
        AND NOT coalesce(o.under_way, false) AS wrong
FROM (
    SELECT *, CASE WHEN payment_state IN ('authorised', 'captured', 'refunded') THEN authorised_minor - stored_minor
                   ELSE deposit_minor END AS held,
        captured_minor - coalesce(stored_captured, 0) AS captured, refunded_minor - coalesce(stored_refunded, 0) AS refunded,
        closed_at IS NULL AND (payment_state = 'pending' OR EXISTS (
            SELECT FROM step_record s WHERE s.order_number = sales_order.order_number AND s.state = 'intended')) AS under_way
    FROM sales_order LEFT JOIN (
        SELECT order_number, -sum(balance_delta) FILTER (WHERE kind = 'captured') AS stored_captured,
            sum(balance_delta) FILTER (WHERE kind = 'refunded') AS stored_refunded
        FROM stored_value_movement WHERE order_number <> '' GROUP BY 1) AS stored USING (order_number)) o
FULL JOIN (
    SELECT order_number, currency, coalesce(sum(amount_minor) FILTER (WHERE status = 'authorised'), 0) AS held,
        coalesce(sum(amount_minor) FILTER (WHERE status = 'pending'), 0) AS pending,
        sum(captured_minor) AS captured, sum(refunded_minor) AS refunded
    FROM sim.psp_payment WHERE NOT voided AND status <> 'declined' GROUP BY order_number, currency) t
    USING (order_number, currency)"""


@invariant
def stored_value_adds_up() -> str:
    """The movements of each gift card and credit give its balance and what is held of it, no ended order holds any, and the ledger
    owes what all balances of a currency add up to."""
    return """
SELECT code AS subject, concat('has ', balance_minor, ' of which ', held_minor, ' held, its movements give ', coalesce(balance, 0), ' and ',
           coalesce(held, 0)) AS what, (balance_minor, held_minor) <> (coalesce(balance, 0), coalesce(held, 0)) AS wrong
FROM stored_value LEFT JOIN (
    SELECT code, sum(balance_delta) AS balance, sum(held_delta) AS held FROM stored_value_movement GROUP BY 1) AS moved USING (code)
UNION ALL
SELECT order_number, concat('is closed and holds ', sum(held_delta), ' of stored value'), sum(held_delta) <> 0
FROM stored_value_movement JOIN sales_order o USING (order_number) WHERE o.closed_at IS NOT NULL GROUP BY 1
UNION ALL
SELECT currency, concat('balances add up to ', coalesce(balance, 0), ', the ledger owes ', coalesce(owed, 0)),
    coalesce(balance, 0) <> coalesce(owed, 0)
FROM (SELECT currency, sum(balance_minor) AS balance FROM stored_value GROUP BY 1) AS kept
FULL JOIN (SELECT currency, -sum(amount_minor) AS owed FROM ledger_entry WHERE account = 'stored_value:liability' GROUP BY 1)
    AS booked USING (currency)"""


MONEY = (ledger_balances, ledger_matches_orders, money_in_bounds, money_agrees, stored_value_adds_up)
