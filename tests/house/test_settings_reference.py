"""docs/reference/settings.md holds every setting under its names and with its default."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import AliasChoices

from starter.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
_ROW = re.compile(r"^\| (`.+?`) \| (.+?) \| .+ \|$", re.MULTILINE)


def documented(text: str) -> dict[tuple[str, ...], str]:
    """The defaults by the variables' names."""
    return {tuple(re.findall(r"`(.+?)`", names)): default.strip("`") for names, default in _ROW.findall(text)}


def known() -> dict[tuple[str, ...], str]:
    """The same from the code."""
    found = {}
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names = (
            [str(one) for one in alias.choices]
            if isinstance(alias, AliasChoices)
            else [f"ORDERLOOM_{name.upper()}"]
        )
        default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        found[tuple(names)] = (
            "the simulator's" if name.endswith("_secret") and default else default or "empty"
        )
    return found


def test_every_setting_is_in_the_reference_with_its_default() -> None:
    assert documented(PAGE.read_text("utf-8")) == known()


def test_a_missing_setting_is_noticed() -> None:
    text = PAGE.read_text("utf-8").replace("| `ORDERLOOM_COURIER` |", "| `ORDERLOOM_CURIER` |")
    assert documented(text).keys() ^ known().keys() == {("ORDERLOOM_COURIER",), ("ORDERLOOM_CURIER",)}
