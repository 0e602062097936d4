"""Files of orders as they are read: every fault in its row, at once, and nothing else is lost."""

from __future__ import annotations

import pytest

from models.intake.body import MAX_LINES
from models.intake.bulk import Format
from models.intake.sheet import COLUMNS, MAX_LINE_BYTES
from models.shared.errors import Problem, Refused
from tests.bulk.made import HEADER, body, faults, jsonl, places, records, rows_of, table
from tests.rules.order_bodies import faults_of, read

ONE, TWO = rows_of(body("S-1")), rows_of(body("S-2"))


def row(source_id: str = "S-1", **cells: str) -> dict[str, str]:
    return rows_of(body(source_id))[0] | cells


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_rows_that_follow_each_other_are_one_order(chunk: int, separator: str, bom: bytes) -> None:
    first, second = records(
        bom + table(ONE + TWO, separator, list(COLUMNS)), chunk=chunk if not bom else 1 << 16
    )
    assert (first.raw, first.row, first.rows, first.places) == (body("S-1"), 2, 2, ((2, 2), (3, 3)))
    assert (second.raw, second.row, second.places) == (body("S-2"), 4, ((4, 4), (5, 5)))
    assert faults_of(first.raw) == []


def test_a_quoted_cell_may_hold_separators_quotes_and_new_lines() -> None:
    name = 'Ada, "the"\r\nBaker'
    first, second = records(table([row("S-1", **{"customer.name": name}), row("S-2")]))
    assert first.raw is not None
    assert first.raw["customer"]["name"] == name
    # A spreadsheet shows row 3, an editor line 4.
    assert (second.row, second.line) == (3, 4)


def test_a_header_is_told_all_its_faults_at_once() -> None:
    header = [name for name in HEADER if name not in ("sku", "customer.email")] + ["colour", "currency"]
    with pytest.raises(Refused) as refused:
        records(table([], header=header))
    assert sorted((one.code, one.detail) for one in refused.value.problems) == [
        ("missing_column", "there is no column customer.email"),
        ("missing_column", "there is no column sku"),
        ("repeated_column", "the column 'currency' stands there twice"),
        ("unknown_column", "an order has no column 'colour'"),
    ]


def test_a_channel_that_is_given_needs_no_column_and_gives_way_to_one() -> None:
    without = [name for name in HEADER if name != "channel"]
    assert [one.raw["channel"] for one in records(table(ONE, header=without), channel="fair") if one.raw] == [
        "fair"
    ]
    both = records(table([row("S-1"), row("S-2", channel="")]), channel="fair")
    assert [one.raw["channel"] for one in both if one.raw] == ["web", "fair"]
    (line,) = records(jsonl({"source_id": "S-1"}), Format.JSONL, "fair")
    assert line.raw == {"source_id": "S-1", "channel": "fair"}


def test_all_faults_of_an_order_are_told_at_once_in_their_rows_and_columns() -> None:
    rows = [
        row(quantity="two", unit_price_minor="15.00", **{"customer.email": "ada"}),
        row(quantity="9" * 19, currency="USD", sku="GHOST", **{"customer.email": ""}),
    ]
    (record,) = records(table(rows))
    with pytest.raises(Refused) as refused:
        read(record.raw)
    assert places(record.told(refused.value.problems)) == [
        (2, "/lines/0/quantity", "quantity", "wrong_type"),
        (2, "/lines/0/unit_price_minor", "unit_price_minor", "wrong_type"),
        (2, "/customer/email", "customer.email", "email_invalid"),
        (3, "/currency", "currency", "differs_in_order"),
        (3, "/lines/1/quantity", "quantity", "out_of_range"),
        (3, "/lines/1/sku", "sku", "sku_unknown"),
    ]
    assert {one.source_id for one in record.told(())} == {"S-1"}
    assert all(one.fix for one in record.told(refused.value.problems))


def test_an_empty_cell_is_a_missing_field_and_below_the_first_row_the_same_again() -> None:
    below = {name: "" for name, column in COLUMNS.items() if not column.of_line} | {"source_id": "S-1"}
    (record,) = records(table([row(channel=""), row() | below], header=HEADER))
    assert faults([record]) == []
    assert record.raw is not None
    assert len(record.raw["lines"]) == 2
    assert ("/channel", "missing") in faults_of(record.raw)


def test_empty_rows_count_and_are_no_orders() -> None:
    text = table([row("S-1")]) + b"\r\n" + b"," * (len(HEADER) - 1) + b"\r\n"
    text += table([row("S-2")]).partition(b"\r\n")[2]
    assert [(one.row, one.source_id) for one in records(text)] == [(2, "S-1"), (5, "S-2")]


