"""The open holds of an order, each with its scope, owner and end, and an index of what is held."""

from alembic import op

revision = "0011"
down_revision = "0010"

# What is held already: each reason is a hold of the whole order until the order writes its row anew.
_FILL = """
UPDATE sales_order SET holds = (
    SELECT jsonb_agg(jsonb_build_object('hold_id', reason, 'reason', reason, 'placed_at', coalesce(waiting_since, recorded_at)))
    FROM unnest(hold_reasons) AS held(reason))
WHERE hold_reasons <> '{}'"""


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE sales_order ADD COLUMN holds JSONB NOT NULL DEFAULT '[]'")
    op.execute(_FILL)
    op.execute(
        "CREATE INDEX ix_sales_order_held ON sales_order (recorded_at, order_number) WHERE hold_reasons <> '{}'"
    )


def downgrade() -> None:
    """Take back."""
    op.execute("DROP INDEX ix_sales_order_held")
    op.execute("ALTER TABLE sales_order DROP COLUMN holds")
