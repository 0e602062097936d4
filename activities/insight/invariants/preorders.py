"""Preorders: no more is sold than the cap, and every piece sold is somebody's."""

from activities.insight.invariants.registry import invariant


@invariant
def preorders_add_up() -> str:
    """What a preorder says is sold is the sum of its claims that were not given back, and never more than its cap."""
    return """
SELECT sku AS subject,
    concat('preorder says ', coalesce(p.sold, 0), ' sold of ', coalesce(p.cap, 0), ', claims say ', coalesce(c.pieces, 0)) AS what,
    coalesce(p.sold, 0) <> coalesce(c.pieces, 0) OR coalesce(p.sold, 0) > coalesce(p.cap, 0) AS wrong
FROM preorder p
FULL JOIN (SELECT sku, sum(quantity)::int AS pieces FROM preorder_claim WHERE state <> 'released' GROUP BY sku) c USING (sku)"""


@invariant
def preorders_replay() -> str:
    """Replaying every preorder movement gives what is sold of each preorder, and what still waits, exactly."""
    return """
SELECT sku AS subject,
    concat('sold ', coalesce(p.sold, 0), ' and waiting ', coalesce(c.waiting, 0), ', movements give ', coalesce(m.sold, 0),
           ' and ', coalesce(m.waiting, 0)) AS what,
    (coalesce(p.sold, 0), coalesce(c.waiting, 0)) <> (coalesce(m.sold, 0), coalesce(m.waiting, 0)) AS wrong
FROM preorder p
FULL JOIN (SELECT sku, sum(sold_delta)::int AS sold, sum(waiting_delta)::int AS waiting FROM preorder_movement GROUP BY sku) m
    USING (sku)
LEFT JOIN (SELECT sku, sum(quantity)::int AS waiting FROM preorder_claim WHERE state = 'open' GROUP BY sku) c USING (sku)"""


@invariant
def claims_end() -> str:
    """A closed order waits for no preorder, and a served claim's order got at least as many pieces reserved."""
    return """
SELECT c.order_number AS subject,
    CASE WHEN c.state = 'open' THEN concat('still waits for ', c.quantity, ' × ', c.sku)
         ELSE concat('claim of ', c.quantity, ' × ', c.sku, ' was served with ', coalesce(r.pieces, 0)) END AS what,
    CASE c.state WHEN 'open' THEN o.closed_at IS NOT NULL WHEN 'settled' THEN coalesce(r.pieces, 0) < c.quantity ELSE false END AS wrong
FROM preorder_claim c JOIN sales_order o USING (order_number)
LEFT JOIN (SELECT key, sku, sum(quantity) AS pieces FROM reservation GROUP BY key, sku) r ON r.key = c.key AND r.sku = c.sku"""


PREORDERS = (preorders_add_up, preorders_replay, claims_end)
