"""What the database itself guards: append-only tables, the chain of facts, a ledger that sums to zero at COMMIT."""

from alembic import op

revision = "0002"
down_revision = "0001"

APPEND_ONLY = ("order_fact", "stock_movement", "ledger_transaction", "ledger_entry", "tracking_event")

_FORBID = """
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$"""

# Each fact carries the hash of the one before it in the same order; the writer holds the order's row lock.
_CHAIN = """
CREATE FUNCTION order_fact_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
    SELECT seq, hash INTO last FROM order_fact WHERE order_number = NEW.order_number ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq, 0) + 1;
    NEW.prev_hash := coalesce(last.hash, '');
    NEW.hash := encode(sha256(convert_to(concat_ws(E'\\x1f', NEW.prev_hash, NEW.order_number, NEW.seq::text,
        extract(epoch FROM NEW.at)::text, NEW.actor, NEW.what, NEW.why, NEW.data::text), 'UTF8')), 'hex');
    RETURN NEW;
END $$"""

_BALANCE = """
CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_entry WHERE key = NEW.key GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$"""


def upgrade() -> None:
    """Apply."""
    op.execute(_FORBID)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
        )
    op.execute(_CHAIN)
    op.execute(
        "CREATE TRIGGER order_fact_chain BEFORE INSERT ON order_fact FOR EACH ROW EXECUTE FUNCTION order_fact_chain()"
    )
    op.execute(_BALANCE)
    op.execute(
        "CREATE CONSTRAINT TRIGGER ledger_balances AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION ledger_balances()"
    )


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TRIGGER ledger_balances ON ledger_entry")
    op.execute("DROP TRIGGER order_fact_chain ON order_fact")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    for function in ("ledger_balances", "order_fact_chain", "forbid_change"):
        op.execute(f"DROP FUNCTION {function}()")
