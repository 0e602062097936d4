"""The guide to imports agrees with what is read."""

from __future__ import annotations

from models.intake.bulk import Format
from models.intake.sheet import COLUMNS
from tests.bulk.made import records
from tests.docs.pages import blocks, inline, page
from tests.rules.order_bodies import faults_of

GUIDE = page("docs/guides/import.md")


def test_the_examples_are_orders() -> None:
    for form in Format:
        (text,) = blocks(GUIDE, form.value)
        found = records(text.encode(), form)
        assert [one.source_id for one in found] == (
            ["S-2001", "S-2002"] if form is Format.CSV else ["S-2001"]
        )
        assert [(one.faults, faults_of(one.raw)) for one in found] == [((), [])] * len(found)


def test_every_column_is_named_in_its_row() -> None:
    rows = [line.split("|")[1:3] for line in GUIDE.splitlines() if line.startswith("| `")]
    told = {name: needed.strip().startswith("yes") for cells, needed in rows for name in inline(cells)}
    assert {name: told.get(name) for name in COLUMNS} == {name: one.needed for name, one in COLUMNS.items()}
