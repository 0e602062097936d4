"""Faults of what we tell and what we are told."""

from __future__ import annotations

from activities.insight.audit import STALE_S
from tests.audit.plants.plant import plant

_LATE = f"now() - interval '{STALE_S + 60} seconds'"
_NOTICE = """
INSERT INTO notice (order_number, kind, about, audience, data, state, attempts, error, created_at)
VALUES ('DE-OPEN', '{kind}', '', 'customer', '{{}}', '{state}', 30, 'no route', {created})"""

TELLING = (
    plant(
        "notices_unique",
        "the same notice stands twice",
        """
ALTER TABLE notice DROP CONSTRAINT uq_notice_once;
INSERT INTO notice (order_number, kind, about, audience, data, state, attempts, error)
SELECT order_number, kind, about, audience, data, state, attempts, error FROM notice
WHERE order_number = 'DE-OPEN' AND kind = 'received'""",
        ("DE-OPEN", "2 notices received "),
    ),
    plant(
        "notices_leave",
        "a notice lies queued",
        _NOTICE.format(kind="delayed", state="queued", created=_LATE),
        ("DE-OPEN", "notice delayed  is queued after 30 attempts: no route"),
    ),
    plant(
        "notices_leave",
        "a notice hangs half sent",
        _NOTICE.format(kind="delayed", state="sending", created=_LATE),
        ("DE-OPEN", "notice delayed  is sending after 30 attempts: no route"),
    ),
    plant(
        "notices_leave",
        "a notice was given up",
        _NOTICE.format(kind="delayed", state="failed", created="now()"),
        ("DE-OPEN", "notice delayed  is failed after 30 attempts: no route"),
    ),
    plant(
        "letters_agree",
        "a letter arrived twice",
        "UPDATE sim.mail SET deliveries = 2 WHERE message_id = 'DE-OPEN.received.@orderloom.invalid'",
        ("DE-OPEN.received.@orderloom.invalid", "notice is sent, delivered 2 times"),
    ),
    plant(
        "letters_agree",
        "a letter that we call sent never arrived",
        "DELETE FROM sim.mail WHERE message_id = 'DE-OPEN.received.@orderloom.invalid'",
        ("DE-OPEN.received.@orderloom.invalid", "notice is sent, delivered 0 times"),
    ),
    plant(
        "letters_agree",
        "somebody else wrote in our name",
        "INSERT INTO sim.mail (message_id, rcpt, subject, body) VALUES ('spam@orderloom.invalid', 'ada@mail.example', '', '')",
        ("spam@orderloom.invalid", "a letter that no notice of ours tells"),
    ),
    plant(
        "letters_agree",
        "a letter that is still under way arrived twice",
        "UPDATE notice SET state = 'sending' WHERE order_number = 'DE-OPEN' AND kind = 'received';"
        "UPDATE sim.mail SET deliveries = 2 WHERE message_id = 'DE-OPEN.received.@orderloom.invalid'",
        ("DE-OPEN.received.@orderloom.invalid", "notice is sending, delivered 2 times"),
    ),
    plant(
        "inbox_drains",
        "what we were told is dead",
        "UPDATE inbox SET state = 'dead', attempts = 60, error = 'no order'",
        ("psp evt-1", "dead after 60 attempts: no order"),
    ),
    plant(
        "inbox_drains",
        "what we were told lies unworked",
        f"UPDATE inbox SET state = 'applied', received_at = {_LATE}",
        ("psp evt-1", "applied after 1 attempts: "),
    ),
    plant(
        "taken_start",
        "an order that was taken gets no workflow",
        f"INSERT INTO taken_order VALUES ('web', 'S-9', 'DE-LATE', 'f', '{{}}', '{{}}', 'waiting', 7, 'away', {_LATE}, now())",
        ("DE-LATE", "taken, waiting after 7 attempts: away"),
    ),
    plant(
        "taken_start",
        "no relay starts what was taken",
        f"INSERT INTO taken_order VALUES ('web', 'S-9', 'DE-LATE', 'f', '{{}}', '{{}}', 'waiting', 0, '', {_LATE}, now());"
        f"UPDATE sales_order SET recorded_at = {_LATE}",
        ("DE-LATE", "taken, waiting after 0 attempts: "),
    ),
    plant(
        "taken_start",
        "an order that was taken will never get a workflow",
        "INSERT INTO taken_order VALUES ('web', 'S-9', 'DE-DEAD', 'f', '{}', '{}', 'dead', 2, 'burnt', now(), now())",
        ("DE-DEAD", "taken, dead after 2 attempts: burnt"),
    ),
)
