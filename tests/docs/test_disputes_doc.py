"""The pages about disputes agree with the code; each check is also tried on a page that is wrong in one place."""

from __future__ import annotations

import re

import pytest

from models.settlement.disputes.policy import DisputePolicy
from models.settlement.disputes.states import DISPUTE_WAITS, RUNBOOK
from tests.docs.checks import RUNBOOK_PARTS, messages
from tests.docs.pages import page, rows, sections
from workflows.settlement.disputes.answer_bank import DisputeWorkflow

REFERENCE = "docs/reference/disputes.md"


def faults(text: str) -> list[str]:
    """What the reference says otherwise than the code."""
    found, wrong = rows(text), []
    for name, wait in DISPUTE_WAITS.items():
        how = ", ".join(f"`{verb}`" for verb in wait.how)
        if found.get(name.value, [])[1:4] != [wait.what, wait.who, how]:
            wrong.append(f"wait {name.value} has no row, or another one than the code")
    parts = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^###|\Z)", text, re.MULTILINE | re.DOTALL))
    for said, (kinds, carried) in messages(DisputeWorkflow).items():
        first = parts.get(said, "").strip().split(".", maxsplit=1)[0].lower()
        wrong += [f"{said} is a {kind}" for kind in sorted(kinds) if kind not in first]
        fields = carried.model_fields if carried else ()
        wrong += [f"{said}.{field} is missing" for field in fields if field not in rows(parts.get(said, ""))]
    return wrong


def test_the_reference_agrees_with_the_code() -> None:
    assert faults(page(REFERENCE)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        (
            "| [`dispute_verdict`]",
            "| [`verdict`]",
            "wait dispute_verdict has no row, or another one than the code",
        ),
        ("| `note` |", "| `remark` |", "submit.note is missing"),
        ("Signal and update, carries `Decision`", "Update, carries `Decision`", "accept is a signal"),
        ("### `dispute`\n", "### `case`\n", "dispute is a query"),
    ],
)
def test_a_wrong_place_is_found(right: str, wrong: str, found: str) -> None:
    text = page(REFERENCE)
    assert right in text
    assert faults(text.replace(right, wrong, 1)) == [found]


def test_the_runbook_has_its_parts_every_wait_and_every_deadline() -> None:
    text = page(RUNBOOK)
    parts = RUNBOOK_PARTS - {"Every order that waits like this"} | {"Every dispute that waits like this"}
    needed = [wait.value for wait in DISPUTE_WAITS] + [
        verb.split()[0] for one in DISPUTE_WAITS.values() for verb in one.how if verb != "dispute_news"
    ]
    needed += [
        f"settlement.disputes.{name}"
        for name in DisputePolicy.model_fields
        if name not in ("answer_s", "unanswered", "borne_by")
    ]
    assert sorted(parts - set(sections(text))) + [one for one in needed if one not in text] == []
