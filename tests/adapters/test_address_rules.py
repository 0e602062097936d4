"""Addresses, phones and e-mail by the rules that ship in libraries."""

from __future__ import annotations

import pytest

from activities.adapters.address_rules import RuleAddressBook, RuleContactBook
from models.intake.checks import AddressVerdict
from models.order.messages import Address

BOOK, CONTACTS = RuleAddressBook(), RuleContactBook()


def address(country: str, postcode: str = "", region: str = "") -> Address:
    return Address(line1="1 Any Street", city="Anytown", country=country, postcode=postcode, region=region)


@pytest.mark.parametrize(
    "given",
    [
        address("DE", "10119"),
        address("DE", "80331", "Bayern"),
        address("US", "94103-1234", "CA"),
        address("BR", "01310-100", "SP"),
        address("JP", "100-0001", "Tokyo"),
        address("JP", "1000001", "東京都"),
        address("GB", "SW1A 1AA"),
        address("KW"),
        address("HK", region="Kowloon"),
        address("IE", "D02 X285", "Dublin"),
    ],
    ids=lambda given: f"{given.country} {given.postcode} {given.region}",
)
def test_a_usual_address_is_valid_and_stays_as_it_came(given: Address) -> None:
    found = BOOK.check(given)
    assert (found.verdict, found.address, found.faults) == (AddressVerdict.VALID, given, ())


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (address("GB", "sw1a 1aa"), address("GB", "SW1A 1AA")),
        (address("NL", "1012ab"), address("NL", "1012AB")),
        (address("DE", "D-10119"), address("DE", "10119")),
        (address("CH", "CH 8000"), address("CH", "8000")),
        (address("JP", "１００-０００１", "東京都"), address("JP", "100-0001", "東京都")),
        (address("US", "94103", "California"), address("US", "94103", "CA")),
        (address("BR", "01310-100", "SAO PAULO"), address("BR", "01310-100", "SP")),
        (address("CA", "k1a0b1", "ontario"), address("CA", "K1A0B1", "ON")),
    ],
    ids=lambda given: f"{given.country} {given.postcode} {given.region}",
)
def test_an_unusual_spelling_is_corrected(given: Address, written: Address) -> None:
    found = BOOK.check(given)
    assert (found.verdict, found.address, found.faults) == (AddressVerdict.CORRECTED, written, ())


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (address("DE"), [("/postcode", "postcode_required")]),
        (address("DE", "1011"), [("/postcode", "postcode_invalid")]),
        (address("DE", "١٠١١٩"), [("/postcode", "postcode_invalid")]),
        (address("SG", "12"), [("/postcode", "postcode_invalid")]),
        (address("US", "94103"), [("/region", "region_required")]),
        (address("US", "94103", "Bavaria"), [("/region", "region_unknown")]),
        (address("US", "", ""), [("/region", "region_required"), ("/postcode", "postcode_required")]),
        (address("XX"), [("/country", "country_unknown")]),
        (address("ZZ"), [("/country", "country_unknown")]),
        (address("UK", "SW1A 1AA"), [("/country", "country_unknown")]),
    ],
    ids=lambda given: f"{given.country} {given.postcode}" if isinstance(given, Address) else "",
)
def test_an_impossible_address_is_invalid_and_says_which_part(
    given: Address, faults: list[tuple[str, str]]
) -> None:
    found = BOOK.check(given)
    assert found.verdict is AddressVerdict.INVALID
    assert [(fault.pointer, fault.code) for fault in found.faults] == faults
    assert found.address == given


@pytest.mark.parametrize(
    ("country", "postcode", "region"),
    [("US", "94103", "NY"), ("BR", "01310-100", "RJ"), ("BR", "01310-100", "Acre")],
)
def test_a_postcode_of_another_region_is_ambiguous(country: str, postcode: str, region: str) -> None:
    assert BOOK.check(address(country, postcode, region)).verdict is AddressVerdict.AMBIGUOUS


def test_a_country_without_rules_is_taken_with_a_note() -> None:
    found = BOOK.check(address("AQ", "anything", "Ross"))
    assert (found.verdict, found.faults) == (AddressVerdict.VALID, ())
    assert found.note == "this country has no rules for postcode and region; taken as they came"


@pytest.mark.parametrize(
    ("phone", "country", "number"),
    [
        ("030 1234567", "DE", "+49301234567"),
        ("+55 11 91234-5678", "DE", "+5511912345678"),
        ("(415) 555-0100", "US", "+14155550100"),
        ("0044 20 7946 0018", "DE", "+442079460018"),
    ],
)
def test_a_phone_number_becomes_e164(phone: str, country: str, number: str) -> None:
    found = CONTACTS.check("", phone, country)
    assert (found.phone, found.faults) == (number, ())


@pytest.mark.parametrize("phone", ["none", "1", "+999 12345678", "0123456789012345678901"])
def test_what_cannot_be_a_phone_number_is_refused(phone: str) -> None:
    assert [fault.code for fault in CONTACTS.check("", phone, "DE").faults] == ["phone_invalid"]


def test_an_email_keeps_its_mailbox_and_gets_a_normal_domain() -> None:
    assert CONTACTS.check("Ada.W@Customer.EXAMPLE", "", "").email == "Ada.W@customer.example"


@pytest.mark.parametrize(
    "email", ["ada", "ada@", "@customer.example", "ada@customer", "a b@c.example", "a@b@c.d"]
)
def test_what_cannot_be_an_email_is_refused(email: str) -> None:
    assert [(fault.pointer, fault.code) for fault in CONTACTS.check(email, "", "").faults] == [
        ("/email", "email_invalid")
    ]
