"""Orders with faults that customer service mends, and drafts of orders."""

from alembic import op

revision = "0010"
down_revision = "0009"

_TABLE = """
CREATE TABLE intake_task (
    id VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    body JSONB NOT NULL,
    body_now JSONB NOT NULL,
    problems JSONB NOT NULL,
    reach JSONB NOT NULL,
    state VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    why VARCHAR NOT NULL,
    order_number VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    history JSONB NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT ck_intake_task_state CHECK (state IN ('open', 'mended', 'dropped')),
    CONSTRAINT ck_intake_task_order CHECK ((state = 'mended') = (order_number <> ''))
)"""

_DRAFTS = """
CREATE TABLE order_draft (
    id VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    body JSONB NOT NULL,
    version INTEGER NOT NULL,
    order_number VARCHAR NOT NULL,
    answer JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT ck_order_draft_order CHECK ((answer IS NULL) = (order_number = ''))
)"""


def upgrade() -> None:
    """Apply."""
    op.execute(_TABLE)
    op.execute(
        "CREATE UNIQUE INDEX uq_intake_task_source ON intake_task (channel, source_id) WHERE state <> 'dropped'"
    )
    op.execute("CREATE INDEX ix_intake_task_open ON intake_task (created_at, id) WHERE state = 'open'")
    op.execute(_DRAFTS)
    op.execute("CREATE INDEX ix_order_draft_expires ON order_draft (expires_at) WHERE answer IS NULL")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE order_draft")
    op.execute("DROP TABLE intake_task")
