"""The local engine: a PostgreSQL and a Temporal server of our own, started from wheels, with no Docker and no download."""

from workers.engine.folder import DataFolder, FolderInUse
from workers.engine.postgres import LocalPostgres
from workers.engine.processes import EngineError
from workers.engine.temporal_server import LocalTemporal

__all__ = ["DataFolder", "EngineError", "FolderInUse", "LocalPostgres", "LocalTemporal"]
