"""Whatever is written into an address or a contact, an answer comes: quickly, bounded, and one of four verdicts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.adapters.address_rules.country_rules import countries
from models.intake.checks import AddressVerdict
from models.order.messages import Address
from tests.rules.order_bodies import ADDRESSES, CONTACTS, faults_of, good_body

ODD = st.sampled_from(
    [
        "\x00", "\x1b[31m", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "שלום", "مرحبا", "🏠", "👩‍👩‍👧‍👦", "e\u0301" * 30,
        "ﷺ", "１２３４５", "١٢٣٤٥", "ß", "İ", "ﬁ", "'; DROP TABLE", "<b>", "{0}", "%s", "\\", "\n", "\t",
    ]
)  # fmt: skip
JUNK = st.one_of(
    st.text(max_size=60), st.lists(ODD, max_size=8).map("".join), st.text("0123456789 -ABC", max_size=12)
)
CODES = st.one_of(st.sampled_from(sorted(countries())), st.text(max_size=3))
LONGEST_TEXT = 250


@given(country=CODES, line1=JUNK, city=JUNK, region=JUNK, postcode=JUNK)
def test_any_text_in_an_address_gets_one_of_four_verdicts(
    country: str, line1: str, city: str, region: str, postcode: str
) -> None:
    address = Address.model_construct(
        line1=line1, line2="", city=city, country=country, region=region, postcode=postcode
    )
    found = ADDRESSES.check(address)
    assert found.verdict in AddressVerdict
    assert (found.verdict is AddressVerdict.INVALID) == (found.faults != ())
    assert (found.address.line1, found.address.city, found.address.country) == (line1, city, country)
    assert (found.verdict is AddressVerdict.CORRECTED) <= (found.address != address)
    for fault in found.faults:
        assert len(fault.detail) <= LONGEST_TEXT
        assert "" not in (fault.code, fault.detail, fault.fix)
        fault.detail.encode()


@given(email=JUNK, phone=JUNK, country=CODES)
def test_any_text_in_a_contact_is_written_the_usual_way_or_refused(
    email: str, phone: str, country: str
) -> None:
    found = CONTACTS.check(email, phone, country)
    refused = {fault.pointer for fault in found.faults}
    assert refused <= {"/email", "/phone"}
    assert (found.email == "") == (email == "" or "/email" in refused)
    assert (found.phone == "") == (phone == "" or "/phone" in refused)
    assert all(fault.detail and fault.fix and len(fault.detail) <= LONGEST_TEXT for fault in found.faults)


@given(name=st.sampled_from(["line1", "line2", "city", "region", "postcode", "country"]), value=JUNK)
def test_any_text_in_an_orders_address_is_read_or_refused_in_its_place(name: str, value: str) -> None:
    body = good_body()
    body["ship_to"][name] = value
    assert {pointer.split("/")[1] for pointer, _ in faults_of(body)} <= {"ship_to", "customer"}


@pytest.mark.parametrize("sign", ["1", "-", "a", "ﷺ", "🏠", "\u202e", "\x00", " "])
@pytest.mark.parametrize("country", ["DE", "GB", "US", "BR", "JP", "AQ"])
def test_a_very_long_address_is_answered_within_bounds(sign: str, country: str) -> None:
    text = sign * 100_000
    started = time.process_time()
    found = ADDRESSES.check(Address(line1=text, city=text, country=country, region=text, postcode=text))
    CONTACTS.check(text, text, country)
    assert time.process_time() - started < 2
    assert [fault.detail for fault in found.faults if len(fault.detail) > LONGEST_TEXT] == []
