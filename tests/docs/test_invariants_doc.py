"""The page of invariants lists each with what it says, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from activities.insight.audit import DESCRIPTIONS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "invariants.md"
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \|", re.MULTILINE)


def test_the_page_of_invariants_lists_every_one_with_what_it_says() -> None:
    assert dict(ROW.findall(PAGE.read_text(encoding="utf-8"))) == dict(DESCRIPTIONS)
