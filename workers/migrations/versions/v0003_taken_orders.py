"""Orders that the door took while the workflow engine did not answer."""

from alembic import op

revision = "0003"
down_revision = "0002"

_TABLE = """
CREATE TABLE taken_order (
    channel VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    order_number VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    document JSONB NOT NULL,
    answer JSONB NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    error VARCHAR NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (channel, source_id),
    CONSTRAINT ck_taken_order_state CHECK (state IN ('waiting', 'dead'))
)"""


def upgrade() -> None:
    """Apply."""
    op.execute(_TABLE)
    op.execute("CREATE INDEX ix_taken_order_number ON taken_order (order_number)")
    op.execute("CREATE INDEX ix_taken_order_open ON taken_order (next_at) WHERE state = 'waiting'")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE taken_order")