def test_a_quote_that_nobody_closes_costs_its_own_row_only() -> None:
    lines = table([row("S-1"), row("S-2"), row("S-3"), row("S-4")]).split(b"\r\n")
    lines[2] = lines[2].replace(b"Ada", b'"Ada')
    found = records(b"\r\n".join(lines))
    assert [(one.row, one.line, one.raw is None) for one in found] == [
        (2, 2, False), (3, 3, True), (4, 4, False), (5, 5, False),
    ]  # fmt: skip
    assert faults(found) == [(3, "", "", "bad_csv")]
    assert found[1].faults[0].source_id == "S-2"


@pytest.mark.parametrize(
    ("old", "new"), [(b"Ada Weber", b'"Ada" Weber'), (b"Berlin", b"Berlin,Mitte"), (b"Berlin,", b"")]
)
def test_a_row_that_cannot_be_read_takes_its_order_with_it(old: bytes, new: bytes) -> None:
    lines = table([*ONE, row("S-2")]).split(b"\r\n")
    lines[2] = lines[2].replace(old, new)
    broken, good = records(b"\r\n".join(lines))
    assert (broken.raw, faults([broken])) == (None, [(3, "", "", "bad_csv")])
    assert good.raw is not None
    assert good.faults == ()


def test_a_row_of_which_nothing_can_be_told_stops_the_orders_beside_it() -> None:
    lines = table([row("S-1"), row("S-2"), row("S-3"), row("S-4")]).split(b"\r\n")
    lines[2] = b'"S-2,web'
    found = records(b"\r\n".join(lines))
    assert faults(found) == [(3, "", "", "bad_csv"), (4, "", "", "beside_unreadable")]
    assert [one.row for one in found] == [2, 4, 5]


def test_bytes_that_are_no_utf8_are_told_in_their_column() -> None:
    text = table([row("S-1"), row("S-2")]).replace(b"Berlin", b"K\xf6ln", 1)
    bad, good = records(text)
    assert places(bad.told([Problem(pointer="/ship_to/city", code="wrong_type", detail="")])) == [
        (2, "/ship_to/city", "ship_to.city", "not_utf8")
    ]
    assert good.faults == ()
    line = jsonl(body("S-1")).replace(b"Berlin", b"K\xf6ln")
    assert faults(records(line, Format.JSONL)) == [(1, "", "", "not_utf8")]


def test_a_json_line_that_is_none_is_told_and_the_next_is_read() -> None:
    text = b"\xef\xbb\xbf" + jsonl(body("S-1"), b"{", b"", b"[1]", body("S-2"))
    found = records(text, Format.JSONL)
    assert faults(found) == [(2, "", "", "not_json"), (4, "", "", "wrong_type")]
    assert [one.raw for one in found if one.raw] == [body("S-1"), body("S-2")]


@pytest.mark.parametrize("form", Format)
def test_a_line_beyond_all_measure_is_cut_off_and_told(form: Format) -> None:
    huge = body("S-1", locale="e" * (2 * MAX_LINE_BYTES))
    good = body("S-2")
    text = (
        jsonl(huge, good)
        if form is Format.JSONL
        else table(rows_of(huge)[:1] + rows_of(good), header=list(COLUMNS))
    )
    bad, next_one = records(text, form)
    assert [one.code for one in bad.faults] == ["too_large"]
    assert next_one.raw == good


def test_an_order_with_too_many_lines_is_kept_small() -> None:
    (record,) = records(table([row()] * (MAX_LINES + 300)))
    assert record.rows == MAX_LINES + 300
    assert faults_of(record.raw) == [("/lines", "too_many_lines")]


def test_a_source_id_that_comes_again_is_the_same_order_or_a_fault() -> None:
    again, other = rows_of(body("S-1")), rows_of(body("S-1", locale="de"))
    found = records(table(ONE + TWO + again + TWO[:1] + other, header=list(COLUMNS)))
    assert [(one.row, one.same_as) for one in found] == [(2, 0), (4, 0), (6, 2), (8, 0), (9, 0)]
    assert faults(found) == [
        (8, "/source_id", "source_id", "repeated_source"),
        (9, "/source_id", "source_id", "repeated_source"),
    ]
    assert [one.faults[0].detail for one in found[3:]] == [
        "row 4 holds another order with this source id",
        "row 2 holds another order with this source id",
    ]


def test_the_same_source_id_of_two_channels_is_two_orders() -> None:
    found = records(jsonl(body("S-1"), body("S-1", channel="fair")), Format.JSONL)
    assert [(one.same_as, one.faults) for one in found] == [(0, ()), (0, ())]


def test_rows_without_a_source_id_are_orders_of_their_own() -> None:
    found = records(table([row(""), row("")]))
    assert [(one.row, faults_of(one.raw)) for one in found] == [
        (2, [("/source_id", "missing"), ("/total_minor", "total_mismatch")]),
        (3, [("/source_id", "missing"), ("/total_minor", "total_mismatch")]),
    ]
