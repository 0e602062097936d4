"""The storefront's order body: strict shapes, bounded sizes, no unknown fields. Pure."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from models.order.paying import StoredKind

MAX_LINES = 500
MAX_QUANTITY = 10_000
MAX_TENDERS = 10
# 500 lines of 10,000 pieces at this price still fit into a signed 64-bit integer.
MAX_AMOUNT_MINOR = 10**12
ORDER_NUMBER_PATTERN = "^[A-Z0-9][A-Z0-9-]{2,39}$"

LOCALE = re.compile("[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")

# What may become part of a workflow's id.
ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

# Control characters, line and paragraph separators, marks that turn the direction of text round, lone surrogates.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def is_printable(text: str) -> bool:
    """Whether a text can be shown, stored and sent."""
    return _UNPRINTABLE.search(text) is None


def shown(text: str, limit: int = 60) -> str:
    """A text as a message may quote it: short, without what cannot be printed."""
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return _UNPRINTABLE.sub("\ufffd", cut)


def _printable(text: str) -> str:
    if not is_printable(text):
        raise PydanticCustomError("control_character", "holds a control character")
    return text


def read_time(written: str) -> datetime | None:
    """A time in ISO 8601, None when it is none."""
    try:
        return datetime.fromisoformat(written.strip())
    except ValueError:
        return None


def _written(value: Any) -> Any:
    """A time comes as text with its zone: a number of seconds or milliseconds is a guess."""
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "is not a text in ISO 8601")
    read = read_time(value)
    if read is None:
        raise PydanticCustomError("bad_time", "is not a time in ISO 8601")
    if read.tzinfo is None:
        raise PydanticCustomError("timezone_aware", "has no time zone")
    return read


def _short(limit: int) -> Any:
    return Field(strict=True, min_length=1, max_length=limit)


_PRINTABLE = AfterValidator(_printable)

Key = Annotated[str, _short(64), _PRINTABLE]
SourceId = Annotated[str, _short(128), _PRINTABLE]
Name = Annotated[str, _short(120), _PRINTABLE]
# A city is part of the operator's summary line, which Temporal bounds in bytes.
City = Annotated[str, _short(80), _PRINTABLE]
Text = Annotated[str, _short(200), _PRINTABLE]
Code = Annotated[str, Field(strict=True, pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Country = Annotated[str, Field(strict=True, pattern="^[A-Z]{2}$")]
Currency = Annotated[str, Field(strict=True, pattern="^[A-Z]{3}$")]
Locale = Annotated[str, Field(strict=True, pattern=f"^{LOCALE.pattern}$")]
Amount = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT_MINOR)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=MAX_QUANTITY)]
WrittenTime = Annotated[datetime, BeforeValidator(_written)]


class Body(BaseModel):
    """A part of a body: unknown fields are faults, blanks around a text are cut off."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class CustomerBody(Body):
    """Who orders. `phone` in any usual notation; without a country code it is read as the destination's."""

    customer_id: Key
    name: Name
    email: Annotated[str, _short(254), _PRINTABLE]
    phone: Annotated[str, _short(40), _PRINTABLE] | None = None


class ShipToBody(Body):
    """Where the goods go; `country` is ISO 3166-1 alpha-2."""

    line1: Text
    city: City
    country: Country
    line2: Text | None = None
    region: Name | None = None
    postcode: Annotated[str, _short(20), _PRINTABLE] | None = None


class LineBody(Body):
    """One line. Prices are minor units, `unit_price_minor` for one piece, `freight_minor` for the whole line."""

    sku: Key
    quantity: Quantity
    unit_price_minor: Amount
    freight_minor: Amount = 0
    title: Text | None = None
    merchant_id: Key | None = None


class PaymentBody(Body):
    """How it is paid: `token` stands for the instrument at the payment provider, `amount_minor` is what was shown."""

    method: Code
    token: Text
    amount_minor: Amount


class TenderBody(Body):
    """A part that is paid with a gift card or store credit; the rest is `payment`'s."""

    method: StoredKind
    code: Key
    amount_minor: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT_MINOR)]


class OrderBody(Body):
    """An order as a storefront sends it."""

    order_number: Annotated[str, Field(strict=True, pattern=ORDER_NUMBER_PATTERN)] | None = None
    channel: Code
    source_id: SourceId
    placed_at: WrittenTime
    currency: Currency
    exponent: Annotated[int, Field(strict=True, ge=0, le=4)] | None = None
    customer: CustomerBody
    ship_to: ShipToBody
    lines: Annotated[list[LineBody], Field(strict=True, min_length=1, max_length=MAX_LINES)]
    total_minor: Amount
    payment: PaymentBody
    tenders: Annotated[list[TenderBody], Field(max_length=MAX_TENDERS)] = []
    service: Literal["standard", "express"] = "standard"
    group_buy: Key | None = None
    locale: Locale = "en"
