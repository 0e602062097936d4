"""An authorisation may expire before it is captured; what was delivered and is never paid is written off."""

from alembic import op

revision = "0005"
down_revision = "0004"

_PAYMENT = ("none", "pending", "declined", "authorised", "captured", "voided", "refunded")
_OUTCOME = ("completed", "cancelled", "rejected", "unpaid", "returned_to_sender", "lost")


def upgrade() -> None:
    """Apply."""
    _allow("payment_state", "payment_state", (*_PAYMENT, "expired"))
    _allow("outcome", "outcome IS NULL OR outcome", (*_OUTCOME, "written_off"))


def downgrade() -> None:
    """Take back: what has expired holds nothing any more, and what is written off was not paid."""
    op.execute("UPDATE sales_order SET payment_state = 'declined' WHERE payment_state = 'expired'")
    op.execute("UPDATE sales_order SET outcome = 'unpaid' WHERE outcome = 'written_off'")
    _allow("payment_state", "payment_state", _PAYMENT)
    _allow("outcome", "outcome IS NULL OR outcome", _OUTCOME)


def _allow(column: str, what: str, values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    op.execute(f"ALTER TABLE sales_order DROP CONSTRAINT ck_{column}")
    op.execute(f"ALTER TABLE sales_order ADD CONSTRAINT ck_{column} CHECK ({what} IN ({listed}))")
