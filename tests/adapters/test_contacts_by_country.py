"""Phones of sixty countries, and e-mail addresses as people write them."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from activities.adapters.address_rules import RuleContactBook

CONTACTS = RuleContactBook()
COUNTRIES = (
    "AE", "AR", "AT", "AU", "BD", "BE", "BG", "BR", "CA", "CH", "CL", "CN", "CO", "CY", "CZ", "DE", "DK", "EE",
    "EG", "ES", "FI", "FR", "GB", "GR", "HK", "HR", "HU", "ID", "IE", "IL", "IN", "IS", "IT", "JP", "KE", "KR",
    "KW", "LT", "LU", "LV", "MA", "MX", "MY", "NG", "NL", "NO", "NZ", "PE", "PH", "PK", "PL", "PT", "RO", "RS",
    "SA", "SE", "SG", "SI", "SK", "TH", "TN", "TR", "TW", "UA", "US", "UY", "VN", "ZA",
)  # fmt: skip
KINDS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)


def example(country: str, kind: int) -> phonenumbers.PhoneNumber:
    """The library's example number."""
    number = phonenumbers.example_number_for_type(country, kind)
    assert number is not None
    return number


@pytest.mark.parametrize("kind", KINDS, ids=["mobile", "fixed"])
@pytest.mark.parametrize("country", COUNTRIES)
def test_a_number_in_every_usual_notation_becomes_the_same_e164(country: str, kind: int) -> None:
    number = example(country, kind)
    wanted = f"+{number.country_code}{'0' if number.italian_leading_zero else ''}{number.national_number}"
    written = {phonenumbers.format_number(number, style) for style in (
        PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164, PhoneNumberFormat.RFC3966,
    )}  # fmt: skip
    written |= {f"  {one.replace(' ', '.')} " for one in written if not one.startswith("tel:")}
    assert {CONTACTS.check("", one, country).phone for one in written} == {wanted}


@pytest.mark.parametrize("country", COUNTRIES)
def test_an_international_number_does_not_need_the_destination(country: str) -> None:
    wanted = phonenumbers.format_number(example(country, PhoneNumberType.MOBILE), PhoneNumberFormat.E164)
    found = CONTACTS.check("", wanted, "")
    assert (found.phone, found.faults) == (wanted, ())


@pytest.mark.parametrize("country", COUNTRIES)
def test_what_is_no_number_is_refused_with_an_example_of_the_country(country: str) -> None:
    number = phonenumbers.example_number(country)
    assert number is not None
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    fix = f"send it with + and the country code, for example {shown}, or leave it out"
    for written in ("1", "call me", "+", "+0 123", "0" * 30, "n/a"):
        found = CONTACTS.check("", written, country)
        (fault,) = found.faults
        assert (found.phone, fault.pointer, fault.code, fault.fix) == ("", "/phone", "phone_invalid", fix)


def test_a_national_number_without_a_country_is_refused() -> None:
    (fault,) = CONTACTS.check("", "030 1234567", "").faults
    assert fault.fix == "send it with + and the country code, or leave it out"


def test_sixty_countries_and_more_are_tried() -> None:
    assert len(set(COUNTRIES)) == len(COUNTRIES) == 68


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Ada.Weber@CUSTOMER.example", "Ada.Weber@customer.example"),
        ("ada+orders@customer.example", "ada+orders@customer.example"),
        ("o'neil@customer.example", "o'neil@customer.example"),
        ("ada@MÜNCHEN.example", "ada@münchen.example"),
        ("ada@xn--mnchen-3ya.example", "ada@münchen.example"),
        ("ada@例え.example", "ada@例え.example"),
        ("ada@ｃｕｓｔｏｍｅｒ.example", "ada@customer.example"),
        ("jo\u0308rg@customer.example", "jörg@customer.example"),
        ("ada@sub.customer.example", "ada@sub.customer.example"),
    ],
)
def test_an_email_keeps_its_mailbox_and_its_domain_becomes_lower_case_unicode(
    written: str, normal: str
) -> None:
    found = CONTACTS.check(written, "", "")
    assert (found.email, found.faults) == (normal, ())


@pytest.mark.parametrize(
    "written",
    [
        "ada", "ada@", "@customer.example", "ada@customer", "a b@customer.example", "ada@@customer.example",
        "ada@customer..example", ".ada@customer.example", "ada.@customer.example", "ada@-customer.example",
        "ada@[127.0.0.1]", "Ada <ada@customer.example>", "ada@customer.example, bo@customer.example",
        "a" * 65 + "@customer.example", "ada@" + "a" * 64 + ".example", "ada@cust\u202eomer.example", "ada@customer.example\n",
    ],
)  # fmt: skip
def test_what_is_no_email_is_refused_with_a_fix(written: str) -> None:
    found = CONTACTS.check(written, "", "")
    (fault,) = found.faults
    assert (found.email, fault.pointer, fault.code) == ("", "/email", "email_invalid")
    assert fault.fix == "ask the customer for another address"
