"""Stock: nothing appears from nowhere, nothing is promised twice."""

from activities.insight.invariants.registry import invariant


@invariant
def stock_replays() -> str:
    """Replaying every stock movement gives every stock level exactly."""
    return """
SELECT concat(sku, '@', warehouse) AS subject,
    concat('level says ', l.on_hand, ' on hand and ', l.reserved, ' reserved, movements give ', m.on_hand, ' and ', m.reserved)
        AS what,
    (l.on_hand, l.reserved) IS DISTINCT FROM (m.on_hand, m.reserved) AS wrong
FROM stock_level l
FULL JOIN (SELECT sku, warehouse, sum(on_hand_delta)::int AS on_hand, sum(reserved_delta)::int AS reserved
           FROM stock_movement GROUP BY sku, warehouse) m USING (sku, warehouse)"""


@invariant
def never_oversold() -> str:
    """No level promises more than lies there: 0 <= reserved <= on hand."""
    return """
SELECT concat(sku, '@', warehouse) AS subject, concat(reserved, ' reserved of ', on_hand, ' on hand') AS what,
    NOT (0 <= reserved AND reserved <= on_hand) AS wrong
FROM stock_level"""


@invariant
def reservations_add_up() -> str:
    """What a level has reserved is the sum of its open reservations."""
    return """
SELECT concat(sku, '@', warehouse) AS subject,
    concat('level says ', coalesce(l.reserved, 0), ' reserved, open reservations say ', coalesce(r.pieces, 0)) AS what,
    coalesce(l.reserved, 0) <> coalesce(r.pieces, 0) AS wrong
FROM stock_level l
FULL JOIN (SELECT sku, warehouse, sum(quantity) AS pieces FROM reservation WHERE state = 'open'
           GROUP BY sku, warehouse) r USING (sku, warehouse)"""


@invariant
def reservations_end() -> str:
    """A closed order holds no open reservation."""
    return """
SELECT r.order_number AS subject, concat('line ', r.line_no, ' still holds ', r.quantity, ' × ', r.sku, ' at ', r.warehouse) AS what,
    r.state = 'open' AS wrong
FROM reservation r JOIN sales_order o USING (order_number) WHERE o.closed_at IS NOT NULL"""


@invariant
def shipped_is_committed() -> str:
    """What is committed of an order's line and warehouse are the pieces that the carrier was given; never more while it is open."""
    return """
SELECT order_number AS subject,
    concat('line ', line_no, ' at ', warehouse, ': ', coalesce(c.pieces, 0), ' committed, ', coalesce(g.pieces, 0), ' handed over')
        AS what,
    CASE WHEN o.closed_at IS NULL THEN coalesce(c.pieces, 0) > coalesce(g.pieces, 0)
         ELSE coalesce(c.pieces, 0) <> coalesce(g.pieces, 0) END AS wrong
FROM (SELECT order_number, line_no, warehouse, sum(quantity) AS pieces FROM reservation WHERE state = 'committed'
      GROUP BY order_number, line_no, warehouse) c
FULL JOIN (
    SELECT p.order_number, l.line_no, p.warehouse, sum(l.quantity) AS pieces
    FROM parcel p JOIN parcel_line l USING (parcel_id)
    WHERE EXISTS (SELECT FROM shipment s WHERE s.parcel_id = p.parcel_id AND s.handed_over_at IS NOT NULL)
    GROUP BY p.order_number, l.line_no, p.warehouse) g USING (order_number, line_no, warehouse)
JOIN sales_order o USING (order_number)"""


STOCK = (stock_replays, never_oversold, reservations_add_up, reservations_end, shipped_is_committed)
