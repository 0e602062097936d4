"""Faults of credit limits."""

from __future__ import annotations

from tests.audit.plants.plant import plant

CREDIT = (
    plant(
        "exposure_in_limit",
        "an order was let in over the limit",
        """
ALTER TABLE credit_use DROP CONSTRAINT ck_credit_fits;
UPDATE credit_use SET limit_minor = 6189 WHERE order_number = 'DE-OPEN'""",
        ("DE-OPEN", "orders on credit up to this one owe 6190 EUR, the limit was 6189"),
    ),
    plant(
        "exposure_in_limit",
        "two orders at once did not see each other",
        """
UPDATE credit_use SET limit_minor = 12379, exposure_minor = 6190 WHERE order_number = 'DE-OPEN';
UPDATE credit_use SET limit_minor = 12379, exposure_minor = 6190 WHERE order_number = 'DE-SHORT'""",
        ("DE-SHORT", "orders on credit up to this one owe 12380 EUR, the limit was 12379"),
    ),
    plant(
        "exposure_complete",
        "an order over the limit went on, and nobody had let it pass",
        "UPDATE credit_use SET turn = NULL WHERE order_number = 'DE-OPEN'",
        ("DE-OPEN", "payment authorised, and it is over the limit without an approval"),
    ),
)
