"""A storefront's order event, in the shape of Shopify's `orders/create`, as an order body of ours. Pure.

Nothing is refused here: what cannot be read stays as it came where it belongs, so that reading the body tells it as a fault.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from models.intake.body import LOCALE
from models.intake.storefront_money import Item, Money, amounts_of, minor, pieces
from models.shared.money import exponent

ORDER_TOPIC = "orders/create"
_TITLE = 200
_CODE = 40


def body_of(event: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """The order body that an event means; its id at the storefront is the source id."""
    currency, locale = _text(event.get("currency")), _text(event.get("customer_locale"))
    money = Money(exponent(currency), bool(event.get("taxes_included")))
    ship_to, customer = _part(event.get("shipping_address")), _part(event.get("customer"))
    total = minor(event.get("total_price"), money.digits)
    shown = event.get("total_price") if total is None else total
    gateways = event.get("payment_gateway_names")
    gateway = next(iter(gateways), "") if isinstance(gateways, list) else event.get("gateway")
    body: dict[str, Any] = _without_blanks(
        {
            "channel": channel,
            "source_id": source_of(event),
            "placed_at": event.get("created_at"),
            "currency": currency,
            "customer": _customer(event, customer, ship_to),
            "ship_to": _ship_to(ship_to),
            "lines": _lines(event, money, total),
            "total_minor": shown,
            "payment": {
                "method": _code(_text(gateway)) or "unknown",
                "token": _text(event.get("checkout_token")) or _text(event.get("token")) or source_of(event),
                "amount_minor": shown,
            },
            "service": "express" if _is_express(event) else "standard",
            "locale": locale if LOCALE.fullmatch(locale) else "",
        }
    )
    return body


def source_of(event: Mapping[str, Any]) -> str:
    """The order's id at the storefront, empty when the event has none."""
    told = event.get("id")
    return str(told) if isinstance(told, int) and not isinstance(told, bool) else _text(told)


def why_ignored(event: Mapping[str, Any]) -> str:
    """Why no order is to come of an event, empty when one is."""
    if event.get("test") is True:
        return "a test order"
    return "an order that was cancelled at the storefront" if event.get("cancelled_at") else ""


def _customer(
    event: Mapping[str, Any], customer: Mapping[str, Any], ship_to: Mapping[str, Any]
) -> dict[str, Any]:
    email = _first(event.get("email"), event.get("contact_email"), customer.get("email"))
    phone = _first(event.get("phone"), ship_to.get("phone"), customer.get("phone"))
    billed = _part(event.get("billing_address"))
    names = (_name(customer), _name(ship_to), _name(billed))
    # A guest has no account: the same address is the same customer.
    return {
        "customer_id": source_of(customer) or email[:64] or phone,
        "name": next(filter(None, names), ""),
        "email": email,
        "phone": phone,
    }


def _name(part: Mapping[str, Any]) -> str:
    whole = " ".join(filter(None, (_text(part.get("first_name")), _text(part.get("last_name")))))
    return whole or _text(part.get("name"))


def _ship_to(address: Mapping[str, Any]) -> dict[str, Any]:
    second = ", ".join(filter(None, (_text(address.get("company")), _text(address.get("address2")))))
    return {
        "line1": _text(address.get("address1")),
        "line2": second,
        "city": _text(address.get("city")),
        "region": _first(address.get("province_code"), address.get("province")),
        "postcode": _text(address.get("zip")),
        "country": _text(address.get("country_code")),
    }


def _lines(event: Mapping[str, Any], money: Money, total: int | None) -> list[dict[str, Any]]:
    items = [Item.of(_part(one), money) for one in _listed(event.get("line_items"))]
    spread = amounts_of(event, items, money, total)
    lines: list[dict[str, Any]] = []
    for nth, item in enumerate(items):
        named = {
            "sku": _text(item.raw.get("sku")),
            "title": _text(item.raw.get("title"))[:_TITLE],
        }
        if spread is None:
            price = minor(item.raw.get("price"), money.digits)
            told = item.raw.get("price") if price is None else price
            lines.append(named | {"quantity": item.raw.get("quantity"), "unit_price_minor": told})
            continue
        goods, freight = spread[nth]
        for quantity, price in pieces(goods, item.quantity):
            lines.append(named | {"quantity": quantity, "unit_price_minor": price, "freight_minor": freight})
            freight = 0
    return lines


def _is_express(event: Mapping[str, Any]) -> bool:
    words = (
        _text(_part(line).get(name))
        for line in _listed(event.get("shipping_lines"))
        for name in ("code", "title")
    )
    return any("express" in word.lower() for word in words)


def _code(text: str) -> str:
    """A name as a code: letters, digits, dots, dashes and underscores."""
    kept = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in text)
    return kept.lower().strip("._-")[:_CODE]


def _first(*values: Any) -> str:
    return next(filter(None, map(_text, values)), "")


def _text(value: Any) -> str:
    """A text without blanks around it and without NULs, which nobody can store; empty when it is none."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").strip() if isinstance(value, str) else ""


def _part(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else ()


def _without_blanks(value: Any) -> Any:
    """Without fields that hold nothing: a field that is left out is missing, an empty one is a fault of its own."""
    if isinstance(value, list):
        return [_without_blanks(one) for one in value]
    if not isinstance(value, dict):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
    return {name: _without_blanks(one) for name, one in value.items() if one is not None and one != ""}
