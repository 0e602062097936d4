"""Orders: each is finished or waits for a named thing, and its trail is whole."""

from activities.insight.invariants.registry import invariant


@invariant
def every_order_waits() -> str:
    """Every open order waits for a named thing whose deadline has not passed unheeded, or was touched within the grace time."""
    return """
SELECT order_number AS subject,
    CASE WHEN deadline_at IS NOT NULL AND waiting_for = ANY(%(waits)s)
         THEN concat('waits for ', waiting_for, ' past its deadline of ', to_char(deadline_at, 'YYYY-MM-DD"T"HH24:MI:SS'), 'Z')
         WHEN waiting_for = '' THEN concat('waits for nothing, in ', stage)
         ELSE concat('waits for an unknown thing, ', waiting_for) END AS what,
    CASE WHEN waiting_for = ANY(%(waits)s) THEN coalesce(deadline_at < now() - make_interval(secs => %(grace_s)s), false)
         ELSE waiting_for <> '' OR greatest(recorded_at,
            (SELECT max(f.at) FROM order_fact f WHERE f.order_number = o.order_number),
            (SELECT max(s.created_at) FROM step_record s WHERE s.order_number = o.order_number))
            < now() - make_interval(secs => %(grace_s)s) END AS wrong
FROM sales_order o WHERE closed_at IS NULL"""


@invariant
def fact_chain() -> str:
    """Each order's facts are numbered without a gap, each carries the hash of the one before, and every hash is right."""
    # The formula of the trigger `order_fact_chain`.
    return """
SELECT order_number AS subject,
    CASE WHEN seq IS NULL THEN 'has no facts'
         WHEN seq <> last_seq + 1 THEN concat('fact ', seq, ' follows fact ', last_seq)
         WHEN prev_hash <> last_hash THEN concat('fact ', seq, ' does not carry the hash of the one before')
         ELSE concat('fact ', seq, ' was changed: its hash is wrong') END AS what,
    seq IS NULL OR seq <> last_seq + 1 OR prev_hash <> last_hash OR hash <> encode(sha256(convert_to(concat_ws(E'\\x1f',
        prev_hash, order_number, seq::text, extract(epoch FROM at)::text, actor, what, why, data::text), 'UTF8')), 'hex') AS wrong
FROM (SELECT order_number, f.seq, f.at, f.actor, f.what, f.why, f.data, f.prev_hash, f.hash,
          lag(f.seq, 1, 0) OVER chain AS last_seq, lag(f.hash, 1, '') OVER chain AS last_hash
      FROM sales_order LEFT JOIN order_fact f USING (order_number)
      WINDOW chain AS (PARTITION BY order_number ORDER BY f.seq)) facts"""


@invariant
def steps_settle() -> str:
    """A closed order, and a closed dispute, has no effect whose outcome is unknown."""
    # The steps of a dispute are its own: it may be answered long after its order was closed.
    return """
SELECT s.order_number AS subject, concat('step ', s.key, ' is intended, and nobody knows whether it was done') AS what,
    CASE WHEN d.reference IS NULL THEN o.closed_at IS NOT NULL ELSE d.closed_at IS NOT NULL END AS wrong
FROM step_record s JOIN sales_order o USING (order_number)
LEFT JOIN dispute d ON d.order_number = s.order_number AND starts_with(s.key, concat('dispute-', d.reference, ':'))
WHERE s.state = 'intended'"""


@invariant
def closed_states() -> str:
    """An order is closed on all axes or on none, and the states of a closed one go with its outcome."""
    # Only an order that the engine itself was told to cancel may end as cancelled with its goods on the way.
    return """
SELECT o.order_number AS subject,
    concat(coalesce(o.outcome, 'open'), ': order ', o.order_state, ', payment ', o.payment_state, ', goods ', o.fulfilment_state,
           CASE WHEN o.waiting_for <> '' THEN concat(', waits for ', o.waiting_for) END,
           CASE WHEN o.hold_reasons <> '{}' OR o.holds <> '[]' THEN ', on hold' END) AS what,
    CASE WHEN o.closed_at IS NULL
         THEN o.outcome IS NOT NULL OR o.order_state IN ('closed', 'cancelled', 'rejected', 'undeliverable')
         ELSE legal.outcome IS NULL OR o.order_state <> legal.order_state OR o.payment_state <> ALL(legal.payment)
            OR o.waiting_for <> '' OR o.hold_reasons <> '{}' OR o.holds <> '[]'
            OR (o.payment_state = 'captured' AND o.captured_minor = 0 AND o.total_minor > 0)
            OR (o.fulfilment_state <> legal.fulfilment AND NOT (o.outcome = 'cancelled' AND EXISTS (
                SELECT FROM shipment s WHERE s.order_number = o.order_number AND s.handed_over_at IS NOT NULL))) END AS wrong
FROM sales_order o LEFT JOIN (VALUES
    ('completed', 'closed', '{captured,refunded}'::text[], 'delivered'),
    ('cancelled', 'cancelled', '{voided,refunded}', 'released'),
    ('unpaid', 'cancelled', '{voided,refunded}', 'released'),
    ('written_off', 'closed', '{voided}', 'delivered'),
    ('rejected', 'rejected', '{voided,refunded}', 'released'),
    ('returned_to_sender', 'undeliverable', '{voided,refunded}', 'returned'),
    ('lost', 'undeliverable', '{voided,refunded}', 'lost')
) AS legal(outcome, order_state, payment, fulfilment) USING (outcome)"""


@invariant
def tasks_and_orders() -> str:
    """A mended intake task has its order, recorded or in the book of taken orders; an open one has none."""
    return """
SELECT t.id AS subject,
    CASE WHEN t.state = 'open' THEN concat('open, and its order ', o.order_number, ' is there')
         WHEN o.order_number IS NULL THEN concat('mended, and its order ', t.order_number, ' is nowhere')
         ELSE concat('mended to ', t.order_number, ', and its order is ', o.order_number) END AS what,
    CASE t.state WHEN 'open' THEN o.order_number IS NOT NULL ELSE o.order_number IS DISTINCT FROM t.order_number END AS wrong
FROM intake_task t LEFT JOIN (SELECT channel, source_id, order_number FROM sales_order
    UNION SELECT channel, source_id, order_number FROM taken_order) o USING (channel, source_id)
WHERE t.state <> 'dropped'"""


@invariant
def drafts_and_orders() -> str:
    """A confirmed draft has its order, recorded or in the book of taken orders."""
    return """
SELECT d.id AS subject, concat('confirmed, and its order ', d.order_number, ' is nowhere') AS what,
    NOT EXISTS (SELECT FROM sales_order o WHERE o.order_number = d.order_number)
        AND NOT EXISTS (SELECT FROM taken_order t WHERE t.order_number = d.order_number) AS wrong
FROM order_draft d WHERE d.answer IS NOT NULL"""


ORDERS = (every_order_waits, fact_chain, steps_settle, closed_states, tasks_and_orders, drafts_and_orders)
