"""Faults of the ledger, and between us and the payment provider."""

from __future__ import annotations

from tests.audit.plants.plant import plant

_PAYMENT = """
INSERT INTO sim.psp_payment (reference, order_number, amount_minor, currency, method, token, status)
VALUES ('planted', '{order}', 700, '{currency}', 'card', 'tok', '{status}')"""

MONEY = (
    plant(
        "ledger_balances",
        "a transaction does not sum to zero",
        "INSERT INTO ledger_entry (key, account, currency, amount_minor)"
        " VALUES ('order-DE-DONE:capture_payment:1', 'merchant:m-kiln:payable', 'EUR', 5)",
        ("all transactions", "sums to 5 EUR"),
        ("order-DE-DONE:capture_payment:1", "sums to 5 EUR"),
    ),
    plant(
        "stored_value_adds_up",
        "a gift card has a balance that nobody issued",
        "INSERT INTO stored_value (code, kind, currency, balance_minor, created_by) VALUES ('planted', 'gift_card', 'EUR', 5, 'x')",
        ("EUR", "balances add up to 5005, the ledger owes 5000"),
        ("planted", "has 5 of which 0 held, its movements give 0 and 0"),
    ),
    plant(
        "ledger_matches_orders",
        "the ledger took money that the order does not know",
        """
INSERT INTO ledger_transaction (key, order_number, kind) VALUES ('planted', 'DE-DONE', 'capture');
INSERT INTO ledger_entry (key, account, currency, amount_minor)
VALUES ('planted', 'gateway:receivable', 'EUR', 10), ('planted', 'platform:commission', 'EUR', -10)""",
        ("DE-DONE", "captured 6190 and refunded 0 EUR, the ledger booked 6200 and 0"),
    ),
    plant(
        "ledger_matches_orders",
        "the ledger gave money back in another currency",
        """
INSERT INTO ledger_transaction (key, order_number, kind) VALUES ('planted', 'DE-DONE', 'refund');
INSERT INTO ledger_entry (key, account, currency, amount_minor)
VALUES ('planted', 'gateway:receivable', 'USD', -10), ('planted', 'platform:commission', 'USD', 10)""",
        ("DE-DONE", "captured 0 and refunded 0 USD, the ledger booked 0 and 10"),
    ),
    plant(
        "money_in_bounds",
        "more is authorised than the order costs",
        """
ALTER TABLE sales_order DROP CONSTRAINT ck_money_taken;
UPDATE sales_order SET total_minor = 6000 WHERE order_number = 'DE-DONE'""",
        ("DE-DONE", "total 6000, authorised 6190, captured 6190, refunded 0"),
    ),
    plant(
        "money_agrees",
        "the provider holds money of an order that is not ours",
        _PAYMENT.format(order="DE-NONE", currency="EUR", status="authorised"),
        ("DE-NONE", "the provider has 700 held, 0 pending, 0 captured EUR that no order of ours asked for"),
    ),
    plant(
        "money_agrees",
        "the provider holds money of our order in another currency",
        _PAYMENT.format(order="DE-DONE", currency="USD", status="authorised"),
        ("DE-DONE", "the provider has 700 held, 0 pending, 0 captured USD that no order of ours asked for"),
    ),
    plant(
        "money_agrees",
        "a customer was charged twice",
        _PAYMENT.format(order="DE-DONE", currency="EUR", status="authorised"),
        ("DE-DONE", "we say captured: 6190 held, 6190 captured, 0 refunded; the provider 6890, 6190, 0"),
    ),
    plant(
        "money_agrees",
        "a cancelled order may still be paid",
        _PAYMENT.format(order="DE-GONE", currency="EUR", status="pending"),
        ("DE-GONE", "we say voided: 0 held, 0 captured, 0 refunded; the provider 0, 0, 0, and 700 pending"),
    ),
    plant(
        "money_agrees",
        "the provider let go of money that we count on",
        "UPDATE sim.psp_payment SET voided = true WHERE order_number = 'DE-OPEN'",
        ("DE-OPEN", "we say authorised: 6190 held, 0 captured, 0 refunded; the provider 0, 0, 0"),
    ),
)
