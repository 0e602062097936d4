"""Orders that were held before holds had a column of their own are shown with theirs afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import NullPool, create_engine, text

from activities.order.reads import OrderReads
from activities.shared.reading import ReadEngine
from models.order.states import HoldReason
from workers.engine import LocalPostgres
from workers.migrate import alembic_config, sqlalchemy_url
from workers.migrations.versions import v0011_holds

pytestmark = pytest.mark.engine

_ORDER = """
INSERT INTO sales_order (order_number, channel, source_id, fingerprint, customer_id, goods, placed_at, recorded_at, currency,
    total_minor, country, order_class, priority, stage, order_state, payment_state, fulfilment_state, risk_verdict,
    authorised_minor, captured_minor, refunded_minor, waiting_for, hold_reasons, policy_version, document)
VALUES (:number, 'web', :number, 'f', 'c-7', 'g', now(), timestamptz '2026-03-01T09:00Z', 'EUR', 6190, 'DE', 'ordinary', 3,
    'review', 'received', 'none', 'unallocated', 'hold', 0, 0, 0, 'review', :reasons, 1, '{}')"""


async def test_held_orders_keep_their_holds_and_the_way_back_is_open(tmp_path: Path) -> None:
    with LocalPostgres(tmp_path) as server:
        engine = create_engine(sqlalchemy_url(server.dsn), poolclass=NullPool)
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), v0011_holds.down_revision)
            for number, reasons in (("DE-A", ["large_order", "other"]), ("DE-B", [])):
                connection.execute(text(_ORDER), {"number": number, "reasons": reasons})
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), v0011_holds.revision)
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
        reads = ReadEngine(server.dsn, size=1)
        held = await OrderReads(reads).orders(hold=HoldReason.LARGE_ORDER)
        everything = await OrderReads(reads).orders()
        await reads.close()
        assert [row.order_number for row in held.orders] == ["DE-A"]
        ids = {row.order_number: [hold.hold_id for hold in row.holds] for row in everything.orders}
        assert ids == {"DE-A": ["large_order", "other"], "DE-B": []}
        assert held.orders[0].holds[0].placed_at.isoformat() == "2026-03-01T09:00:00+00:00"
        with engine.begin() as connection:
            command.downgrade(alembic_config(connection), v0011_holds.down_revision)
            kept = connection.execute(text("SELECT hold_reasons FROM sales_order ORDER BY order_number"))
            assert [row[0] for row in kept] == [["large_order", "other"], []]
