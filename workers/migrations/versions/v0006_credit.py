"""Credit accounts and models, what orders owe under a limit, and the score in each verdict."""

from alembic import op

revision = "0006"
down_revision = "0005"

_ACCOUNT = """
CREATE TABLE credit_account (
    customer_id VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    limit_minor BIGINT NOT NULL,
    history JSONB NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by VARCHAR NOT NULL,
    PRIMARY KEY (customer_id),
    CONSTRAINT ck_credit_limit CHECK (limit_minor >= 0)
)"""
_MODEL = """
CREATE TABLE credit_model (
    version VARCHAR NOT NULL,
    active BOOLEAN NOT NULL,
    document JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by VARCHAR NOT NULL,
    PRIMARY KEY (version)
)"""
_USE = """
CREATE TABLE credit_use (
    order_number VARCHAR NOT NULL REFERENCES sales_order (order_number),
    customer_id VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    limit_minor BIGINT NOT NULL,
    exposure_minor BIGINT NOT NULL,
    turn BIGINT UNIQUE,
    approved_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (order_number),
    CONSTRAINT ck_credit_fits CHECK (turn IS NULL OR approved_at IS NOT NULL OR exposure_minor <= limit_minor)
)"""
_SCORE = """
ALTER TABLE risk_decision ADD COLUMN score DOUBLE PRECISION, ADD COLUMN model_version VARCHAR, ADD COLUMN features JSONB"""


def upgrade() -> None:
    """Apply."""
    op.execute(_ACCOUNT)
    op.execute(_MODEL)
    op.execute("CREATE UNIQUE INDEX uq_credit_model_active ON credit_model (active) WHERE active")
    op.execute(_USE)
    op.execute("CREATE INDEX ix_credit_use_customer ON credit_use (customer_id, currency)")
    op.execute("CREATE SEQUENCE credit_turn")
    op.execute(_SCORE)


def downgrade() -> None:
    """Take back."""
    op.execute("ALTER TABLE risk_decision DROP COLUMN score, DROP COLUMN model_version, DROP COLUMN features")
    op.execute("DROP SEQUENCE credit_turn")
    op.execute("DROP TABLE credit_use")
    op.execute("DROP TABLE credit_model")
    op.execute("DROP TABLE credit_account")
