"""The double-entry ledger: one transaction, all of its legs."""

from activities.shared.database import Cursor
from models.settlement.messages import Posting

# The transaction and its legs in one statement; the constraint trigger checks at COMMIT that they sum to zero.
_POST = """
WITH head AS (INSERT INTO ledger_transaction (key, order_number, kind) VALUES (%(key)s, %(order_number)s, %(kind)s))
INSERT INTO ledger_entry (key, account, currency, amount_minor)
SELECT %(key)s, * FROM unnest(%(accounts)s::text[], %(currencies)s::text[], %(amounts)s::bigint[])"""


async def post(cursor: Cursor, key: str, order_number: str, kind: str, postings: tuple[Posting, ...]) -> None:
    """Book one transaction."""
    await cursor.execute(
        _POST,
        {
            "key": key,
            "order_number": order_number,
            "kind": kind,
            "accounts": [posting.account for posting in postings],
            "currencies": [posting.currency for posting in postings],
            "amounts": [posting.amount_minor for posting in postings],
        },
    )
