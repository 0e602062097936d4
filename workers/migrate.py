"""Brings a database to the newest schema. Two at once wait for each other."""

from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from models.shared.errors import Unavailable

_LOCK = 7_243_519  # any fixed number: the advisory lock of migrations


def sqlalchemy_url(dsn: str) -> str:
    """`postgresql://…` → the same for SQLAlchemy over psycopg 3."""
    return dsn.replace("postgresql://", "postgresql+psycopg://", 1).replace(
        "postgres://", "postgresql+psycopg://", 1
    )


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings; the scripts lie beside this file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision that there is."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


async def standing(connection: psycopg.AsyncConnection[Any]) -> str:
    """The revision that a database stands at, empty when it has no schema yet."""
    there = await (await connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL")).fetchone()
    if not there or not there[0]:
        return ""
    row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
    return str(row[0]) if row else ""


def migrate(dsn: str, revision: str = "head") -> str:
    """Upgrade to a revision; returns the one that stands then. Raises `Unavailable`."""
    engine = create_engine(sqlalchemy_url(dsn), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as guard:
            guard.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
            try:
                return _upgrade(dsn, revision)
            finally:
                guard.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))
    except OperationalError as error:
        raise Unavailable(f"PostgreSQL: {error.orig}") from error
    finally:
        engine.dispose()


def _upgrade(dsn: str, revision: str) -> str:
    engine = create_engine(sqlalchemy_url(dsn))
    try:
        with engine.connect() as connection:
            command.upgrade(alembic_config(connection), revision)
            connection.commit()
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    finally:
        engine.dispose()
