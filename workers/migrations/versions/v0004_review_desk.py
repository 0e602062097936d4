"""The reviewers' desk on the board: who looks at an order, who approved it, what was asked."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE sales_order ADD COLUMN desk JSONB NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Take back."""
    op.execute("ALTER TABLE sales_order DROP COLUMN desk")
