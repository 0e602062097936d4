"""Parcels: every piece travels once, under one label that the carrier knows too."""

from activities.insight.invariants.registry import across_journals, invariant


@invariant
def parcels_conserve_lines() -> str:
    """The pieces in an order's parcels, without dissolved and re-sent ones, are those ordered once it is fulfilled, and never more."""
    return """
SELECT order_number AS subject,
    concat('line ', line_no, ': ', coalesce(l.quantity, 0), ' × ', sku, ' ordered, ', coalesce(p.pieces, 0), ' in parcels') AS what,
    CASE WHEN o.outcome IN ('completed', 'returned_to_sender', 'lost') THEN coalesce(p.pieces, 0) <> coalesce(l.quantity, 0)
         ELSE coalesce(p.pieces, 0) > coalesce(l.quantity, 0) END AS wrong
FROM sales_order_line l
FULL JOIN (
    SELECT p.order_number, c.line_no, c.sku, sum(c.quantity) AS pieces
    FROM parcel p JOIN parcel_line c USING (parcel_id)
    WHERE p.state <> 'cancelled' AND NOT EXISTS (
        SELECT FROM order_fact f WHERE f.order_number = p.order_number AND f.what = 'loss_reship' AND f.why = p.parcel_id)
    GROUP BY p.order_number, c.line_no, c.sku) p USING (order_number, line_no, sku)
JOIN sales_order o USING (order_number)"""


@invariant
def one_live_label() -> str:
    """A parcel has at most one live label."""
    return """
SELECT parcel_id AS subject, concat(count(*), ' live labels: ', string_agg(tracking_number, ', ' ORDER BY tracking_number)) AS what,
    count(*) > 1 AS wrong
FROM shipment WHERE state = 'live' GROUP BY parcel_id"""


@invariant
def labels_used() -> str:
    """A closed order has no live label under which nothing was handed over."""
    return """
SELECT s.order_number AS subject, concat(s.carrier, ' ', s.tracking_number, ' of ', s.parcel_id, ' is live and unused') AS what,
    s.handed_over_at IS NULL AS wrong
FROM shipment s JOIN sales_order o USING (order_number) WHERE o.closed_at IS NOT NULL AND s.state = 'live'"""


@across_journals
def labels_agree() -> str:
    """Our live labels are the carriers' live labels, at the same price; a step under way of an open order is waited for."""
    return """
SELECT concat(carrier, ' ', tracking_number) AS subject,
    CASE WHEN s.parcel_id IS NULL THEN concat('the carrier has a live label of ', c.parcel_id, ' that we do not')
         WHEN c.parcel_id IS NULL THEN concat('we have a live label of ', s.parcel_id, ' that the carrier does not')
         ELSE concat('we know ', s.parcel_id, ' at ', s.price_minor, ', the carrier ', c.parcel_id, ' at ', c.price_minor) END AS what,
    (s.parcel_id, s.price_minor) IS DISTINCT FROM (c.parcel_id, c.price_minor) AND NOT EXISTS (
        SELECT FROM parcel p JOIN sales_order o USING (order_number) JOIN step_record r USING (order_number)
        WHERE p.parcel_id = coalesce(s.parcel_id, c.parcel_id) AND o.closed_at IS NULL AND r.state = 'intended') AS wrong
FROM (SELECT * FROM shipment WHERE state = 'live') s
FULL JOIN (SELECT * FROM sim.carrier_label WHERE voided_at IS NULL) c USING (carrier, tracking_number)"""


PARCELS = (parcels_conserve_lines, one_live_label, labels_used, labels_agree)
