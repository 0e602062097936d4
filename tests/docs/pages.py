"""Reads the documents: tables, sections, links, commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def documents() -> dict[str, str]:
    """Every document of ours: path → text."""
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in sorted(files)}


def page(path: str) -> str:
    """One document."""
    return (ROOT / path).read_text("utf-8")


def rows(text: str) -> dict[str, list[str]]:
    """The table rows by their first cell; a cell is what is in its link or its code, else its text."""
    found = {}
    for line in prose(text).splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            cells = [_LINK.sub(_words, cell).strip() for cell in line.strip().strip("|").split("|")]
            found[cells[0].strip("`")] = cells
    return found


def sections(text: str) -> dict[str, str]:
    """Second headings without their backticks → what stands below."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {name.strip("`"): body for name, body in zip(parts[::2], parts[1::2], strict=True)}


def prose(text: str) -> str:
    """The text without its code blocks."""
    return _FENCE.sub("", text)


def blocks(text: str, language: str) -> list[str]:
    """The code blocks in one language."""
    return [body for named, body in _FENCE.findall(text) if named == language]


def inline(text: str) -> list[str]:
    """Everything that stands as code inside the text."""
    return _INLINE.findall(prose(text))


def links(text: str) -> list[str]:
    """The targets of all links."""
    return _LINK.findall(prose(text))


def commands(text: str) -> Iterator[list[str]]:
    """The commands of all shell blocks, each as its words."""
    for block in blocks(text, "sh"):
        held = ""
        for line in block.splitlines(keepends=True):
            held += line
            if held.rstrip("\n").endswith("\\"):
                continue
            try:
                words = shlex.split(held.replace("\\\n", " "), comments=True)
            except ValueError:
                continue  # a quote goes on in the next line
            held = ""
            if words:
                yield words


def anchor(heading: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """Every anchor of a document."""
    return {anchor(heading) for heading in re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)}


def _words(link: re.Match[str]) -> str:
    return link.group()[1:].split("](", maxsplit=1)[0]
