"""A PostgreSQL server of our own on loopback, kept in a data folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
import psycopg

from workers.engine.folder import remembered_port
from workers.engine.postgres_binaries import find_binaries, open_place, server_account
from workers.engine.processes import EngineError, OwnedProcess

ROLE = DATABASE = "orderloom"
_ADMIN = "postgres"
_START_TIMEOUT_S = 60.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",  # our statements are short; compiling them costs more than it saves
    # What was answered as committed survives a power cut: the fault tests rely on both.
    "fsync": "on",
    "synchronous_commit": "on",
}


class LocalPostgres:
    """One server per data folder. `start` again after `stop` or `kill`: same data, same port.

    It trusts every local user (no password), so it is for one person's machine, not for a shared host.
    """

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """Keep data and log under `folder`; listen on `port`, else on the port remembered there, else on a free one."""
        self.folder = folder.absolute()
        self.log = self.folder / "postgres.log"
        self.port: int | None = None
        self._wanted_port = port
        self._account = server_account()
        self._process: OwnedProcess | None = None

    @property
    def dsn(self) -> str:
        """The application's connection string, as role and owner `orderloom`."""
        return f"postgresql://{ROLE}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def admin_dsn(self) -> str:
        """The superuser's connection string, for tests and repairs."""
        return f"postgresql://{_ADMIN}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process and self._process.running() else None

    def start(self) -> str:
        """Start the server, make role and database when missing, return the DSN. Raises EngineError.

        The first start in a folder also makes the cluster: about 1.5 s against 0.2 s later.
        """
        if self.pid is not None:
            return self.dsn
        self.folder.mkdir(parents=True, exist_ok=True)
        binaries = find_binaries(self._account)
        place = open_place(self.folder, "postgres", self._account)
        data = self._cluster(binaries, place)
        _await_former_owner(data)
        self.port = remembered_port(self.folder, "postgres", self._wanted_port)
        settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        self._process = OwnedProcess(
            "PostgreSQL",
            [str(binaries / "postgres"), "-D", str(data), "-p", str(self.port), *settings],
            self.log,
            env=_environment(),
            account=self._account,
            stop_signal=signal.SIGINT,  # "fast": end sessions, write a checkpoint, leave
        )
        try:
            self._await_ready(self._process)
        except BaseException:
            self._process.stop()
            raise
        return self.dsn

    def stop(self) -> None:
        """End sessions and shut down cleanly. Harmless when it does not run."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """A power cut: SIGKILL to the server and each of its backends."""
        if self._process is not None:
            self._process.kill()

    def __enter__(self) -> LocalPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _cluster(self, binaries: Path, place: Path) -> Path:
        """The cluster's folder, made by initdb in a draft that is renamed when complete, so it is never half done."""
        data = place / "data"
        if data.is_dir():
            _check_version(binaries, data)
            return data
        for leftover in place.glob("draft-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=place))
        owner: dict[str, Any] = {}
        if self._account is not None:
            os.chown(draft, self._account.uid, self._account.gid)
            owner = {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        made = subprocess.run(
            [str(binaries / "initdb"), "-D", str(draft), f"--username={_ADMIN}", "--auth=trust", "--encoding=UTF8",
             "--locale=C.UTF-8"],
            cwd="/", env=_environment(), capture_output=True, text=True, check=False, **owner,
        )  # fmt: skip
        if made.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise EngineError(f"initdb failed in {place}:\n{made.stdout[-1000:]}{made.stderr[-1000:]}")
        draft.rename(data)
        return data

    def _await_ready(self, process: OwnedProcess) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            if not process.running():
                raise EngineError(
                    f"PostgreSQL ended while starting; {self.log} ends with:\n{process.last_words()}"
                )
            try:
                with psycopg.connect(self.admin_dsn, connect_timeout=3, autocommit=True) as connection:
                    _ensure_role_and_database(connection)
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise EngineError(
                        f"PostgreSQL did not answer in {_START_TIMEOUT_S:.0f} s: {error}"
                    ) from error
                time.sleep(0.02)


def _ensure_role_and_database(connection: psycopg.Connection[Any]) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone() is None:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def _environment() -> dict[str, str]:
    """Ours without PGDATA, PGPORT and the like, which would redirect the server's programs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _check_version(binaries: Path, data: Path) -> None:
    have = (data / "PG_VERSION").read_text("ascii").strip()
    told = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    runs = told.split()[2].split(".")[0]  # postgres (PostgreSQL) 18.4 (Debian ...)
    if have != runs:
        raise EngineError(
            f"{data} was made by PostgreSQL {have}, the programs here are {runs}. Choose another data folder "
            "with ORDERLOOM_HOME, or dump the data with the old programs and load it with the new ones."
        )


def _await_former_owner(data: Path, timeout_s: float = 15.0) -> None:
    """Wait for a server that still shuts down in `data`; forget a pid file whose pid went to a stranger.

    A pid file of a dead process needs nothing: PostgreSQL sees that itself. Raises EngineError when a server stays.
    """
    pid_file = data / "postmaster.pid"
    deadline = time.monotonic() + timeout_s
    while (pid := _read_pid(pid_file)) is not None and psutil.pid_exists(pid):
        if not _serves(pid, data):
            # After a reboot or in a new container the number may belong to anybody, and PostgreSQL would refuse.
            pid_file.unlink(missing_ok=True)
            return
        if time.monotonic() > deadline:
            raise EngineError(f"PostgreSQL already runs in {data} as process {pid}: stop that one first.")
        time.sleep(0.05)


def _read_pid(pid_file: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(pid_file.read_text("utf-8", errors="replace").splitlines()[0])
    return None


def _serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL on `data` (its own working folder is its data folder)."""
    try:
        process = psutil.Process(pid)
        if not process.name().startswith("postgres"):
            return False
        return Path(process.cwd()).resolve() == data.resolve()
    except psutil.NoSuchProcess:
        return False
    except (psutil.AccessDenied, OSError):
        return True  # a postgres we may not look into: better to ask than to start a second one
