"""Faults of disputes, their reserve and their evidence, and between us and the bank."""

from __future__ import annotations

from tests.audit.plants.plant import plant

# References are computed from payments; plants give them names. `dp_open` is submitted, `dp_lost` is over.
_NAMED = """
ALTER TABLE dispute_evidence DROP CONSTRAINT dispute_evidence_reference_fkey;
UPDATE dispute_evidence e SET reference = CASE d.order_number WHEN 'DE-DONE' THEN 'dp_open' ELSE 'dp_lost' END
    FROM dispute d WHERE d.reference = e.reference;
UPDATE ledger_entry l SET key = concat('dispute-', CASE d.order_number WHEN 'DE-DONE' THEN 'dp_open' ELSE 'dp_lost' END,
    ':', split_part(l.key, ':', 2)) FROM dispute d WHERE starts_with(l.key, concat('dispute-', d.reference, ':'));
UPDATE sim.psp_dispute SET changed_at = now() - interval '1 day',
    reference = CASE order_number WHEN 'DE-DONE' THEN 'dp_open' ELSE 'dp_lost' END;
UPDATE dispute SET reference = CASE order_number WHEN 'DE-DONE' THEN 'dp_open' ELSE 'dp_lost' END;
"""
_UNBOUND = "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_key_fkey;" + _NAMED
_POST = """
INSERT INTO ledger_transaction (key, order_number, kind) VALUES ('planted', 'DE-DONE', 'dispute_reserved');
INSERT INTO ledger_entry (key, account, currency, amount_minor)
VALUES ('planted', 'disputes:withdrawn', 'EUR', 10), ('planted', 'disputes:reserved', 'EUR', -10)"""

DISPUTES = (
    plant(
        "every_dispute_waits",
        "a dispute waits for nothing",
        _UNBOUND + "UPDATE dispute SET waiting_for = '' WHERE reference = 'dp_open'",
        ("dp_open", "waits for nothing, submitted"),
        grace_s=0,
    ),
    plant(
        "every_dispute_waits",
        "a dispute waits for something that has no name",
        _UNBOUND + "UPDATE dispute SET waiting_for = 'godot' WHERE reference = 'dp_open'",
        ("dp_open", "waits without a deadline, or for an unknown thing: godot"),
    ),
    plant(
        "every_dispute_waits",
        "the bank's time passed and nobody woke up",
        _UNBOUND + "UPDATE dispute SET deadline_at = '2026-01-02T03:04:05Z' WHERE reference = 'dp_open'",
        ("dp_open", "waits for dispute_verdict past its deadline of 2026-01-02T03:04:05Z"),
    ),
    plant(
        "disputes_reserved",
        "a closed dispute's amount is still reserved",
        _UNBOUND + "DELETE FROM ledger_entry WHERE key = 'dispute-dp_lost:close_dispute'",
        ("dp_lost", "lost over 0 EUR, the ledger reserves 5190 and the bank holds 5190"),
    ),
    plant(
        "disputes_reserved",
        "an open dispute's amount may be paid out",
        _UNBOUND + "DELETE FROM ledger_entry WHERE key = 'dispute-dp_open:record_dispute'",
        ("dp_open", "submitted over 6190 EUR, the ledger reserves 0 and the bank holds 0"),
    ),
    plant(
        "disputes_reserved",
        "something is reserved for no dispute",
        _POST,
        ("planted", "no dispute over 0 EUR, the ledger reserves 10 and the bank holds 10"),
    ),
    plant(
        "disputes_end",
        "a lost dispute is borne by nobody",
        _UNBOUND + "UPDATE dispute SET borne_by = '' WHERE reference = 'dp_lost'",
        ("dp_lost", "lost, closed, borne by nobody"),
    ),
    plant(
        "evidence_is_whole",
        "the evidence was changed after it was sent",
        _UNBOUND
        + "UPDATE dispute_evidence SET packet = packet || '{\"delivered\": false}' WHERE reference = 'dp_open' AND cause = 'opened'",
        ("dp_open", "the evidence for opened was changed: its hash is wrong"),
    ),
    plant(
        "disputes_agree",
        "the bank took money that we know nothing of",
        """
INSERT INTO sim.psp_dispute (reference, payment_reference, order_number, amount_minor, currency, reason, status, opened_at, changed_at)
SELECT 'dp_new', reference, order_number, 700, 'EUR', 'general', 'needs_response', now(), now() - interval '1 day'
FROM sim.psp_payment WHERE order_number = 'DE-DONE'""",
        ("dp_new", "the provider has a dispute of DE-DONE over 700 EUR that we do not know"),
    ),
    plant(
        "disputes_agree",
        "we dispute alone",
        _UNBOUND + "DELETE FROM sim.psp_dispute WHERE reference = 'dp_open'",
        ("dp_open", "the provider knows no such dispute"),
    ),
    plant(
        "disputes_agree",
        "the bank's verdict never reached us",
        _UNBOUND + "UPDATE sim.psp_dispute SET status = 'won' WHERE reference = 'dp_open'",
        ("dp_open", "we say submitted over 6190 EUR, the provider won over 6190 EUR"),
    ),
    plant(
        "disputes_agree",
        "we closed a dispute as lost that the bank decided for us",
        _UNBOUND + "UPDATE sim.psp_dispute SET status = 'won' WHERE reference = 'dp_lost'",
        ("dp_lost", "we say lost over 5190 EUR, the provider won over 5190 EUR"),
    ),
    plant(
        "disputes_agree",
        "the bank got other evidence",
        _UNBOUND
        + "UPDATE sim.psp_dispute SET evidence = evidence || '{\"note\": \"trust us\"}' WHERE reference = 'dp_open'",
        ("dp_open", "the provider has other evidence than we packed"),
    ),
)
