"""Disputes: where each stands, and the evidence as it was packed."""

from alembic import op

revision = "0009"
down_revision = "0008"

_TABLE = """
CREATE TABLE dispute (
    reference VARCHAR NOT NULL,
    order_number VARCHAR NOT NULL,
    payment_reference VARCHAR NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    evidence_due_at TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    waiting_for VARCHAR NOT NULL,
    waiting_since TIMESTAMP WITH TIME ZONE,
    deadline_at TIMESTAMP WITH TIME ZONE,
    policy_version INTEGER NOT NULL,
    decision VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    borne_by VARCHAR NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (reference),
    FOREIGN KEY(order_number) REFERENCES sales_order (order_number),
    CONSTRAINT ck_dispute_amount CHECK (amount_minor > 0),
    CONSTRAINT ck_state CHECK (state IN ('opened', 'evidence_ready', 'submitted', 'missed', 'accepted', 'won', 'lost'))
)"""

_EVIDENCE = """
CREATE TABLE dispute_evidence (
    reference VARCHAR NOT NULL,
    cause VARCHAR NOT NULL,
    packed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    delivered BOOLEAN NOT NULL,
    packet JSONB NOT NULL,
    hash VARCHAR NOT NULL,
    PRIMARY KEY (reference, cause),
    FOREIGN KEY(reference) REFERENCES dispute (reference)
)"""


def upgrade() -> None:
    """Apply."""
    op.execute(_TABLE)
    op.execute("CREATE INDEX ix_dispute_order ON dispute (order_number)")
    op.execute("CREATE INDEX ix_dispute_open ON dispute (deadline_at) WHERE closed_at IS NULL")
    op.execute("CREATE INDEX ix_dispute_newest ON dispute (opened_at, reference)")
    op.execute(_EVIDENCE)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dispute_evidence"
        " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE dispute_evidence")
    op.execute("DROP TABLE dispute")
