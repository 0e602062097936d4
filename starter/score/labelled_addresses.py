"""A labelled address as the address of an order: its parts in our fields, its country from its name. Pure."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from phonenumbers.geodata.locale import LOCALE_DATA

from models.intake.checks import AddressCheck, AddressVerdict
from models.order.messages import Address
from starter.score.address_files import Labelled

_STREET = ("house_number", "road", "po_box")
_WITHIN = ("house", "unit", "level", "staircase", "entrance", "category", "near")
# The town as mail needs it, the first that the case names.
_TOWN = ("city", "city_district", "suburb", "state_district")
# What the table of country names leaves out: abbreviations and the long names of states.
_OTHER_NAMES = {
    "uk": "GB", "great britain": "GB", "england": "GB", "usa": "US", "us of a": "US", "america": "US", "uae": "AE",
    "republic of korea": "KR", "российская федерация": "RU", "russian federation": "RU", "holland": "NL",
    "people's republic of china": "CN", "中华人民共和国": "CN", "the netherlands": "NL", "czech republic": "CZ",
}  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Nobody's postcode and nobody's region: a country that takes it does not judge that part.
_NONSENSE = "#"


def address_of_case(case: Labelled) -> Address:
    """The case's parts in an order's fields; the country is its code, or empty when the case names none that is known."""
    parts: dict[str, str] = {}
    for label, value in case.parts:
        parts[label] = f"{parts[label]}, {value}" if label in parts else value
    street = " ".join(value for label, value in case.parts if label in _STREET)
    within = ", ".join(value for label, value in case.parts if label in _WITHIN)
    return Address(
        # Where no street is named, the house's name is the line that the carrier reads.
        line1=street or within,
        line2=within if street else "",
        city=next((parts[label] for label in _TOWN if label in parts), ""),
        region=parts.get("state", ""),
        postcode=parts.get("postcode", ""),
        country=country_code(parts.get("country", "")),
    )


def country_code(name: str) -> str:
    """The ISO 3166-1 code of a country by its code or its name in any language; empty when it is none."""
    if name.upper() in LOCALE_DATA and len(name) == 2 and name.lower() not in _OTHER_NAMES:
        return name.upper()
    return _names().get(_bare(name), "")


def agreeing_country(address: Address, check: AddressCheck, countries: Iterable[str]) -> str:
    """The one country whose rules know most of this postcode and region to be right; empty when several do, or none.

    Postcode alone or region alone may be of many countries: then nothing is guessed.
    """
    if not address.postcode and not address.region:
        return ""
    judging: dict[str, int] = {}
    for code in countries:
        judging[code] = _judging(address.model_copy(update={"country": code}), check)
    most = max(judging.values(), default=0)
    found = [code for code, count in judging.items() if count == most]
    return found[0] if most and len(found) == 1 else ""


def _judging(address: Address, check: AddressCheck) -> int:
    """How many of postcode and region the country's rules know to be right; 0 when they find a fault."""
    finding = check(address)
    refused = any(fault.code.endswith(("_invalid", "_unknown")) for fault in finding.faults)
    if refused or finding.verdict is AddressVerdict.AMBIGUOUS:
        return 0
    given = [part for part in ("postcode", "region") if getattr(address, part)]
    return sum(_judged(address.country, part, check) for part in given)


@lru_cache(maxsize=4_096)
def _judged(country: str, part: str, check: AddressCheck) -> bool:
    asked = Address(line1="1", city="1", country=country).model_copy(update={part: _NONSENSE})
    return any(fault.pointer == f"/{part}" for fault in check(asked).faults)


@lru_cache(maxsize=1)
def known_countries() -> tuple[str, ...]:
    """Every country code that has a name."""
    return tuple(sorted(code for code in LOCALE_DATA if len(code) == 2 and code.isalpha()))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for code in known_countries():
        for name in LOCALE_DATA[code].values():
            if not name.startswith("*"):
                names.setdefault(_bare(name), code)
                names.setdefault(_bare(name.casefold().translate(_UMLAUTS)), code)
    return names | {_bare(name): code for name, code in _OTHER_NAMES.items()}


def _bare(name: str) -> str:
    split = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        "".join(sign for sign in split if not unicodedata.combining(sign)).replace(".", "").split()
    )
