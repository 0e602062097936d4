"""Faults of stock, parcels and labels."""

from __future__ import annotations

from tests.audit.plants.plant import plant

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
        "goods of an open order are booked out that never left",
        """
UPDATE reservation SET state = 'committed' WHERE order_number = 'DE-OPEN' AND line_no = 2;
UPDATE stock_level SET on_hand = on_hand - 1, reserved = reserved - 1 WHERE (sku, warehouse) = ('KNIFE-1', 'BER');
INSERT INTO stock_movement (sku, warehouse, kind, on_hand_delta, reserved_delta, order_number, key)
VALUES ('KNIFE-1', 'BER', 'shipped', -1, -1, 'DE-OPEN', 'planted')""",
        ("DE-OPEN", "line 2 at BER: 1 committed, 0 handed over"),
    ),
    plant(
        "shipped_is_committed",
        "goods left that nobody committed",
        "UPDATE reservation SET state = 'released' WHERE order_number = 'DE-DONE' AND line_no = 1",
        ("DE-DONE", "line 1 at BER: 0 committed, 2 handed over"),
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
