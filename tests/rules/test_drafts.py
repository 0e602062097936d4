"""What is filled in for a draft, what it comes to, and what is left to mend."""

from __future__ import annotations

from typing import Any

import pytest

from models.intake.drafts import completed, left, totals_of
from models.shared.errors import Problem
from tests.rules.order_bodies import NOW, faults_of, good_body

LINE = {"sku": "MUG-1", "quantity": 2, "unit_price_minor": 1500, "freight_minor": 290}


def test_what_is_left_out_is_filled_in_and_what_is_there_stays() -> None:
    body = {**good_body(), "payment": {"method": "card", "token": "tok_ok"}}
    for name in ("source_id", "placed_at", "total_minor"):
        del body[name]
    before = repr(body)
    whole = completed(body, "draft-x", NOW)
    assert (whole["source_id"], whole["placed_at"]) == ("draft-x", "2026-03-01T12:00:00+00:00")
    assert (whole["total_minor"], whole["payment"]["amount_minor"]) == (6480 - 290, 6190)
    assert (faults_of(whole), repr(body)) == ([], before)
    assert completed(good_body(), "draft-x", NOW) == good_body()


@pytest.mark.parametrize(
    ("tenders", "rest"),
    [
        ([{"amount_minor": 1000}, {"amount_minor": 190}], 5000),
        ([{"amount_minor": 7000}], 6190),
        ([None], 6190),
        ("x", 6190),
    ],
)
def test_what_stored_value_pays_is_not_left_to_the_payment(tenders: Any, rest: int) -> None:
    body = good_body() | {"payment": {"method": "card", "token": "t"}, "tenders": tenders}
    assert completed(body, "d", NOW)["payment"]["amount_minor"] == rest


def test_a_total_that_is_wrong_is_not_put_right() -> None:
    whole = completed(good_body() | {"total_minor": 1, "payment": {"method": "card", "token": "t"}}, "d", NOW)
    assert whole["payment"]["amount_minor"] == 1
    assert faults_of(whole) == [("/total_minor", "total_mismatch")]


@pytest.mark.parametrize(
    ("lines", "known", "goods", "freight", "total"),
    [
        ([LINE, LINE], 2, 6000, 580, 6580),
        ([LINE, LINE | {"quantity": 0}], 1, 3000, 290, None),
        ([LINE, LINE | {"unit_price_minor": "1"}], 1, 3000, 290, None),
        ([LINE | {"unit_price_minor": True}], 0, 0, 0, None),
        ([LINE | {"freight_minor": -1}, None, "x"], 0, 0, 0, None),
        ([LINE | {"unit_price_minor": 10**13}], 0, 0, 0, None),
        ([], 0, 0, 0, None),
        ("lines", 0, 0, 0, None),
    ],
)
def test_totals_are_those_of_the_lines_that_can_be_read(
    lines: Any, known: int, goods: int, freight: int, total: int | None
) -> None:
    totals = totals_of({"lines": lines, "currency": "EUR"})
    assert (totals.lines_known, totals.goods_minor, totals.freight_minor, totals.total_minor) == (
        known, goods, freight, total,
    )  # fmt: skip


def test_an_amount_that_is_filled_in_later_is_not_what_is_missing() -> None:
    def one(pointer: str, code: str = "missing") -> Problem:
        return Problem(pointer=pointer, code=code, detail="")

    kept = (one("/lines"), one("/total_minor", "wrong_type"), one("/payment"))
    assert left((*kept, one("/total_minor"), one("/payment/amount_minor"))) == kept
