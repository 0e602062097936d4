"""Writes down where a running house can be reached: `<home>/endpoints.json`, there exactly as long as it runs."""

import contextlib
import os
from pathlib import Path

from starter.endpoints import FILE, Endpoints


def write(home: Path, endpoints: Endpoints) -> None:
    """Whole or not at all; for the owner's eyes, because a database URL may hold a password."""
    draft = home / f"{FILE}.new"
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(endpoints.model_dump_json(indent=2) + "\n")
    draft.replace(home / FILE)


def remove(home: Path) -> None:
    """The house stands no longer."""
    with contextlib.suppress(OSError):
        (home / FILE).unlink()
