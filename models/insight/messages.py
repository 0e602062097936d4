"""What an audit found."""

from datetime import datetime

from pydantic import Field

from models.shared.messages import Message


class Finding(Message):
    """One broken promise: which invariant, of whom (an order, a level, a label, …), and what is wrong."""

    invariant: str
    subject: str
    detail: str


class AuditReport(Message):
    """`checked`: rows looked at by each invariant that was checked. `at` is the database's time (UTC)."""

    checked: dict[str, int] = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    at: datetime

    @property
    def clean(self) -> bool:
        """Nothing was found."""
        return not self.findings
