"""Reading parquet: what is missing is named, all of it."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from starter.olist.files import TABLES, OlistError, find, read_olist
from starter.olist.records import Status

NOON = datetime(2030, 3, 1, 12)  # noqa: DTZ001 - the files hold times without a zone
ROWS: dict[str, dict[str, list[Any]]] = {
    "orders": {
        "order_id": ["o-2", "o-1"],
        "customer_id": ["c-1", "c-2"],
        "order_status": ["delivered", "created"],
        "order_purchase_timestamp": [NOON, NOON],
        "order_approved_at": [NOON, None],
        "order_delivered_carrier_date": [NOON, None],
        "order_delivered_customer_date": [NOON, None],
        "order_estimated_delivery_date": [NOON, NOON],
    },
    "customers": {
        "customer_id": ["c-1", "c-2"],
        "customer_unique_id": ["u-1", "u-1"],
        "customer_zip_code_prefix": ["30110", "30110"],
        "customer_city": ["belo horizonte", "belo horizonte"],
        "customer_state": ["MG", "MG"],
    },
    "order_items": {
        "order_id": ["o-2", "o-2"],
        "order_item_id": [2, 1],
        "product_id": ["lid", "pan"],
        "seller_id": ["s-1", "s-1"],
        "price": [9.95, 1234.1],
        "freight_value": [0.0, 8.29],
    },
    "order_payments": {
        "order_id": ["o-2"],
        "payment_sequential": [1],
        "payment_type": ["boleto"],
        "payment_installments": [1],
        "payment_value": [1252.34],
    },
    "products": {"product_id": ["pan"], "product_category_name": [None], "product_weight_g": [800]},
    "sellers": {"seller_id": ["s-1"], "seller_zip_code_prefix": ["80010"]},
    "geolocation": {
        "geolocation_zip_code_prefix": ["80010"],
        "geolocation_lat": [-25.4],
        "geolocation_lng": [-49.2],
    },
}


def write(folder: Path, rows: dict[str, dict[str, list[Any]]]) -> Path:
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra `data`)")
    parquet = pytest.importorskip("pyarrow.parquet")
    for name, columns in rows.items():
        parquet.write_table(arrow.table(columns), folder / f"{name}.parquet")
    return folder


def test_tables_are_joined_in_order_and_money_is_cents(tmp_path: Path) -> None:
    read = read_olist(write(tmp_path, ROWS))
    assert [(one.order_id, one.status) for one in read.orders] == [
        ("o-1", Status.CREATED),
        ("o-2", Status.DELIVERED),
    ]
    empty, full = read.orders
    assert (empty.items, empty.payments, empty.approved_at) == ((), (), None)
    assert [(item.product_id, item.price_minor, item.freight_minor) for item in full.items] == [
        ("pan", 123_410, 829),
        ("lid", 995, 0),
    ]
    assert (full.sold_minor, full.paid_minor) == (125_234, 125_234)
    assert (full.purchased_at.isoformat(), full.customer.unique_id) == ("2030-03-01T12:00:00+00:00", "u-1")
    assert read.products["pan"].category == ""


def test_every_missing_table_is_named(tmp_path: Path) -> None:
    write(tmp_path, {name: ROWS[name] for name in ("orders", "customers")})
    with pytest.raises(OlistError) as told:
        read_olist(tmp_path)
    for table in TABLES[2:]:
        assert f"{table.name}.parquet" in str(told.value)
    with pytest.raises(OlistError, match="is no folder"):
        read_olist(tmp_path / "nowhere")


def test_every_missing_column_and_every_hole_is_named(tmp_path: Path) -> None:
    items = {**ROWS["order_items"], "price": [None, 1.0]}
    customers = {name: column for name, column in ROWS["customers"].items() if name != "customer_state"}
    write(tmp_path, ROWS | {"order_items": items, "customers": customers})
    with pytest.raises(OlistError) as told:
        read_olist(tmp_path)
    assert "customers.parquet lacks customer_state" in str(told.value)
    assert "1 rows have no price" in str(told.value)


def test_an_order_without_its_customer_or_with_an_unknown_status_is_named(tmp_path: Path) -> None:
    orders = {**ROWS["orders"], "customer_id": ["c-1", "c-9"]}
    with pytest.raises(OlistError, match="order o-1: no customer c-9"):
        read_olist(write(tmp_path, ROWS | {"orders": orders}))
    orders = {**ROWS["orders"], "order_status": ["delivered", "eaten"]}
    with pytest.raises(OlistError, match="order o-1: 'eaten'"):
        read_olist(write(tmp_path, ROWS | {"orders": orders}))


def test_tables_may_lie_in_subfolders_and_have_longer_names(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    for path in ("reference/sellers_all.parquet", "orders.parquet", "orders_old.parquet"):
        (tmp_path / path).touch()
    assert find(tmp_path, "sellers") == tmp_path / "reference" / "sellers_all.parquet"
    assert find(tmp_path, "orders") == tmp_path / "orders.parquet"
    assert find(tmp_path, "products") is None


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "pyarrow.parquet", raising=False)
    with pytest.raises(OlistError, match="extra `data`"):
        read_olist(tmp_path)
