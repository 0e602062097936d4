"""One fault each, planted by SQL into books that were clean, and what the auditor must say about it."""

from __future__ import annotations

from dataclasses import dataclass

from activities.insight.audit import STALE_S


@dataclass(frozen=True)
class Plant:
    """`sql` breaks `invariant`; `found`: (subject, detail) of every finding. `grace_s` as in the audit."""

    invariant: str
    fault: str
    sql: str
    found: tuple[tuple[str, str], ...]
    grace_s: float = 300.0


def plant(invariant: str, fault: str, sql: str, *found: tuple[str, str], grace_s: float = 300.0) -> Plant:
    """A plant with its findings in a row."""
    return Plant(invariant, fault, sql, found, grace_s)


_LATE = f"now() - interval '{STALE_S + 60} seconds'"
_PLUS_RESERVED = """
UPDATE stock_level SET reserved = reserved + 1 WHERE (sku, warehouse) = ('KNIFE-1', 'BER');
INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)
VALUES ('KNIFE-1', 'BER', 'reserved', 0, 1, 'DE-DONE', 'planted')"""
_LABEL = """
INSERT INTO sim.carrier_label (key, fingerprint, carrier, service, parcel_id, tracking_number, label, weight_g, price_minor, currency)
VALUES ('planted', '', 'northpost', 'ground', '{parcel}', 'T-2', '', 900, 450, 'EUR')"""
_SHIPMENT = """
INSERT INTO shipment (key, order_number, parcel_id, carrier, service, tracking_number, label, price_minor, currency, state,
    tracking, incident, choice)
VALUES ('planted', 'DE-OPEN', 'DE-OPEN-P1', 'northpost', 'ground', 'T-2', '', 450, 'EUR', 'live', 'pending', '', '{}')"""
_NUMBERED = """
UPDATE shipment SET tracking_number = 'T-1' WHERE order_number = '{order}';
UPDATE sim.carrier_label SET tracking_number = 'T-1' WHERE parcel_id = '{order}-P1'"""
_PAYMENT = """
INSERT INTO sim.psp_payment (reference, order_number, amount_minor, currency, method, token, status)
VALUES ('planted', '{order}', 700, '{currency}', 'card', 'tok', '{status}')"""
_NOTICE = """
INSERT INTO notice (order_number, kind, about, audience, data, state, attempts, error, created_at)
VALUES ('DE-OPEN', '{kind}', '', 'customer', '{{}}', '{state}', 30, 'no route', {created})"""
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
)

STOCK = (
    plant(
        "stock_replays",
        "a level was changed without a movement",
        "UPDATE stock_level SET on_hand = on_hand + 1 WHERE (sku, warehouse) = ('KNIFE-1', 'PAR')",
        ("KNIFE-1@PAR", "level says 5 on hand and 0 reserved, movements give 4 and 0"),
    ),
    plant(
        "stock_replays",
        "a movement has no level",
        "INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)"
        " VALUES ('LAMP-1', 'PAR', 'received', 3, 0, '', 'planted')",
        ("LAMP-1@PAR", "level says  on hand and  reserved, movements give 3 and 0"),
    ),
    plant(
        "never_oversold",
        "more is promised than lies there",
        """
ALTER TABLE stock_level DROP CONSTRAINT ck_never_oversold;
INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)
    SELECT sku, warehouse, 'missing', -on_hand, 0, '', 'planted' FROM stock_level WHERE (sku, warehouse) = ('KNIFE-1', 'BER');
UPDATE stock_level SET on_hand = 0 WHERE (sku, warehouse) = ('KNIFE-1', 'BER')""",
        ("KNIFE-1@BER", "1 reserved of 0 on hand"),
    ),
    plant(
        "reservations_add_up",
        "a piece is reserved for nobody",
        _PLUS_RESERVED,
        ("KNIFE-1@BER", "level says 2 reserved, open reservations say 1"),
    ),
    plant(
        "reservations_end",
        "a closed order still holds a piece",
        _PLUS_RESERVED
        + """;
INSERT INTO reservation (order_number, line_no, sku, warehouse, quantity, state, key)
VALUES ('DE-DONE', 2, 'KNIFE-1', 'BER', 1, 'open', 'planted')""",
        ("DE-DONE", "line 2 still holds 1 × KNIFE-1 at BER"),
    ),
    plant(
        "shipped_is_committed",
        "goods left that nobody committed",
        "UPDATE reservation SET state = 'released' WHERE order_number = 'DE-DONE' AND line_no = 1",
        ("DE-DONE", "line 1 at BER: 0 committed, 2 handed over"),
    ),
)

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

