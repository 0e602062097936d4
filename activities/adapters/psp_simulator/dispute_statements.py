"""Disputes in the payment provider's journal: every call is one statement, so it is done whole or not at all."""

from activities.adapters.simulator.journal import ENQUEUE

# The case, as the webhook tells it besides its id, type and time.
_TOLD = """%(payload)s::jsonb || jsonb_build_object(
               'dispute_reference', {row}.reference, 'reference', {row}.payment_reference, 'order_number', {row}.order_number,
               'amount_minor', {row}.amount_minor, 'currency', {row}.currency, 'reason', {row}.reason,
               'opened_at', {row}.opened_at, 'evidence_due_at', {row}.evidence_due_at)"""


def _hook(row: str) -> str:
    """One webhook for each of the delays, about the case in `row`."""
    return f"""
    {ENQUEUE}
    SELECT 'psp', %(event_id)s, {row}.reference, {_TOLD.format(row=row)},
           now() + make_interval(secs => late), now() + make_interval(secs => late)
    FROM {row} CROSS JOIN unnest(%(delays)s::float8[]) AS late"""  # noqa: S608 - put together from constants


# A bank disputes at most what was taken, is not given back and is not in dispute already.
OPEN = f"""
WITH payment AS (
    SELECT * FROM sim.psp_payment WHERE reference = %(payment_reference)s FOR UPDATE
), opened AS (
    INSERT INTO sim.psp_dispute (reference, payment_reference, order_number, amount_minor, currency, reason, status, opened_at,
        evidence_due_at)
    SELECT %(reference)s, p.reference, p.order_number, %(amount_minor)s, p.currency, %(reason)s, 'needs_response', %(at)s,
           %(evidence_due_at)s
    FROM payment p
    WHERE %(amount_minor)s > 0 AND %(amount_minor)s <= p.captured_minor - p.refunded_minor - (
        SELECT coalesce(sum(d.amount_minor), 0) FROM sim.psp_dispute d
        WHERE d.payment_reference = p.reference AND d.status <> 'won')
    ON CONFLICT (reference) DO NOTHING
    RETURNING *
), hook AS ({_hook("opened")}
)
SELECT reference FROM opened"""  # noqa: S608

DECIDE = f"""
WITH decided AS (
    UPDATE sim.psp_dispute SET status = %(status)s, changed_at = now()
    WHERE reference = %(reference)s AND status IN ('needs_response', 'under_review')
    RETURNING *
), hook AS ({_hook("decided")}
)
SELECT reference FROM decided"""  # noqa: S608

FIND = """
SELECT reference, payment_reference, order_number, amount_minor, currency, reason, status, opened_at, evidence_due_at
FROM sim.psp_dispute WHERE reference = %(reference)s"""

STORED = (
    "SELECT fingerprint, reference, done, status, reason FROM sim.psp_dispute_request WHERE key = %(key)s"
)

_TOO_LATE = "WHEN evidence_due_at < now() THEN 'past_due'"


def _answering(operation: str, rules: str, status: str, change: str, hook: str) -> str:
    """Lock the case, judge, journal the answer under the key, move the case, tell: one statement."""
    return f"""
WITH seen AS (
    SELECT * FROM sim.psp_dispute WHERE reference = %(reference)s FOR UPDATE
), verdict AS (
    SELECT seen.*, CASE WHEN reference IS NULL THEN 'unknown_reference' WHEN status IN ('won', 'lost') THEN 'already_decided'
           WHEN status = 'under_review' THEN 'already_submitted' {rules} ELSE '' END AS refusal
    FROM (SELECT 1) AS always LEFT JOIN seen ON true
), asked AS (
    INSERT INTO sim.psp_dispute_request (key, operation, fingerprint, reference, done, status, reason)
    SELECT %(key)s, '{operation}', %(fingerprint)s, %(reference)s, refusal = '',
           CASE WHEN refusal = '' THEN '{status}' ELSE coalesce(status, 'needs_response') END, refusal
    FROM verdict
    ON CONFLICT (key) DO NOTHING
    RETURNING reference, done, status, reason
), moved AS (
    UPDATE sim.psp_dispute d SET status = asked.status, changed_at = now(){change}
    FROM asked WHERE asked.done AND d.reference = asked.reference
    RETURNING d.*
){hook}
SELECT reference, done, status, reason FROM asked"""  # noqa: S608


SUBMIT = _answering("submit", _TOO_LATE, "under_review", ", evidence = %(evidence)s::jsonb", "")
ACCEPT = _answering("accept", "", "lost", "", f", hook AS ({_hook('moved')}\n)")
