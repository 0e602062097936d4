"""A storefront's decimal amounts as our minor units: discounts, taxes and shipping on the lines, so that the lines add up. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.intake.body import MAX_QUANTITY

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")


@dataclass(frozen=True)
class Money:
    """How amounts are read: digits of the minor unit, None for no known currency; whether prices hold their tax."""

    digits: int | None
    taxes_included: bool


def minor(text: Any, digits: int | None) -> int | None:
    """A decimal text in minor units, exactly; None when it is no amount, or finer than the currency is."""
    if isinstance(text, bool) or not isinstance(text, str | int) or digits is None:
        return None
    if not _DECIMAL.fullmatch(str(text).strip()):
        return None
    scaled = Decimal(str(text).strip()).scaleb(digits)
    return int(scaled) if scaled == scaled.to_integral_value() else None


@dataclass(frozen=True)
class Item:
    """One line item as it came; what of it could be read in minor units, None for what could not."""

    raw: Mapping[str, Any]
    quantity: int
    price: int | None
    discount: int | None
    tax: int | None

    @classmethod
    def of(cls, raw: Mapping[str, Any], money: Money) -> "Item":
        """Read one."""
        told = raw.get("quantity")
        fits = isinstance(told, int) and not isinstance(told, bool) and 1 <= told <= MAX_QUANTITY
        return cls(
            raw=raw,
            quantity=told if fits and isinstance(told, int) else 0,
            price=minor(raw.get("price"), money.digits),
            discount=_discount(raw, money),
            tax=_sum(raw.get("tax_lines"), "price", money),
        )


def amounts_of(
    event: Mapping[str, Any], items: Sequence[Item], money: Money, total: int | None
) -> list[tuple[int, int]] | None:
    """Goods and freight of each item, gross, in minor units: together the total, where the event's own sums allow it.

    A discount or a tax that the event names only for the whole order is spread over the items by their amount, if exactly that
    is what is missing; anything else stays missing, and is a fault of the total. None when an amount cannot be read.
    """
    goods: list[int] = []
    for item in items:
        if not item.quantity or item.price is None or item.discount is None or item.tax is None:
            return None
        goods.append(item.quantity * item.price - item.discount + (0 if money.taxes_included else item.tax))
    shipping = _shipping(event, money)
    if shipping is None or total is None or not items:
        return None
    freight, freight_discount, freight_tax = shipping
    left = total - sum(goods) - freight
    discount = minor(event.get("total_discounts", "0"), money.digits)
    tax = minor(event.get("total_tax", "0"), money.digits)
    if left and discount is not None and tax is not None:
        off = sum(item.discount or 0 for item in items) + freight_discount - discount
        more = 0 if money.taxes_included else tax - sum(item.tax or 0 for item in items) - freight_tax
        if left in (off, more, off + more):
            goods = [one + part for one, part in zip(goods, spread(left, goods), strict=True)]
    return list(zip(goods, spread(freight, goods), strict=True))


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount in whole parts by weight (largest remainder, the first of equals); weights below 0 count as 0, all 0 as equal."""
    bounded = [max(0, weight) for weight in weights]
    if not any(bounded):
        bounded = [1] * len(bounded)
    whole, sign = sum(bounded), -1 if amount < 0 else 1
    parts = [abs(amount) * weight // whole for weight in bounded]
    order = sorted(range(len(bounded)), key=lambda nth: -(abs(amount) * bounded[nth] % whole))
    for nth in order[: abs(amount) - sum(parts)]:
        parts[nth] += 1
    return [sign * part for part in parts]


def pieces(amount: int, quantity: int) -> Iterator[tuple[int, int]]:
    """Quantities and whole prices a piece that add up to an amount: one pair when it divides, else two."""
    price, dearer = divmod(amount, quantity)
    if dearer < quantity:
        yield quantity - dearer, price
    if dearer:
        yield dearer, price + 1


def _shipping(event: Mapping[str, Any], money: Money) -> tuple[int, int, int] | None:
    """What shipping costs in all, its discounts, and its taxes; None when an amount cannot be read."""
    lines = event.get("shipping_lines")
    freight = discounts = taxes = 0
    for raw in lines if isinstance(lines, list) else ():
        line = raw if isinstance(raw, dict) else {}
        price = minor(line.get("price"), money.digits)
        discount, tax = _discount(line, money), _sum(line.get("tax_lines"), "price", money)
        if price is None or discount is None or tax is None:
            return None
        freight += price - discount + (0 if money.taxes_included else tax)
        discounts, taxes = discounts + discount, taxes + tax
    return freight, discounts, taxes


def _discount(raw: Mapping[str, Any], money: Money) -> int | None:
    """What is off a line: by its allocations, else by its own total, else by its discounted price."""
    if isinstance(raw.get("discount_allocations"), list) and raw["discount_allocations"]:
        return _sum(raw["discount_allocations"], "amount", money)
    if raw.get("total_discount") is not None:
        return minor(raw["total_discount"], money.digits)
    if raw.get("discounted_price") is not None:
        price, reduced = minor(raw.get("price"), money.digits), minor(raw["discounted_price"], money.digits)
        return None if price is None or reduced is None else price - reduced
    return 0


def _sum(listed: Any, name: str, money: Money) -> int | None:
    entries: Iterable[Any] = listed if isinstance(listed, list) else ()
    amounts = [minor(one.get(name) if isinstance(one, dict) else None, money.digits) for one in entries]
    return None if None in amounts else sum(amount for amount in amounts if amount is not None)
