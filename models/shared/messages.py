"""The base of every message between processes."""

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A frozen value that crosses a process border.

    Unknown fields are ignored, so that an older worker can read what a newer one wrote; new fields
    therefore always have defaults.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
