"""Telling: each notice goes out once, everything that we are told is worked off."""

from activities.insight.invariants.registry import across_journals, invariant


@invariant
def notices_unique() -> str:
    """There is one notice for each order, kind and subject matter."""
    return """
SELECT order_number AS subject, concat(count(*), ' notices ', kind, ' ', about) AS what, count(*) > 1 AS wrong
FROM notice GROUP BY order_number, kind, about"""


@invariant
def notices_leave() -> str:
    """No notice is given up, or lies queued or half sent for longer than five minutes."""
    return """
SELECT order_number AS subject, concat('notice ', kind, ' ', about, ' is ', state, ' after ', attempts, ' attempts: ', error) AS what,
    state = 'failed' OR (state <> 'sent' AND created_at < now() - make_interval(secs => %(stale_s)s)) AS wrong
FROM notice"""


@across_journals
def letters_agree() -> str:
    """The mail server has each sent notice exactly once, and no letter that we did not send."""
    # The same characters as `models.care.letters.message_id`; a notice that is not sent yet may have got through.
    return """
SELECT message_id AS subject,
    CASE WHEN n.state IS NULL THEN 'a letter that no notice of ours tells'
         ELSE concat('notice is ', n.state, ', delivered ', coalesce(m.deliveries, 0), ' times') END AS what,
    CASE n.state WHEN 'sent' THEN coalesce(m.deliveries, 0) <> 1 WHEN 'failed' THEN m.deliveries IS NOT NULL
        WHEN 'queued' THEN m.deliveries > 1 WHEN 'sending' THEN m.deliveries > 1 ELSE true END IS TRUE AS wrong
FROM (SELECT state, regexp_replace(concat(order_number, '.', kind, '.', about), '[^[:alnum:].-]', '_', 'g')
          || '@orderloom.invalid' AS message_id FROM notice) n
FULL JOIN (SELECT message_id, sum(deliveries) AS deliveries FROM sim.mail GROUP BY message_id) m USING (message_id)"""


@invariant
def inbox_drains() -> str:
    """Nothing that we were told is dead, or unworked for longer than five minutes."""
    return """
SELECT concat(source, ' ', event_id) AS subject, concat(state, ' after ', attempts, ' attempts: ', error) AS what,
    state = 'dead' OR (state <> 'done' AND received_at < now() - make_interval(secs => %(stale_s)s)) AS wrong
FROM inbox"""


@invariant
def taken_start() -> str:
    """Every order that a door took gets its workflow: within five minutes, or in its turn while others are being started."""
    return """
SELECT order_number AS subject, concat('taken, ', state, ' after ', attempts, ' attempts: ', error) AS what,
    state = 'dead' OR (taken_at < now() - make_interval(secs => %(stale_s)s) AND (attempts > 1 OR NOT EXISTS (
        SELECT FROM sales_order WHERE recorded_at > now() - interval '1 minute'))) AS wrong
FROM taken_order"""


TELLING = (notices_unique, notices_leave, letters_agree, inbox_drains, taken_start)
