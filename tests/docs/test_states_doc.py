"""The page of states is the tables, drawn."""

from __future__ import annotations

from tests.docs.drawn_states import PAGE, page


def test_the_page_of_states_is_drawn_from_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
