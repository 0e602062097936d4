"""What a task can stand for, whom it is told to, and what the customer is asked."""

from __future__ import annotations

from typing import Any

import pytest

from models.care.letters import compose
from models.intake.tasks import NewTask, Reach, can_be_mended, keepable, letters, questions, reach_of, unfit
from models.order.records import Audience, NoticeKind
from models.shared.errors import Problem, Refused
from models.shared.ids import ORDER_NUMBER
from tests.rules.order_bodies import CONTACTS, good_body, read


def problems_of(body: Any) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as refused:
        read(body)
    return tuple(refused.value.problems)


def task_of(**changed: Any) -> NewTask:
    body = good_body() | changed
    return NewTask(body=body, problems=problems_of(body), reach=reach_of(body, CONTACTS.check))


@pytest.mark.parametrize(
    ("changed", "can"),
    [
        ({"total_minor": 1}, True),
        ({"customer": None}, True),
        ({"channel": "two words"}, False),
        ({"channel": 7}, False),
        ({"source_id": ""}, False),
        ({"source_id": "x" * 129}, False),
        ({"locale": "a\0b"}, False),
        ({"a\0": 1}, False),
    ],
)
def test_a_task_stands_for_a_body_that_tells_where_it_comes_from_and_can_be_kept(
    changed: dict[str, Any], can: bool
) -> None:
    body = good_body() | changed
    assert can_be_mended(body, problems_of(body)) is can


def test_what_is_no_object_is_no_task() -> None:
    assert can_be_mended([good_body()], problems_of([good_body()])) is False
    assert can_be_mended("order", problems_of("order")) is False


def test_a_body_that_is_nested_too_deeply_is_not_kept() -> None:
    deep: Any = "x"
    for _ in range(31):
        deep = {"a": deep}
    assert keepable(deep)
    assert not keepable([deep])


def test_the_same_body_has_one_id_which_is_no_order_number() -> None:
    first, again, other = task_of(total_minor=1), task_of(total_minor=1), task_of(total_minor=2)
    assert (first.id == again.id, first.id == other.id) == (True, False)
    assert ORDER_NUMBER.fullmatch(first.id) is None
    assert first.id == NewTask(body=dict(reversed(first.body.items())), problems=(), reach=Reach()).id


def test_a_patch_may_not_change_where_an_order_comes_from_or_make_it_too_large() -> None:
    before = good_body()
    other = unfit(before | {"channel": "app", "source_id": None}, before)
    assert [(one.pointer, one.code) for one in other] == [
        ("/patch/channel", "not_changeable"), ("/patch/source_id", "not_changeable"),
    ]  # fmt: skip
    assert [one.code for one in unfit(before | {"locale": "x" * 1_000_001}, before)] == ["too_large"]
    assert [one.code for one in unfit(before | {"locale": "\0"}, before)] == ["bad_format"]
    assert unfit(before | {"total_minor": 1}, before) == []


@pytest.mark.parametrize(
    ("customer", "email", "name"),
    [
        ({"name": " Ada ", "email": "ada@Customer.Example"}, "ada@customer.example", "Ada"),
        ({"name": "A\x07", "email": "ada@nowhere@"}, "", ""),
        ({"name": 7, "email": ["ada@customer.example"]}, "", ""),
        ({"email": f"{'a' * 300}@customer.example"}, "", ""),
        ("Ada", "", ""),
        (None, "", ""),
    ],
)
def test_a_customer_is_reached_where_an_address_can_be_read(customer: Any, email: str, name: str) -> None:
    reach = reach_of(good_body() | {"customer": customer, "locale": "pt-BR"}, CONTACTS.check)
    assert (reach.email, reach.name, reach.locale) == (email, name, "pt-BR")


def test_customer_service_is_told_every_fault_and_the_customer_asked_what_customers_know() -> None:
    body = {**good_body(), "total_minor": 1}
    body["ship_to"] = {**body["ship_to"], "postcode": "1"}
    body["lines"] = [{**body["lines"][0], "sku": "GHOST"}, body["lines"][1]]
    task = NewTask(body=body, problems=problems_of(body), reach=reach_of(body, CONTACTS.check))
    told, asked = letters(task)
    assert (told.kind, told.audience) == (NoticeKind.INTAKE_TASK, Audience.CARE)
    assert (asked.kind, asked.audience) == (NoticeKind.INTAKE_QUESTION, Audience.CUSTOMER)
    assert [line.split(":")[0] for line in told.data["faults"].splitlines()] == [
        "- /total_minor", "- /lines/0/sku", "- /ship_to/postcode",
    ]  # fmt: skip
    assert [line.split(":")[0] for line in asked.data["faults"].splitlines()] == [
        "- which article (item 1)", "- the postcode",
    ]  # fmt: skip
    subject, text = compose(asked.kind, "en", task.id, "Ada", asked.data)
    assert (subject, "S-1001" in text, "the postcode" in text) == ("A question about your order", True, True)
    subject, text = compose(told.kind, "en", task.id, "", told.data)
    assert (task.id in subject, f"orderloom intake show {task.id}" in text) == (True, True)


def test_the_customer_is_not_asked_without_an_address_or_without_a_question() -> None:
    assert [one.kind for one in letters(task_of(total_minor=1))] == [NoticeKind.INTAKE_TASK]
    lost = task_of(customer={"customer_id": "c-7", "name": "Ada", "email": "nobody"})
    assert [one.kind for one in letters(lost)] == [NoticeKind.INTAKE_TASK]


def test_a_letter_lists_ten_faults_and_counts_the_rest() -> None:
    lines = [{"sku": f"GHOST-{n}", "quantity": 1, "unit_price_minor": 0} for n in range(14)]
    task = task_of(lines=lines, total_minor=0)
    assert len(questions(task.problems)) == 14
    listed = letters(task)[0].data["faults"].splitlines()
    assert (len(listed), listed[-1]) == (11, "- and 4 more")