PARCELS = (
    plant(
        "parcels_conserve_lines",
        "a piece of a completed order was never sent",
        """
UPDATE parcel_line SET quantity = 1 WHERE parcel_id = 'DE-DONE-P1' AND line_no = 1;
UPDATE reservation SET quantity = 1 WHERE order_number = 'DE-DONE' AND line_no = 1""",
        ("DE-DONE", "line 1: 2 × MUG-1 ordered, 1 in parcels"),
    ),
    plant(
        "parcels_conserve_lines",
        "an open order has more in parcels than was ordered",
        """
INSERT INTO parcel (parcel_id, order_number, warehouse, weight_g, value_minor, state)
VALUES ('DE-OPEN-P2', 'DE-OPEN', 'BER', 200, 2900, 'open');
INSERT INTO parcel_line (parcel_id, line_no, sku, quantity) VALUES ('DE-OPEN-P2', 2, 'KNIFE-1', 1)""",
        ("DE-OPEN", "line 2: 1 × KNIFE-1 ordered, 2 in parcels"),
    ),
    plant(
        "one_live_label",
        "a parcel has two labels",
        f"""
DROP INDEX uq_one_live_label;
{_NUMBERED.format(order="DE-OPEN")};
{_SHIPMENT};
{_LABEL.format(parcel="DE-OPEN-P1")}""",
        ("DE-OPEN-P1", "2 live labels: T-1, T-2"),
    ),
    plant(
        "labels_used",
        "a cancelled order still has a label",
        f"""
{_NUMBERED.format(order="DE-GONE")};
UPDATE shipment SET state = 'live' WHERE order_number = 'DE-GONE';
UPDATE sim.carrier_label SET voided_at = NULL WHERE parcel_id = 'DE-GONE-P1'""",
        ("DE-GONE", "northpost T-1 of DE-GONE-P1 is live and unused"),
    ),
    plant(
        "labels_agree",
        "the carrier sold a label that we do not know",
        _LABEL.format(parcel="DE-DONE-P1"),
        ("northpost T-2", "the carrier has a live label of DE-DONE-P1 that we do not"),
    ),
    plant(
        "labels_agree",
        "the carrier knows nothing of our label",
        _NUMBERED.format(order="DE-OPEN")
        + "; UPDATE sim.carrier_label SET voided_at = now() WHERE tracking_number = 'T-1'",
        ("northpost T-1", "we have a live label of DE-OPEN-P1 that the carrier does not"),
    ),
    plant(
        "labels_agree",
        "the carrier will bill another price",
        _NUMBERED.format(order="DE-OPEN")
        + "; UPDATE sim.carrier_label SET price_minor = 9999 WHERE tracking_number = 'T-1'",
        ("northpost T-1", "we know DE-OPEN-P1 at 450, the carrier DE-OPEN-P1 at 9999"),
    ),
)

TELLING = (
    plant(
        "notices_unique",
        "the same notice stands twice",
        """
ALTER TABLE notice DROP CONSTRAINT uq_notice_once;
INSERT INTO notice (order_number, kind, about, audience, data, state, attempts, error)
SELECT order_number, kind, about, audience, data, state, attempts, error FROM notice
WHERE order_number = 'DE-OPEN' AND kind = 'received'""",
        ("DE-OPEN", "2 notices received "),
    ),
    plant(
        "notices_leave",
        "a notice lies queued",
        _NOTICE.format(kind="delayed", state="queued", created=_LATE),
        ("DE-OPEN", "notice delayed  is queued after 30 attempts: no route"),
    ),
    plant(
        "notices_leave",
        "a notice hangs half sent",
        _NOTICE.format(kind="delayed", state="sending", created=_LATE),
        ("DE-OPEN", "notice delayed  is sending after 30 attempts: no route"),
    ),
    plant(
        "notices_leave",
        "a notice was given up",
        _NOTICE.format(kind="delayed", state="failed", created="now()"),
        ("DE-OPEN", "notice delayed  is failed after 30 attempts: no route"),
    ),
    plant(
        "letters_agree",
        "a letter arrived twice",
        "UPDATE sim.mail SET deliveries = 2 WHERE message_id = 'DE-OPEN.received.@orderloom.invalid'",
        ("DE-OPEN.received.@orderloom.invalid", "notice is sent, delivered 2 times"),
    ),
    plant(
        "letters_agree",
        "a letter that we call sent never arrived",
        "DELETE FROM sim.mail WHERE message_id = 'DE-OPEN.received.@orderloom.invalid'",
        ("DE-OPEN.received.@orderloom.invalid", "notice is sent, delivered 0 times"),
    ),
    plant(
        "letters_agree",
        "somebody else wrote in our name",
        "INSERT INTO sim.mail (message_id, rcpt, subject, body) VALUES ('spam@orderloom.invalid', 'ada@mail.example', '', '')",
        ("spam@orderloom.invalid", "a letter that no notice of ours tells"),
    ),
    plant(
        "letters_agree",
        "a letter that is still under way arrived twice",
        "UPDATE notice SET state = 'sending' WHERE order_number = 'DE-OPEN' AND kind = 'received';"
        "UPDATE sim.mail SET deliveries = 2 WHERE message_id = 'DE-OPEN.received.@orderloom.invalid'",
        ("DE-OPEN.received.@orderloom.invalid", "notice is sending, delivered 2 times"),
    ),
    plant(
        "inbox_drains",
        "what we were told is dead",
        "UPDATE inbox SET state = 'dead', attempts = 60, error = 'no order'",
        ("psp evt-1", "dead after 60 attempts: no order"),
    ),
    plant(
        "inbox_drains",
        "what we were told lies unworked",
        f"UPDATE inbox SET state = 'applied', received_at = {_LATE}",
        ("psp evt-1", "applied after 1 attempts: "),
    ),
)

PLANTS = (*ORDERS, *STOCK, *MONEY, *PARCELS, *TELLING)
