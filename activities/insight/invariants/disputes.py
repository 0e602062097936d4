"""Disputes: each waits for a named thing, its amount is reserved until it ends, and the provider tells the same story."""

from activities.insight.invariants.registry import across_journals, invariant


@invariant
def every_dispute_waits() -> str:
    """Every open dispute waits for a named thing whose deadline has not passed unheeded, or was touched within the grace time."""
    return """
SELECT reference AS subject,
    CASE WHEN deadline_at IS NOT NULL AND waiting_for = ANY(%(dispute_waits)s)
         THEN concat('waits for ', waiting_for, ' past its deadline of ', to_char(deadline_at, 'YYYY-MM-DD"T"HH24:MI:SS'), 'Z')
         WHEN waiting_for = '' THEN concat('waits for nothing, ', state)
         ELSE concat('waits without a deadline, or for an unknown thing: ', waiting_for) END AS what,
    CASE WHEN waiting_for = ANY(%(dispute_waits)s) THEN coalesce(deadline_at < now() - make_interval(secs => %(grace_s)s), true)
         ELSE waiting_for <> '' OR greatest(recorded_at, (SELECT max(s.created_at) FROM step_record s
             WHERE s.order_number = d.order_number AND starts_with(s.key, concat('dispute-', d.reference, ':'))))
             < now() - make_interval(secs => %(grace_s)s) END AS wrong
FROM dispute d WHERE closed_at IS NULL"""


@invariant
def disputes_reserved() -> str:
    """Of each open dispute the ledger reserves exactly the amount, of each closed one nothing, and nothing for any other reason."""
    return """
SELECT coalesce(d.reference, l.key) AS subject,
    concat(coalesce(d.state, 'no dispute'), ' over ', coalesce(d.open_minor, 0), ' ', currency, ', the ledger reserves ',
           coalesce(l.reserved_minor, 0), ' and the bank holds ', coalesce(l.withdrawn_minor, 0)) AS what,
    coalesce(d.open_minor, 0) <> coalesce(l.reserved_minor, 0) OR coalesce(d.open_minor, 0) <> coalesce(l.withdrawn_minor, 0) AS wrong
FROM (SELECT reference, concat('dispute-', reference) AS key, state, currency,
          CASE WHEN closed_at IS NULL THEN amount_minor ELSE 0 END AS open_minor FROM dispute) d
FULL JOIN (
    SELECT split_part(key, ':', 1) AS key, currency, -coalesce(sum(amount_minor) FILTER (WHERE account = %(reserved)s), 0) AS reserved_minor,
        coalesce(sum(amount_minor) FILTER (WHERE account = %(withdrawn)s), 0) AS withdrawn_minor
    FROM ledger_entry WHERE account IN (%(reserved)s, %(withdrawn)s) GROUP BY 1, 2) l USING (key, currency)"""


@invariant
def disputes_end() -> str:
    """A dispute is closed when its state is an end, and only then; one that was lost says who bears it."""
    return """
SELECT reference AS subject,
    concat(state, CASE WHEN closed_at IS NULL THEN ', open' ELSE ', closed' END, ', borne by ', coalesce(nullif(borne_by, ''), 'nobody'))
        AS what,
    (state IN ('won', 'lost', 'accepted')) <> (closed_at IS NOT NULL)
        OR (state IN ('lost', 'accepted')) <> (borne_by <> '') OR (closed_at IS NOT NULL AND waiting_for <> '') AS wrong
FROM dispute"""


@invariant
def evidence_is_whole() -> str:
    """The evidence of each dispute carries the right hash, and none was sent that was not packed."""
    return """
SELECT d.reference AS subject,
    CASE WHEN e.reference IS NULL THEN 'was submitted without evidence'
         ELSE concat('the evidence for ', e.cause, ' was changed: its hash is wrong') END AS what,
    CASE WHEN e.reference IS NULL THEN d.submitted_at IS NOT NULL
         ELSE e.hash <> encode(sha256(convert_to(e.packet::text, 'UTF8')), 'hex') END AS wrong
FROM dispute d LEFT JOIN dispute_evidence e USING (reference)"""


@across_journals
def disputes_agree() -> str:
    """Every dispute in the payment provider's journal is known here, in the same end, over the same amount, with the evidence that we packed; and no other. News under way within the grace time is waited for."""
    return """
SELECT coalesce(d.reference, s.reference) AS subject,
    CASE WHEN d.reference IS NULL THEN concat('the provider has a dispute of ', s.order_number, ' over ', s.amount_minor, ' ', s.currency,
                                              ' that we do not know')
         WHEN s.reference IS NULL THEN 'the provider knows no such dispute'
         WHEN d.evidence IS DISTINCT FROM s.evidence THEN 'the provider has other evidence than we packed'
         ELSE concat('we say ', d.state, ' over ', d.amount_minor, ' ', d.currency, ', the provider ', s.status, ' over ', s.amount_minor,
                     ' ', s.currency) END AS what,
    (d.reference IS NULL OR s.reference IS NULL OR (d.amount_minor, d.currency, d.order_number) <> (s.amount_minor, s.currency, s.order_number)
        OR s.status <> ALL(d.legal) OR d.evidence IS DISTINCT FROM s.evidence)
    AND coalesce(s.changed_at < now() - make_interval(secs => %(grace_s)s), true) AND NOT coalesce(d.under_way, false) AS wrong
FROM (
    SELECT dispute.*, CASE state WHEN 'won' THEN '{won}'::text[] WHEN 'lost' THEN '{lost}' WHEN 'accepted' THEN '{lost}'
            WHEN 'submitted' THEN '{under_review}' ELSE '{needs_response}' END AS legal,
        CASE WHEN submitted_at IS NOT NULL THEN e.packet || jsonb_build_object('note', note) END AS evidence,
        EXISTS (SELECT FROM step_record r WHERE r.order_number = dispute.order_number AND r.state = 'intended'
            AND starts_with(r.key, concat('dispute-', dispute.reference, ':'))) AS under_way
    FROM dispute LEFT JOIN dispute_evidence e ON e.reference = dispute.reference AND e.cause = 'answer') d
FULL JOIN sim.psp_dispute s USING (reference)"""


DISPUTES = (every_dispute_waits, disputes_reserved, disputes_end, evidence_is_whole, disputes_agree)
