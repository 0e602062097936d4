"""All tables in one metadata, for migrations."""

from sqlmodel import SQLModel

METADATA = SQLModel.metadata
