"""Where a running house can be reached: `<home>/endpoints.json`, there exactly as long as it runs."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "endpoints.json"


@dataclass(frozen=True)
class Endpoints:
    """Addresses on loopback, or what was given. `temporal_ui` is empty when there is none."""

    database_url: str
    temporal_address: str
    door: str
    temporal_ui: str
    smtp_port: int

    def write(self, home: Path) -> None:
        """Write them, whole or not at all; for the owner's eyes, because a database URL may hold a password."""
        draft = home / f"{NAME}.new"
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
            file.write("\n")
        draft.replace(home / NAME)


def remove(home: Path) -> None:
    """The house stands no longer."""
    with contextlib.suppress(OSError):
        (home / NAME).unlink()
