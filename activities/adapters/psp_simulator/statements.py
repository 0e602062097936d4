"""The payment provider's journal: every call is one statement, so it is done whole or not at all."""

from activities.adapters.simulator.journal import ENQUEUE

AUTHORISE = f"""
WITH asked AS (
    INSERT INTO sim.psp_request (key, operation, fingerprint, reference, amount_minor, status, reason)
    VALUES (%(key)s, 'authorise', %(fingerprint)s, %(reference)s, %(amount_minor)s, %(status)s, %(reason)s)
    ON CONFLICT (key) DO NOTHING
    RETURNING key
), payment AS (
    INSERT INTO sim.psp_payment (reference, order_number, amount_minor, currency, method, token, status, reason)
    SELECT %(reference)s, %(order_number)s, %(amount_minor)s, %(currency)s, %(method)s, %(token)s, %(status)s,
           %(reason)s
    FROM asked
), hook AS (
    {ENQUEUE}
    SELECT 'psp', %(event_id)s, %(reference)s, %(payload)s::jsonb,
           now() + make_interval(secs => late), now() + make_interval(secs => late)
    FROM asked CROSS JOIN unnest(%(delays)s::float8[]) AS late
)
SELECT key FROM asked"""  # noqa: S608 - put together from constants

STORED = """
SELECT r.operation, r.fingerprint, r.reference, r.amount_minor, r.status, r.reason, p.currency,
       p.status AS status_now, p.reason AS reason_now, p.amount_minor AS authorised_minor, p.voided, p.captured_minor
FROM sim.psp_request r LEFT JOIN sim.psp_payment p USING (reference)
WHERE r.key = %(key)s"""

SETTLE = f"""
WITH settled AS (
    UPDATE sim.psp_payment SET status = %(status)s, reason = %(reason)s
    WHERE reference = %(reference)s AND status = 'pending' AND NOT voided
    RETURNING order_number, amount_minor, currency
), hook AS (
    {ENQUEUE}
    SELECT 'psp', %(event_id)s, %(reference)s,
           %(payload)s::jsonb || jsonb_build_object(
               'order_number', order_number, 'amount_minor', amount_minor, 'currency', currency),
           now() + make_interval(secs => late), now() + make_interval(secs => late)
    FROM settled CROSS JOIN unnest(%(delays)s::float8[]) AS late
)
SELECT order_number FROM settled"""  # noqa: S608

EXPIRE = f"""
WITH let_go AS (
    UPDATE sim.psp_payment SET voided = true, reason = 'authorisation_expired'
    WHERE reference = %(reference)s AND status = 'authorised' AND NOT voided AND captured_minor = 0
    RETURNING order_number, amount_minor, currency
), hook AS (
    {ENQUEUE}
    SELECT 'psp', %(event_id)s, %(reference)s,
           %(payload)s::jsonb || jsonb_build_object(
               'order_number', order_number, 'amount_minor', amount_minor, 'currency', currency),
           now() + make_interval(secs => late), now() + make_interval(secs => late)
    FROM let_go CROSS JOIN unnest(%(delays)s::float8[]) AS late
)
SELECT order_number FROM let_go"""  # noqa: S608

CAPTURED = "captured_minor = p.captured_minor + asked.amount_minor"
REFUNDED = "refunded_minor = p.refunded_minor + asked.amount_minor"
VOIDED = "voided = true"

_CAPTURE_RULES = """
    WHEN voided AND reason = 'authorisation_expired' THEN reason
    WHEN voided THEN 'already_voided'
    WHEN status <> 'authorised' THEN 'not_authorised'
    WHEN %(amount_minor)s <= 0 THEN 'amount_invalid'
    WHEN captured_minor + %(amount_minor)s > amount_minor THEN 'amount_too_large'"""
_REFUND_RULES = """
    WHEN %(amount_minor)s <= 0 THEN 'amount_invalid'
    WHEN refunded_minor + %(amount_minor)s > captured_minor THEN 'amount_too_large'"""
_VOID_RULES = """
    WHEN voided THEN 'already_voided'
    WHEN status = 'declined' THEN 'not_authorised'
    WHEN captured_minor > 0 THEN 'already_captured'"""


def _moving(rules: str, amount: str, change: str) -> str:
    """Lock the payment, judge, journal the answer under the key, move the money, tell: one statement.

    The lock comes first, so a rival with the same key waits for it and then finds the key taken.
    """
    return f"""
WITH seen AS (
    SELECT * FROM sim.psp_payment WHERE reference = %(reference)s FOR UPDATE
), verdict AS (
    SELECT seen.*, CASE WHEN reference IS NULL THEN 'unknown_reference' {rules} ELSE '' END AS refusal
    FROM (SELECT 1) AS always LEFT JOIN seen ON true
), asked AS (
    INSERT INTO sim.psp_request (key, operation, fingerprint, reference, amount_minor, status, reason)
    SELECT %(key)s, %(operation)s, %(fingerprint)s, %(reference)s, CASE WHEN refusal = '' THEN {amount} ELSE 0 END,
           CASE WHEN refusal = '' THEN 'done' ELSE 'refused' END, refusal
    FROM verdict
    ON CONFLICT (key) DO NOTHING
    RETURNING reference, amount_minor, status, reason
), moved AS (
    UPDATE sim.psp_payment p SET {change}
    FROM asked WHERE asked.status = 'done' AND p.reference = asked.reference
), hook AS (
    {ENQUEUE}
    SELECT 'psp', %(event_id)s, %(reference)s,
           %(payload)s::jsonb || jsonb_build_object(
               'order_number', order_number, 'amount_minor', asked.amount_minor, 'currency', currency),
           now() + make_interval(secs => late), now() + make_interval(secs => late)
    FROM asked CROSS JOIN verdict CROSS JOIN unnest(%(delays)s::float8[]) AS late
    WHERE asked.status = 'done'
)
SELECT reference, amount_minor, status, reason FROM asked"""  # noqa: S608


CAPTURE = _moving(_CAPTURE_RULES, "%(moved_minor)s", CAPTURED)
REFUND = _moving(_REFUND_RULES, "%(moved_minor)s", REFUNDED)
VOID = _moving(_VOID_RULES, "amount_minor", VOIDED)
