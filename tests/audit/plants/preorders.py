"""Faults of preorders and their claims."""

from __future__ import annotations

from tests.audit.plants.plant import plant

_MOVEMENT = """
INSERT INTO preorder_movement (sku, order_number, kind, sold_delta, waiting_delta, key)
VALUES ('{sku}', 'DE-LATER', '{kind}', {sold}, {waiting}, 'planted')"""

PREORDERS = (
    plant(
        "preorders_add_up",
        "a piece is sold to nobody",
        "UPDATE preorder SET sold = sold + 1;"
        + _MOVEMENT.format(sku="VASE-1", kind="claimed", sold=1, waiting=0),
        ("VASE-1", "preorder says 3 sold of 5, claims say 2"),
    ),
    plant(
        "preorders_add_up",
        "more is sold than the cap",
        "ALTER TABLE preorder DROP CONSTRAINT ck_preorder_cap; UPDATE preorder SET cap = 1",
        ("VASE-1", "preorder says 2 sold of 1, claims say 2"),
    ),
    plant(
        "preorders_replay",
        "a movement was changed",
        "UPDATE preorder_movement SET sold_delta = 2 WHERE order_number = 'DE-LATER'",
        ("VASE-1", "sold 2 and waiting 1, movements give 3 and 1"),
    ),
    plant(
        "preorders_replay",
        "a movement has no preorder",
        _MOVEMENT.format(sku="GHOST", kind="claimed", sold=1, waiting=1),
        ("GHOST", "sold 0 and waiting 0, movements give 1 and 1"),
    ),
    plant(
        "claims_end",
        "a cancelled order still waits for its piece",
        "UPDATE preorder_claim SET state = 'open' WHERE order_number = 'DE-NEVER'; UPDATE preorder SET sold = sold + 1;"
        + _MOVEMENT.format(sku="VASE-1", kind="claimed", sold=1, waiting=1),
        ("DE-NEVER", "still waits for 1 × VASE-1"),
    ),
    plant(
        "claims_end",
        "a claim was settled without goods",
        "UPDATE preorder_claim SET state = 'settled' WHERE order_number = 'DE-LATER';"
        + _MOVEMENT.format(sku="VASE-1", kind="settled", sold=0, waiting=-1),
        ("DE-LATER", "claim of 1 × VASE-1 was served with 0"),
    ),
)
