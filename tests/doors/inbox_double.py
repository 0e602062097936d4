"""The inbox of a door without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Journal = list[tuple[str, Any]]


@dataclass
class Inbox:
    """Keeps events and keys as the real one does."""

    journal: Journal
    seen: set[tuple[str, str]] = field(default_factory=set)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    async def receive(self, source: str, event_id: str, payload: Mapping[str, Any]) -> bool:
        if (source, event_id) in self.seen:
            return False
        self.seen.add((source, event_id))
        self.journal.append(("event", (source, event_id, dict(payload))))
        return True

    async def first_use(self, channel: str, key: str, fingerprint: str) -> bool:
        return self.keys.setdefault((channel, key), fingerprint) == fingerprint
