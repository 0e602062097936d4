"""First schema: orders, stock, parcels, shipments, ledger, outbox and inbox."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_SQL = Path(__file__).parent.parent / "sql" / "0001_first_schema.sql"


def upgrade() -> None:
    """Apply."""
    op.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Take back: every table of the product, none of anybody else's."""
    statements = _SQL.read_text(encoding="utf-8").split(";")
    tables = [
        line.split()[2] for line in (one.strip() for one in statements) if line.startswith("CREATE TABLE")
    ]
    for table in reversed(tables):
        op.execute(f"DROP TABLE {table}")
