"""What an order is checked against: the catalogue, the address book, the contact book. Pure.

The checks read the raw body with the unreadable leaves cut out, so that business faults come beside schema faults.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from models.intake.body import read_time
from models.order.messages import Address
from models.shared.errors import Problem
from models.shared.messages import Message
from models.shared.money import exponent

FUTURE_ALLOWED = timedelta(days=1)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class CatalogueEntry(Message):
    """What the catalogue says of a SKU: weight in grams, list price in minor units of `list_currency`.

    `orderable`: of a SKU under preorder, the most pieces that an order can have now; None: it is sold as any other.
    """

    sku: str
    merchant_id: str
    title: str = ""
    weight_g: int = 0
    special_goods: bool = False
    list_price_minor: int | None = None
    list_currency: str = ""
    orderable: int | None = None


class AddressVerdict(StrEnum):
    """What the address book says. `ambiguous`: each part is right, but they contradict each other; a person looks."""

    VALID = "valid"
    CORRECTED = "corrected"
    AMBIGUOUS = "ambiguous"
    INVALID = "invalid"


class AddressFinding(Message):
    """The address as it should be written; faults point into the address (`/postcode`)."""

    verdict: AddressVerdict
    address: Address
    faults: tuple[Problem, ...] = ()
    note: str = ""


class ContactFinding(Message):
    """E-mail normalised, phone in E.164; faults point into the customer (`/email`, `/phone`)."""

    email: str = ""
    phone: str = ""
    faults: tuple[Problem, ...] = ()


AddressCheck = Callable[[Address], AddressFinding]
# E-mail, phone, country to read a national phone number by; an empty one is not checked.
ContactCheck = Callable[[str, str, str], ContactFinding]


@dataclass(frozen=True)
class Books:
    """Everything an order is checked against."""

    catalogue: Mapping[str, CatalogueEntry]
    address: AddressCheck
    contact: ContactCheck
    now: datetime


def business_problems(known: dict[str, Any], whole: bool, books: Books) -> Iterator[Problem]:
    """Every business fault of what could be read; `whole`: every amount could be read, so sums can be checked."""
    yield from _money(known, whole)
    yield from _tenders(known, whole)
    yield from _time(known, books.now)
    for index, line in _lines(known):
        yield from _line(index, line, books.catalogue)
    yield from _sold_out(known, books.catalogue)
    misplaced = list(_address(known, books.address))
    yield from misplaced
    lost = any(problem.pointer == "/ship_to/country" for problem in misplaced)
    yield from _contact(known, "" if lost else text_of(known.get("ship_to") or {}, "country"), books.contact)


def _lines(known: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for index, line in enumerate(known.get("lines") or ()):
        if isinstance(line, dict):
            yield index, line


def _money(known: dict[str, Any], whole: bool) -> Iterator[Problem]:
    currency = known.get("currency")
    if currency is not None:
        digits = exponent(currency)
        told = known.get("exponent")
        if digits is None:
            yield Problem(
                pointer="/currency", code="currency_unknown", detail=f"{currency} is not an ISO 4217 currency",
                fix="send the three-letter code of the currency the prices are in",
            )  # fmt: skip
        elif told is not None and told != digits:
            yield Problem(
                pointer="/exponent", code="exponent_mismatch",
                detail=f"{currency} has {digits} digits after the point, not {told}",
                fix=f"send amounts in units of 10^-{digits} {currency}",
            )  # fmt: skip
    if whole:
        total = sum(
            line["quantity"] * line["unit_price_minor"] + line.get("freight_minor", 0)
            for _, line in _lines(known)
        )
        if total != known["total_minor"]:
            yield Problem(
                pointer="/total_minor", code="total_mismatch",
                detail=f"the lines add up to {total}, the order says {known['total_minor']}",
                fix="total_minor is the sum of quantity * unit_price_minor + freight_minor over the lines",
            )  # fmt: skip


def _tenders(known: dict[str, Any], whole: bool) -> Iterator[Problem]:
    """Each code once, and together no more than the order costs."""
    given = known.get("tenders")
    tenders = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    seen: set[str] = set()
    for index, tender in enumerate(tenders):
        code = text_of(tender, "code")
        if code and code in seen:
            yield Problem(
                pointer=f"/tenders/{index}/code", code="repeated", detail="stands in an earlier tender",
                fix="add the amounts up in one tender",
            )  # fmt: skip
        seen.add(code)
    amounts = [one["amount_minor"] for one in tenders if isinstance(one.get("amount_minor"), int)]
    if whole and sum(amounts) > known["total_minor"]:
        yield Problem(
            pointer="/tenders", code="too_much",
            detail=f"adds up to {sum(amounts)}, the order costs {known['total_minor']}",
            fix="take no more from stored value than the order costs",
        )  # fmt: skip


def _time(known: dict[str, Any], now: datetime) -> Iterator[Problem]:
    placed_at = read_time(text_of(known, "placed_at"))
    if placed_at is None or placed_at.tzinfo is None:
        return
    if placed_at > now + FUTURE_ALLOWED:
        yield Problem(
            pointer="/placed_at", code="placed_in_future", detail="lies more than a day in the future",
            fix="send the time of the order with its time zone",
        )  # fmt: skip
    elif placed_at < EARLIEST:
        yield Problem(
            pointer="/placed_at", code="placed_too_long_ago", detail="lies before the year 2000",
            fix="send the time of the order with its time zone",
        )  # fmt: skip


def _line(index: int, line: dict[str, Any], catalogue: Mapping[str, CatalogueEntry]) -> Iterator[Problem]:
    sku, merchant = text_of(line, "sku"), text_of(line, "merchant_id")
    if not sku:
        return
    entry = catalogue.get(sku)
    if entry is None:
        yield Problem(
            pointer=f"/lines/{index}/sku", code="sku_unknown", detail=f"{sku} is not in the catalogue",
            fix="send a SKU of the catalogue, or add this one to it",
        )  # fmt: skip
    elif merchant and merchant != entry.merchant_id:
        yield Problem(
            pointer=f"/lines/{index}/merchant_id", code="merchant_mismatch",
            detail=f"{sku} is sold by {entry.merchant_id}, not by {merchant}",
            fix="leave merchant_id out, or send the catalogue's",
        )  # fmt: skip


def _sold_out(known: dict[str, Any], catalogue: Mapping[str, CatalogueEntry]) -> Iterator[Problem]:
    """Each line with which an order wants more of a preorder than is left."""
    wanted: dict[str, int] = {}
    for index, line in _lines(known):
        sku, pieces = text_of(line, "sku"), line.get("quantity")
        entry = catalogue.get(sku)
        if entry is None or entry.orderable is None or not isinstance(pieces, int):
            continue
        wanted[sku] = wanted.get(sku, 0) + pieces
        if wanted[sku] > entry.orderable:
            yield Problem(
                pointer=f"/lines/{index}/quantity", code="preorder_sold_out",
                detail=f"{wanted[sku]} × {sku} wanted, {entry.orderable} left of its preorder",
                fix=f"order {entry.orderable} at most, or later: what others cancel comes back" if entry.orderable
                else "leave the line out, or order later: what others cancel comes back",
            )  # fmt: skip


def _contact(known: dict[str, Any], country: str, contact: ContactCheck) -> Iterator[Problem]:
    customer = known.get("customer") or {}
    phone = text_of(customer, "phone")
    if not country and not phone.startswith("+"):
        phone = ""  # a national number means nothing without a country
    for fault in contact(text_of(customer, "email"), phone, country).faults:
        yield fault.model_copy(update={"pointer": f"/customer{fault.pointer}"})


def _address(known: dict[str, Any], check: AddressCheck) -> Iterator[Problem]:
    ship_to = known.get("ship_to") or {}
    if text_of(ship_to, "country"):
        for fault in check(address_of(ship_to)).faults:
            yield fault.model_copy(update={"pointer": f"/ship_to{fault.pointer}"})


def address_of(ship_to: Mapping[str, Any]) -> Address:
    """The address as it came, blanks cut off; missing parts are empty."""
    return Address(**{name: text_of(ship_to, name) for name in Address.model_fields})


def text_of(part: Mapping[str, Any], name: str) -> str:
    """A text without blanks around it; empty when it is missing or no text."""
    value = part.get(name)
    return value.strip() if isinstance(value, str) else ""
