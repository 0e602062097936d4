"""What is asked of the tables of disputes."""

INSERT = """
INSERT INTO dispute (reference, order_number, payment_reference, amount_minor, currency, reason, state, opened_at, evidence_due_at,
    waiting_for, policy_version, decision, decided_by, note, borne_by)
VALUES (%(reference)s, %(order_number)s, %(payment_reference)s, %(amount_minor)s, %(currency)s, %(reason)s, 'opened', %(opened_at)s,
    %(evidence_due_at)s, '', %(policy_version)s, '', '', '', '')"""

# What was booked at the capture, when our own record says that it took this payment. One row an account, of several captures too.
CAPTURED = """
SELECT e.account, e.currency, sum(e.amount_minor)::bigint AS amount_minor
FROM ledger_transaction t JOIN ledger_entry e USING (key)
WHERE t.order_number = %s AND t.kind = 'capture'
    AND t.key IN (SELECT s.key FROM step_record s WHERE s.step = 'capture_payment' AND s.request->>'reference' = %s
        AND s.order_number = %s)
    AND e.currency = %s
GROUP BY 1, 2 HAVING sum(e.amount_minor) <> 0 ORDER BY min(e.id)"""

RESERVED = "SELECT account, currency, amount_minor FROM ledger_entry WHERE key = %s ORDER BY id"

CASE = """
SELECT reference, payment_reference, order_number, amount_minor, currency, reason, opened_at, evidence_due_at
FROM dispute WHERE reference = %s"""

MOVE = """
UPDATE dispute SET state = %(state)s, waiting_for = %(waiting_for)s, waiting_since = %(waiting_since)s,
    deadline_at = %(deadline_at)s
WHERE reference = %(reference)s"""

DECIDE = "UPDATE dispute SET decision = %s, decided_by = %s, note = %s WHERE reference = %s"
SUBMITTED = "UPDATE dispute SET submitted_at = coalesce(submitted_at, now()) WHERE reference = %s"
CLOSE = "UPDATE dispute SET closed_at = now(), borne_by = %s WHERE reference = %s"

PACK = """
INSERT INTO dispute_evidence (reference, cause, delivered, packet, hash)
VALUES (%s, %s, %s, %s, encode(sha256(convert_to((%s::jsonb)::text, 'UTF8')), 'hex')) RETURNING hash"""
PACKED = "SELECT packet FROM dispute_evidence WHERE reference = %s AND cause = 'answer'"

# What is known of a case that the provider tells news of: whether its payment is ours and was taken, and where our own record stands.
KNOWN = """
SELECT d.state, d.closed_at, EXISTS (
    SELECT FROM step_record s JOIN ledger_transaction t USING (key) JOIN ledger_entry e USING (key)
    WHERE s.order_number = %(order_number)s AND s.step = 'capture_payment' AND s.request->>'reference' = %(payment_reference)s
        AND e.currency = %(currency)s) AS captured
FROM (SELECT 1) AS always LEFT JOIN dispute d ON d.reference = %(reference)s"""

ENDED = "SELECT state FROM dispute WHERE reference = %s AND closed_at IS NOT NULL"
