"""Reads the Olist files: parquet tables in a folder or in its subfolders."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starter.olist.records import Customer, Item, Olist, Paid, Point, Product, Record, Seller, Status
from starter.parquet import MISSING_EXTRA, ParquetError, Row, read_rows


class OlistError(Exception):
    """The files cannot be read; the message says what is missing, all of it."""


@dataclass(frozen=True)
class Table:
    """One file, and the columns that are read of it; those in `may_be_empty` may hold nulls."""

    name: str
    columns: tuple[str, ...]
    may_be_empty: tuple[str, ...] = ()


ORDERS = Table(
    "orders",
    ("order_id", "customer_id", "order_status", "order_purchase_timestamp"),
    (
        "order_approved_at",
        "order_delivered_carrier_date",
        "order_delivered_customer_date",
        "order_estimated_delivery_date",
    ),
)
CUSTOMERS = Table(
    "customers",
    ("customer_id", "customer_unique_id", "customer_zip_code_prefix", "customer_city", "customer_state"),
)
ITEMS = Table(
    "order_items", ("order_id", "order_item_id", "product_id", "seller_id", "price", "freight_value")
)
PAYMENTS = Table(
    "order_payments",
    ("order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value"),
)
PRODUCTS = Table("products", ("product_id",), ("product_category_name", "product_weight_g"))
SELLERS = Table("sellers", ("seller_id", "seller_zip_code_prefix"))
PLACES = Table("geolocation", ("geolocation_zip_code_prefix", "geolocation_lat", "geolocation_lng"))
TABLES = (ORDERS, CUSTOMERS, ITEMS, PAYMENTS, PRODUCTS, SELLERS, PLACES)


def read_olist(folder: Path) -> Olist:
    """Everything in the folder's tables. Raises `OlistError`."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise OlistError(MISSING_EXTRA) from error
    if not folder.is_dir():
        raise OlistError(f"{folder} is no folder")
    paths = {table.name: find(folder, table.name) for table in TABLES}
    if absent := [name for name, path in paths.items() if path is None]:
        raise OlistError(f"{folder} has no {', '.join(f'{name}.parquet' for name in absent)}")
    rows: dict[str, list[Row]] = {}
    faults: list[str] = []
    for table in TABLES:
        path = paths[table.name]
        assert path is not None
        try:
            rows[table.name] = read_rows(path, (*table.columns, *table.may_be_empty))
        except ParquetError as error:
            faults.append(str(error))
            continue
        faults += [f"{path}: {fault}" for fault in _empty(rows[table.name], table.columns)]
    if faults:
        raise OlistError("; ".join(faults))
    return _joined(rows)


def find(folder: Path, name: str) -> Path | None:
    """The file of a table: `<name>.parquet`, or the first `<name>_….parquet`; in the folder before its subfolders."""
    for pattern in (f"{name}.parquet", f"*/{name}.parquet", f"{name}_*.parquet", f"*/{name}_*.parquet"):
        if found := sorted(folder.glob(pattern)):
            return found[0]
    return None


def _empty(rows: Sequence[Row], columns: Iterable[str]) -> list[str]:
    counts = {column: sum(row[column] is None for row in rows) for column in columns}
    return [f"{count} rows have no {column}" for column, count in counts.items() if count]


def _joined(rows: dict[str, list[Row]]) -> Olist:
    customers = {
        row["customer_id"]: Customer(
            row["customer_unique_id"],
            row["customer_zip_code_prefix"],
            row["customer_city"],
            row["customer_state"],
        )
        for row in rows[CUSTOMERS.name]
    }
    items: dict[str, list[Item]] = defaultdict(list)
    for row in sorted(rows[ITEMS.name], key=lambda row: (row["order_id"], row["order_item_id"])):
        items[row["order_id"]].append(
            Item(row["product_id"], row["seller_id"], _minor(row["price"]), _minor(row["freight_value"]))
        )
    payments: dict[str, list[Paid]] = defaultdict(list)
    for row in sorted(rows[PAYMENTS.name], key=lambda row: (row["order_id"], row["payment_sequential"])):
        payments[row["order_id"]].append(
            Paid(row["payment_type"], row["payment_installments"], _minor(row["payment_value"]))
        )
    orders = [_record(row, customers, items, payments) for row in rows[ORDERS.name]]
    return Olist(
        orders=tuple(sorted(orders, key=lambda one: (one.purchased_at, one.order_id))),
        products={
            row["product_id"]: Product(
                row["product_id"], row["product_category_name"] or "", row["product_weight_g"] or 0
            )
            for row in rows[PRODUCTS.name]
        },
        sellers={
            row["seller_id"]: Seller(row["seller_id"], row["seller_zip_code_prefix"])
            for row in rows[SELLERS.name]
        },
        points=tuple(
            Point(row["geolocation_zip_code_prefix"], row["geolocation_lat"], row["geolocation_lng"])
            for row in rows[PLACES.name]
        ),
    )


def _record(
    row: Row, customers: dict[str, Customer], items: dict[str, list[Item]], payments: dict[str, list[Paid]]
) -> Record:
    order_id = row["order_id"]
    try:
        customer, status = customers[row["customer_id"]], Status(row["order_status"])
    except KeyError:
        raise OlistError(f"order {order_id}: no customer {row['customer_id']}") from None
    except ValueError as error:
        raise OlistError(f"order {order_id}: {error}") from None
    return Record(
        order_id=order_id,
        status=status,
        customer=customer,
        purchased_at=row["order_purchase_timestamp"].replace(tzinfo=UTC),
        approved_at=_utc(row["order_approved_at"]),
        handed_over_at=_utc(row["order_delivered_carrier_date"]),
        delivered_at=_utc(row["order_delivered_customer_date"]),
        estimated_at=_utc(row["order_estimated_delivery_date"]),
        items=tuple(items[order_id]),
        payments=tuple(payments[order_id]),
    )


def _utc(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time else None


def _minor(amount: float) -> int:
    """The files hold reais as doubles with two digits."""
    return round(amount * 100)
