"""The outsiders' journals: schema `sim`. It is not ours, so no migration of ours touches it.

An auditor reads it as the outsiders' truth: what is in `psp_request`, `psp_dispute`, `carrier_label`, `carrier_event` and `mail`
happened, whatever our own tables say. Amounts are minor units, times UTC.
"""

from activities.shared.database import Database

_LOCK = 7_301_553_908  # any number: processes that start together must not make the schema at the same moment

_DDL = """
CREATE SCHEMA IF NOT EXISTS sim;

CREATE TABLE IF NOT EXISTS sim.psp_payment (
    reference text PRIMARY KEY,
    order_number text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    currency text NOT NULL,
    method text NOT NULL,
    token text NOT NULL,
    status text NOT NULL CHECK (status IN ('authorised', 'pending', 'declined')),
    reason text NOT NULL DEFAULT '',
    captured_minor bigint NOT NULL DEFAULT 0,
    refunded_minor bigint NOT NULL DEFAULT 0,
    voided boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (0 <= refunded_minor AND refunded_minor <= captured_minor AND captured_minor <= amount_minor),
    CHECK (NOT (voided AND captured_minor > 0)),
    CHECK (captured_minor = 0 OR status = 'authorised')
);
CREATE INDEX IF NOT EXISTS psp_payment_order ON sim.psp_payment (order_number);

CREATE TABLE IF NOT EXISTS sim.psp_request (
    key text PRIMARY KEY,
    operation text NOT NULL CHECK (operation IN ('authorise', 'void', 'capture', 'refund')),
    fingerprint text NOT NULL,
    reference text NOT NULL,
    amount_minor bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('authorised', 'pending', 'declined', 'done', 'refused')),
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS psp_request_reference ON sim.psp_request (reference);

CREATE TABLE IF NOT EXISTS sim.carrier_label (
    key text PRIMARY KEY,
    fingerprint text NOT NULL,
    carrier text NOT NULL,
    service text NOT NULL,
    parcel_id text NOT NULL,
    tracking_number text NOT NULL UNIQUE,
    label text NOT NULL,
    weight_g bigint NOT NULL,
    price_minor bigint NOT NULL,
    currency text NOT NULL,
    picked_up_at timestamptz,
    voided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS carrier_label_parcel ON sim.carrier_label (parcel_id);

CREATE TABLE IF NOT EXISTS sim.carrier_void (
    key text PRIMARY KEY,
    fingerprint text NOT NULL,
    tracking_number text NOT NULL,
    done boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- A journey that is planned ahead has events of the future: what happened is `occurred_at <= now()`.
CREATE TABLE IF NOT EXISTS sim.carrier_event (
    event_id text PRIMARY KEY,
    carrier text NOT NULL,
    tracking_number text NOT NULL,
    code text NOT NULL,
    occurred_at timestamptz NOT NULL,
    place text NOT NULL DEFAULT '',
    signed boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS carrier_event_number ON sim.carrier_event (tracking_number);

-- `deliver_at` is the plan, `next_at` the next try (a claim moves it ahead). The same event may be here twice.
CREATE TABLE IF NOT EXISTS sim.webhook (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL CHECK (source IN ('psp', 'carrier')),
    event_id text NOT NULL,
    subject text NOT NULL,
    payload jsonb NOT NULL,
    deliver_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_answer text NOT NULL DEFAULT '',
    delivered_at timestamptz
);
CREATE INDEX IF NOT EXISTS webhook_due ON sim.webhook (next_at) WHERE delivered_at IS NULL;
CREATE INDEX IF NOT EXISTS webhook_open_subject ON sim.webhook (subject) WHERE delivered_at IS NULL;

CREATE TABLE IF NOT EXISTS sim.mail (
    message_id text NOT NULL,
    rcpt text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    deliveries integer NOT NULL DEFAULT 1,
    PRIMARY KEY (message_id, rcpt)
);
CREATE INDEX IF NOT EXISTS mail_rcpt ON sim.mail (rcpt, first_at);

CREATE TABLE IF NOT EXISTS sim.psp_dispute (
    reference text PRIMARY KEY,
    payment_reference text NOT NULL REFERENCES sim.psp_payment,
    order_number text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    reason text NOT NULL,
    status text NOT NULL CHECK (status IN ('needs_response', 'under_review', 'won', 'lost')),
    opened_at timestamptz NOT NULL,
    evidence_due_at timestamptz,
    evidence jsonb,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS psp_dispute_payment ON sim.psp_dispute (payment_reference);

CREATE TABLE IF NOT EXISTS sim.psp_dispute_request (
    key text PRIMARY KEY,
    operation text NOT NULL CHECK (operation IN ('submit', 'accept')),
    fingerprint text NOT NULL,
    reference text NOT NULL,
    done boolean NOT NULL,
    status text NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
"""


async def create_schema(db: Database) -> None:
    """Make schema `sim` and its tables where they are missing. Any number of processes may call it at once."""
    async with db.transaction() as cursor:
        await cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        for statement in _DDL.split(";\n")[:-1]:
            await cursor.execute(statement.encode())
