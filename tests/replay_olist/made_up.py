"""A record of our own in Olist's form: nothing of theirs is in here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starter.olist.records import Customer, Item, Olist, Paid, Point, Product, Record, Seller, Status

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "olist"
WHY_SKIPPED = f"the Olist files are not at {DATA}"

DAY_0 = datetime(2030, 3, 1, 9, tzinfo=UTC)
PAN, LID = (Item(product_id, "seller-a", price, 150) for product_id, price in (("pan", 2_000), ("lid", 700)))


def day(number: float) -> datetime:
    """A moment so many days after the first."""
    return DAY_0 + timedelta(days=number)


def record(order_id: str = "o-1", **changes: object) -> Record:
    """An order that was paid on day 1, collected on day 2 and delivered on day 5."""
    whole = Record(
        order_id=order_id,
        status=Status.DELIVERED,
        customer=Customer("00ff00ff" * 4, "30110", "belo horizonte", "MG"),
        purchased_at=day(0),
        approved_at=day(1),
        handed_over_at=day(2),
        delivered_at=day(5),
        estimated_at=day(9),
        items=(PAN,),
        payments=(Paid("credit_card", 1, 2_150),),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def olist(*orders: Record) -> Olist:
    """These orders, with a product, a seller and places."""
    return Olist(
        orders=orders,
        products={"pan": Product("pan", "casa_conforto", 800), "lid": Product("lid", "", 300)},
        sellers={"seller-a": Seller("seller-a", "80010"), "seller-b": Seller("seller-b", "99999")},
        points=(
            Point("80010", -25.4, -49.2),
            Point("80010", -25.5, -49.3),
            Point("80010", -25.6, -49.9),
            Point("80010", 45.0, 9.0),
            Point("80020", -25.8, -49.5),
        ),
    )
