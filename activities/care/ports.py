"""What care needs of the world."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Letter:
    """One e-mail. `message_id` is computed from order, kind and subject matter: a repeat has the same."""

    message_id: str
    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Sends mail. Raises `Unreachable` (surely not taken) or `OutcomeUnknown` (perhaps taken)."""

    async def send(self, letter: Letter) -> None:
        """Hand a letter to the mail server; returns when the server took it."""
        ...

    async def was_taken(self, message_id: str) -> bool | None:
        """Whether the server already took a letter; None when it cannot tell."""
        ...
