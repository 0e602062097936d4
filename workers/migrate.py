"""Brings a database to the newest schema. Two at once wait for each other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
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
