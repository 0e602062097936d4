"""Files of credit accounts: read whole, and every fault told by row, field and code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.order.credit_body import AccountBody, HistoryBody
from models.order.credit_file import COLUMNS, read_accounts, read_history

GOOD: dict[str, Any] = {"customer_id": "c-1", "currency": "EUR", "limit_minor": 50_000}


def told(data: str | bytes, as_csv: bool = False) -> list[tuple[int, str, str]]:
    accounts, faults = read_accounts(data if isinstance(data, bytes) else data.encode(), as_csv)
    assert accounts == [] or faults
    return [(one.row, one.field, one.code) for one in faults]


def line(**changes: Any) -> str:
    return json.dumps(GOOD | changes)


def test_both_forms_give_the_same_accounts() -> None:
    head = (
        "customer_id,currency,limit_minor,limit,"
        + ",".join(f"status_{n}" for n in range(1, 7))
        + ",billed_1,paid_6"
    )
    sheet = f'\ufeff{head}\r\nc-1,EUR,50000,,0,-1,,,,2,120.5,7\r\n\r\n"c,2",JPY,9,100,,,,,,,,\r\n'
    status, billed = [0, -1, None, None, None, 2], [120.5, None, None, None, None, None]
    first = line(history={"status": status, "billed": billed, "paid": [None, None, None, None, None, 7]})
    second = line(customer_id="c,2", currency="JPY", limit_minor=9, history={"limit": 100})
    want = [
        AccountBody(
            customer_id="c-1",
            currency="EUR",
            limit_minor=50_000,
            history=HistoryBody(
                status=(0.0, -1.0, None, None, None, 2.0),
                billed=(120.5, None, None, None, None, None),
                paid=(None, None, None, None, None, 7.0),
            ),
        ),
        AccountBody(customer_id="c,2", currency="JPY", limit_minor=9, history=HistoryBody(limit=100.0)),
    ]
    assert read_accounts(sheet.encode(), as_csv=True) == (want, [])
    assert read_accounts(f"{first}\n\n{second}\n".encode(), as_csv=False) == (want, [])


def test_every_column_is_read() -> None:
    cells = ["c-1", "EUR", "1", "2", *(str(n) for n in range(-2, 4)), *(str(n) for n in range(10, 22))]
    ((account,), faults) = read_accounts(f"{','.join(COLUMNS)}\n{','.join(cells)}\n".encode(), as_csv=True)
    assert faults == []
    assert account.history == HistoryBody(
        limit=2.0,
        status=(-2.0, -1.0, 0.0, 1.0, 2.0, 3.0),
        billed=(10.0, 11.0, 12.0, 13.0, 14.0, 15.0),
        paid=(16.0, 17.0, 18.0, 19.0, 20.0, 21.0),
    )


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"customer_id": ""}, "customer_id", "blank"),
        ({"customer_id": "c" * 65}, "customer_id", "too_long"),
        ({"customer_id": "c\u0000"}, "customer_id", "control_character"),
        ({"customer_id": 7}, "customer_id", "wrong_type"),
        ({"currency": "EURO"}, "currency", "currency_unknown"),
        ({"limit_minor": -1}, "limit_minor", "out_of_range"),
        ({"limit_minor": 10**15 + 1}, "limit_minor", "out_of_range"),
        ({"limit_minor": 12.5}, "limit_minor", "wrong_type"),
        ({"limit_minor": "12"}, "limit_minor", "wrong_type"),
        ({"limit": 12}, "limit", "unknown_field"),
        ({"history": {"status": [0] * 5}}, "history.status.5", "missing"),
        ({"history": {"status": [0] * 7}}, "history.status", "out_of_range"),
        ({"history": {"status": [10, 0, 0, 0, 0, 0]}}, "history.status.0", "out_of_range"),
        ({"history": {"billed": [0, 1e13, 0, 0, 0, 0]}}, "history.billed.1", "out_of_range"),
        ({"history": {"limit": 0}}, "history.limit", "out_of_range"),
        ({"history": {"age": 33}}, "history.age", "unknown_field"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_row_field_and_code(changes: dict[str, Any], field: str, code: str) -> None:
    assert told(f"{line(customer_id='c-0')}\n{line(**changes)}\n") == [(2, field, code)]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    lines = [line(), "{", "[]", line(currency="X", limit_minor=-1), line(), json.dumps({"limit_minor": 1})]
    assert told("\n".join(lines)) == [
        (2, "", "not_json"),
        (3, "", "wrong_type"),
        (4, "currency", "currency_unknown"),
        (4, "limit_minor", "out_of_range"),
        (5, "customer_id", "repeated_customer"),
        (6, "customer_id", "missing"),
        (6, "currency", "missing"),
    ]


@pytest.mark.parametrize(
    ("sheet", "faults"),
    [
        ("", [(0, "", "missing")]),
        ("customer_id,currency,limit_minor\n", [(0, "", "missing")]),
        ("customer_id,currency\nc,EUR\n", [(1, "limit_minor", "missing_column")]),
        (
            "customer_id,currency,limit_minor,age,limit,limit\nc,EUR,1,2,3,4\n",
            [(1, "age", "unknown_column"), (1, "limit", "repeated_column")],
        ),
        ("customer_id,currency,limit_minor\nc,EUR\n", [(2, "", "bad_csv")]),
        ('customer_id,currency,limit_minor\nc,"EUR,1\n', [(2, "", "bad_csv")]),
        (
            "customer_id,currency,limit_minor,status_2,paid_6\nc,EUR,lots,12,many\n,EUR,5,,\n",
            [
                (2, "limit_minor", "wrong_type"), (2, "status_2", "out_of_range"), (2, "paid_6", "wrong_type"),
                (3, "customer_id", "missing"),
            ],
        ),
        ("customer_id,currency,limit_minor,billed_1\nc,EUR,5,nan\nd,EUR,5,inf\n", [(2, "billed_1", "wrong_type"), (3, "billed_1", "wrong_type")]),
        ("customer_id,currency,limit_minor\nc,EUR,99999999999999999999\n", [(2, "limit_minor", "wrong_type")]),
    ],
)  # fmt: skip
def test_faults_of_a_table_are_told_by_row_and_column(sheet: str, faults: list[tuple[int, str, str]]) -> None:
    assert told(sheet, as_csv=True) == faults


def test_a_file_that_is_not_utf8_is_told_by_its_row() -> None:
    assert told(b"customer_id,currency,limit_minor\nc\xff,EUR,1\n", as_csv=True) == [(2, "", "not_utf8")]


def test_every_fault_says_how_to_mend_it() -> None:
    _, faults = read_accounts(f"{{\n{line(currency='X')}\n{line(age=1)}".encode(), as_csv=False)
    assert len(faults) == 3
    assert [one for one in faults if not one.fix or not one.detail] == []


def test_a_history_alone_is_read_or_refused_with_its_fields() -> None:
    months, faults = read_history(b'{"limit": 5, "paid": [1, 2, 3, null, 5, 6]}')
    assert (months, faults) == (HistoryBody(limit=5.0, paid=(1.0, 2.0, 3.0, None, 5.0, 6.0)), [])
    months, faults = read_history(b'{"limit": -5, "wages": 3}')
    assert months is None
    assert [(one.field, one.code) for one in faults] == [
        ("limit", "out_of_range"),
        ("wages", "unknown_field"),
    ]
