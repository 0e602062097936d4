"""Faults of orders and their trail."""

from __future__ import annotations

from tests.audit.lives import DRAFT, FAULTY, MENDED
from tests.audit.plants.plant import plant

_REHASH = """
UPDATE order_fact SET prev_hash = 'planted', hash = encode(sha256(convert_to(concat_ws(E'\\x1f', 'planted', order_number, seq::text,
    extract(epoch FROM at)::text, actor, what, why, data::text), 'UTF8')), 'hex')
WHERE order_number = 'DE-SHORT' AND seq = (SELECT max(seq) FROM order_fact WHERE order_number = 'DE-SHORT')"""

ORDERS = (
    plant(
        "every_order_waits",
        "an open order waits for nothing",
        "UPDATE sales_order SET waiting_for = '' WHERE order_number = 'DE-OPEN'",
        ("DE-OPEN", "waits for nothing, in delivery"),
        grace_s=0,
    ),
    plant(
        "every_order_waits",
        "an open order waits for something that has no name",
        "UPDATE sales_order SET waiting_for = 'godot' WHERE order_number = 'DE-OPEN'",
        ("DE-OPEN", "waits for an unknown thing, godot"),
    ),
    plant(
        "every_order_waits",
        "a deadline passed and nobody woke up",
        "UPDATE sales_order SET deadline_at = '2026-01-02T03:04:05Z' WHERE order_number = 'DE-SHORT'",
        ("DE-SHORT", "waits for stock past its deadline of 2026-01-02T03:04:05Z"),
    ),
    plant(
        "fact_chain",
        "a fact was changed",
        "UPDATE order_fact SET why = 'nothing happened' WHERE order_number = 'DE-DONE' AND seq = 2",
        ("DE-DONE", "fact 2 was changed: its hash is wrong"),
    ),
    plant(
        "fact_chain",
        "a fact was cut out",
        "DELETE FROM order_fact WHERE order_number = 'DE-DONE' AND seq = 2",
        ("DE-DONE", "fact 3 follows fact 1"),
    ),
    plant(
        "fact_chain",
        "the end of a chain was forged",
        _REHASH,
        ("DE-SHORT", "fact 3 does not carry the hash of the one before"),
    ),
    plant(
        "fact_chain",
        "an order lost its whole trail",
        "DELETE FROM order_fact WHERE order_number = 'DE-OPEN'",
        ("DE-OPEN", "has no facts"),
    ),
    plant(
        "steps_settle",
        "a closed order has an effect that nobody settled",
        "UPDATE step_record SET state = 'intended', result = NULL WHERE key = 'order-DE-DONE:capture_payment:1'",
        ("DE-DONE", "step order-DE-DONE:capture_payment:1 is intended, and nobody knows whether it was done"),
    ),
    plant(
        "closed_states",
        "a completed order's goods are still on the way",
        "UPDATE sales_order SET fulfilment_state = 'dispatched' WHERE order_number = 'DE-DONE'",
        ("DE-DONE", "completed: order closed, payment captured, goods dispatched"),
    ),
    plant(
        "closed_states",
        "a cancelled order still waits and is held",
        "UPDATE sales_order SET waiting_for = 'bench', hold_reasons = '{other}' WHERE order_number = 'DE-GONE'",
        ("DE-GONE", "cancelled: order cancelled, payment voided, goods released, waits for bench, on hold"),
    ),
    plant(
        "closed_states",
        "a cancelled order has a hold that nobody ended",
        """UPDATE sales_order SET holds = '[{"hold_id": "other-1", "lines": [2]}]' WHERE order_number = 'DE-GONE'""",
        ("DE-GONE", "cancelled: order cancelled, payment voided, goods released, on hold"),
    ),
    plant(
        "closed_states",
        "a cancelled order's money was never given back",
        "UPDATE sales_order SET payment_state = 'declined' WHERE order_number = 'DE-GONE'",
        ("DE-GONE", "cancelled: order cancelled, payment declined, goods released"),
    ),
    plant(
        "closed_states",
        "an open order has an outcome",
        "UPDATE sales_order SET outcome = 'unpaid' WHERE order_number = 'DE-SHORT'",
        ("DE-SHORT", "unpaid: order received, payment authorised, goods short, waits for stock"),
    ),
    plant(
        "tasks_and_orders",
        "a mended task's order is gone",
        f"UPDATE intake_task SET source_id = 'S-lost' WHERE id = '{MENDED}'",
        (MENDED, "mended, and its order DE-GONE is nowhere"),
    ),
    plant(
        "tasks_and_orders",
        "a mended task names another order",
        f"UPDATE intake_task SET order_number = 'DE-OPEN' WHERE id = '{MENDED}'",
        (MENDED, "mended to DE-OPEN, and its order is DE-GONE"),
    ),
    plant(
        "tasks_and_orders",
        "an open task's order is there",
        f"UPDATE intake_task SET source_id = 'DE-SHORT' WHERE id = '{FAULTY}'",
        (FAULTY, "open, and its order DE-SHORT is there"),
    ),
    plant(
        "drafts_and_orders",
        "a confirmed draft's order is gone",
        f"UPDATE order_draft SET order_number = 'DE-NONE' WHERE id = '{DRAFT}'",
        (DRAFT, "confirmed, and its order DE-NONE is nowhere"),
    ),
)
