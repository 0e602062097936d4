"""The address scorecard: the product's address rules on Olist, on labelled addresses and on deliveries typed by hand. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, is_dataclass
from typing import Any

from models.intake.checks import AddressCheck, AddressFinding, AddressVerdict
from models.order.messages import Address
from starter.score.address_files import AddressFiles, Labelled, Place
from starter.score.labelled_addresses import address_of_case, agreeing_country, known_countries
from starter.score.typed_numbers import Column, body_with, judge_typed, read

# Postcode against state in the Olist part that the scorecard was made for.
SELLER_CONFLICTS, CUSTOMER_CONFLICTS = 35, 0


@dataclass
class Conflicts:
    """How the postcodes of some rows go with their states. `crashed` says what broke, row by row."""

    rows: int = 0
    conflicts: int = 0
    expected: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    crashed: list[str] = field(default_factory=list)


@dataclass
class Cases:
    """How labelled addresses were answered. `country`: whether the case named it, the rules found it, or nobody knows.

    `corrections`: field, what was written, what it became; the original stands beside each, or it is in `lost`.
    """

    cases: int = 0
    country: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    countries: dict[str, Counter[str]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    corrections: list[tuple[str, str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)


@dataclass
class Score:
    """The whole scorecard."""

    sellers: Conflicts
    customers: Conflicts
    cases: Cases
    typed: dict[str, Column]

    def differences(self) -> list[str]:
        """What is not as promised; empty when all is well."""
        found = []
        for name, part in (("sellers", self.sellers), ("customers", self.customers)):
            if part.conflicts != part.expected:
                found.append(f"olist {name}: {part.conflicts} conflicts, {part.expected} expected")
            found += [f"olist {name}: {what}" for what in part.crashed]
        found += [f"case crashed: {what}" for what in self.cases.crashed]
        found += [f"correction without its original: {what}" for what in self.cases.lost]
        for name, column in self.typed.items():
            found += [f"{name} in {what}" for what in column.unclear]
        return found

    def document(self) -> dict[str, Any]:
        """As one JSON object."""
        cases = _plain(self.cases) | {"countries": _plain(dict(sorted(self.cases.countries.items())))}
        return {
            "olist": {"sellers": _plain(self.sellers), "customers": _plain(self.customers)},
            "cases": cases,
            "typed": _plain(self.typed),
            "differences": self.differences(),
        }


def measure(
    files: AddressFiles,
    check: AddressCheck,
    seller_conflicts: int = SELLER_CONFLICTS,
    customer_conflicts: int = CUSTOMER_CONFLICTS,
) -> Score:
    """Everything through `check`, the same that reads the orders at the door."""
    return Score(
        sellers=_conflicts(files.sellers, check, seller_conflicts),
        customers=_conflicts(files.customers, check, customer_conflicts),
        cases=_cases(files.cases, check),
        typed=judge_typed(files.typed, check),
    )


def _conflicts(places: Iterable[Place], check: AddressCheck, expected: int) -> Conflicts:
    found = Conflicts(expected=expected)
    for place in places:
        found.rows += 1
        # A region's postcodes share at most three digits, so the three that the record left out do not matter.
        address = Address(
            line1="Rua 1", city=place.city or "Cidade", region=place.state, postcode=f"{place.postcode_prefix}-000",
            country="BR",
        )  # fmt: skip
        try:
            verdict = check(address).verdict
        except Exception as error:  # the measure is whether anything breaks
            found.crashed.append(f"{place.postcode_prefix} {place.state}: {type(error).__name__}")
            continue
        found.verdicts[verdict.value] += 1
        found.conflicts += verdict is AddressVerdict.AMBIGUOUS
    return found


def _cases(cases: Iterable[Labelled], check: AddressCheck) -> Cases:
    found = Cases()
    for case in cases:
        found.cases += 1
        try:
            _case(case, check, found)
        except Exception as error:  # the measure is whether anything breaks
            found.crashed.append(f"{case.written}: {type(error).__name__} {error}")
    return found


def _case(case: Labelled, check: AddressCheck, found: Cases) -> None:
    address, source = address_of_case(case), "named"
    if not address.country:
        country = agreeing_country(address, check, known_countries())
        address, source = (
            address.model_copy(update={"country": country}),
            "inferred" if country else "unknown",
        )
    finding = check(address)
    found.country[source] += 1
    found.verdicts[finding.verdict.value] += 1
    found.countries.setdefault(address.country or "unknown", Counter())[finding.verdict.value] += 1
    found.faults.update(fault.code for fault in finding.faults)
    if finding.verdict is AddressVerdict.CORRECTED:
        found.corrections += _changed(address, finding)
        order = read(body_with(address), check)
        if order.original_address != address or order.ship_to != finding.address:
            found.lost.append(case.written)


def _changed(address: Address, finding: AddressFinding) -> list[tuple[str, str, str]]:
    return [
        (name, was, now)
        for name in Address.model_fields
        if (was := getattr(address, name)) != (now := getattr(finding.address, name))
    ]


def _plain(value: Any) -> Any:
    """As JSON knows it."""
    if is_dataclass(value):
        return _plain(vars(value))
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
