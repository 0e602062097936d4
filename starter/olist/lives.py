"""Recorded orders as orders to be lived: what a storefront would send, what happens when, how it must end. Pure.

Olist says who bought, from which city, state and postcode prefix, but neither name, street nor contact: those are made
up, and look it. A payment is approved at the recorded time, so its token says that it is pending until then.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from models.order.states import Outcome
from models.order.waits import WaitingFor
from models.shared.ids import order_number_for
from starter.olist.goods import COUNTRY, Skus, unserved
from starter.olist.records import Item, Olist, Record, Status
from starter.replay.plan import Act, Life, ended, refused, steps, waits

CHANNEL = "olist"
CURRENCY = "BRL"
NO_LINES = "too_few_lines"


def lives(olist: Olist) -> tuple[Life, ...]:
    """Every order of the record, in order of purchase."""
    skus = Skus(olist.orders)
    lacking = unserved(olist.orders, skus)
    return tuple(_life(record, skus, lacking) for record in olist.orders)


def order_number(record: Record) -> str:
    """The number that the door derives from channel and source id."""
    return order_number_for(COUNTRY, CHANNEL, record.order_id)


def body(record: Record, skus: Skus) -> dict[str, Any]:
    """The body of `POST /orders`: equal pieces are one line, the payment says what was paid, whatever was sold."""
    customer = record.customer
    methods: Counter[str] = Counter()
    for paid in record.payments:
        methods[paid.method] += paid.amount_minor
    return {
        "channel": CHANNEL,
        "source_id": record.order_id,
        "placed_at": record.purchased_at.isoformat(),
        "currency": CURRENCY,
        "exponent": 2,
        "locale": "pt-BR",
        "customer": {
            "customer_id": customer.unique_id,
            "name": f"Customer {customer.unique_id[:8]}",
            "email": f"{customer.unique_id}@customer.example",
        },
        "ship_to": {
            "line1": f"Rua {int(customer.unique_id[:4], 16) % 900 + 1}, {int(customer.unique_id[4:8], 16) % 3000 + 1}",
            "city": customer.city,
            "region": customer.state,
            "postcode": f"{customer.postcode_prefix}-000",
            "country": COUNTRY,
        },
        "lines": _lines(record.items, skus),
        "total_minor": record.sold_minor,
        "payment": {
            "method": methods.most_common(1)[0][0] if methods else "not_defined",
            "token": f"tok_pending_{record.order_id}",
            "amount_minor": record.paid_minor,
        },
    }


def _lines(items: tuple[Item, ...], skus: Skus) -> list[dict[str, Any]]:
    return [
        {
            "sku": skus.of_item(item),
            "quantity": pieces,
            "unit_price_minor": item.price_minor,
            "freight_minor": item.freight_minor * pieces,
            "merchant_id": item.seller_id,
        }
        for item, pieces in Counter(items).items()
    ]


def _life(record: Record, skus: Skus, lacking: frozenset[str]) -> Life:
    approved = bool(record.approved_at or record.handed_over_at or record.delivered_at)
    return Life(
        number=order_number(record),
        status=record.status.value,
        body=body(record, skus),
        steps=steps(_acts(record)),
        expected=_expected(record, skus, lacking),
        approved=approved,
        notes=tuple(_notes(record)),
    )


def _short(record: Record, skus: Skus, lacking: frozenset[str]) -> bool:
    return any(skus.of_item(item) in lacking for item in record.items)


def _expected(record: Record, skus: Skus, lacking: frozenset[str]) -> str:
    paid = record.approved_at or record.handed_over_at or record.delivered_at
    gone = record.handed_over_at or record.delivered_at
    if not record.items:
        return refused([NO_LINES])
    if record.status is Status.CANCELED:
        return ended(Outcome.RETURNED_TO_SENDER if gone else Outcome.CANCELLED)
    if not paid:
        return waits(WaitingFor.PAYMENT if record.paid_minor == record.sold_minor else WaitingFor.REVIEW)
    if record.delivered_at:
        return ended(Outcome.COMPLETED)
    if record.handed_over_at:
        return waits(WaitingFor.DELIVERY)
    return waits(WaitingFor.STOCK if _short(record, skus, lacking) else WaitingFor.BENCH)


def _acts(record: Record) -> Iterator[tuple[Act, datetime]]:
    """What happens, in the order of an order's life, whatever order the record has it in."""
    yield Act.PLACE, record.purchased_at
    if not record.items:
        return
    handed_over_at = record.handed_over_at or record.delivered_at
    paid_at = record.approved_at or handed_over_at
    if paid_at:
        yield Act.PAY, paid_at
    if handed_over_at is None:
        if record.status is Status.CANCELED:
            yield Act.CANCEL, paid_at or record.purchased_at
        return
    yield Act.HAND_OVER, handed_over_at
    if record.status is Status.CANCELED:
        yield Act.RETURN, record.delivered_at or max(record.estimated_at or handed_over_at, handed_over_at)
    elif record.delivered_at:
        yield Act.DELIVER, record.delivered_at


def _notes(record: Record) -> Iterator[str]:
    """What is odd about a record; each is counted in the accounting."""
    approved_at, gone_at, arrived_at = record.approved_at, record.handed_over_at, record.delivered_at
    if not record.items:
        yield "paid, but nothing was bought" if record.paid_minor else "nothing was bought"
        return
    if record.paid_minor != record.sold_minor:
        yield "what was paid is not what was sold"
    if gone_at and approved_at and gone_at < approved_at:
        yield "handed over before the payment was approved"
    if gone_at and gone_at < record.purchased_at:
        yield "handed over before it was bought"
    if gone_at and arrived_at and arrived_at < gone_at:
        yield "delivered before it was handed over"
    if approved_at is None and (gone_at or arrived_at):
        yield "handed over, and the payment was never approved"
    if arrived_at and not gone_at:
        yield "delivered, and never handed over"
    if record.status is Status.DELIVERED and not arrived_at:
        yield "called delivered, without a time of delivery"
    if record.status is Status.CANCELED and gone_at:
        yield (
            "cancelled after delivery: comes back" if arrived_at else "cancelled after hand-over: comes back"
        )
