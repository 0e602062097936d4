"""The data folder: where a local engine keeps its database, its logs and its ports, one owner at a time."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from pathlib import Path
from types import TracebackType

from workers.engine.processes import EngineError, free_port, port_is_free

_PORTS_LOCK = threading.Lock()


class FolderInUse(EngineError):
    """Another process holds the data folder."""

    def __init__(self, path: Path, pid: int | None) -> None:
        self.pid = pid
        owner = f"process {pid}" if pid else "another process"
        super().__init__(
            f"The data folder {path} is in use by {owner}. Stop that one first, "
            "or choose another folder with ORDERLOOM_HOME."
        )


def default_folder() -> Path:
    """`ORDERLOOM_HOME`, or `var/` under the current folder; absolute."""
    home = os.environ.get("ORDERLOOM_HOME")
    return (Path(home).expanduser() if home else Path("var")).absolute()


class DataFolder:
    """A data folder, made when missing. As a context manager it holds the folder for this process alone."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = (path or default_folder()).absolute()
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock_fd: int | None = None

    def lock(self) -> None:
        """Hold the folder until `unlock` or the end of this process. Raises FolderInUse with the holder's pid."""
        # The kernel drops the lock when we die in any way, so there is never a stale one; the file stays, because
        # removing it would let two processes lock two files of the same name.
        fd = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            written = os.read(fd, 32).decode("ascii", errors="replace").strip()
            os.close(fd)
            raise FolderInUse(self.path, int(written) if written.isdigit() else None) from error
        os.ftruncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        self._lock_fd = fd

    def unlock(self) -> None:
        """Let the folder go. Harmless when it is not held."""
        if self._lock_fd is not None:
            os.close(self._lock_fd)
            self._lock_fd = None

    def __enter__(self) -> DataFolder:
        self.lock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unlock()

    def port(self, name: str, wanted: int | None = None) -> int:
        """The port of service `name`: the wanted one, else the one remembered here, else a free one; remembered.

        A remembered port that somebody else took meanwhile is replaced; a wanted one that is taken raises EngineError.
        """
        return remembered_port(self.path, name, wanted)


def remembered_port(folder: Path, name: str, wanted: int | None = None) -> int:
    """As `DataFolder.port`, for the folder at `folder`."""
    if wanted is not None and not port_is_free(wanted):
        raise EngineError(f"Port {wanted} for {name} is taken on 127.0.0.1: choose another one.")
    with _PORTS_LOCK:
        ports = _read_ports(folder)
        port = wanted or ports.get(name)
        others = {taken for service, taken in ports.items() if service != name}
        while port is None or not port_is_free(port):
            candidate = free_port()
            port = None if candidate in others else candidate
        if ports.get(name) != port:
            _write_ports(folder, {**ports, name: port})
    return port


def _read_ports(folder: Path) -> dict[str, int]:
    try:
        ports = json.loads((folder / "ports.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # missing or damaged: ports are a convenience, never a reason not to start
    return (
        {str(name): port for name, port in ports.items() if isinstance(port, int)}
        if isinstance(ports, dict)
        else {}
    )


def _write_ports(folder: Path, ports: dict[str, int]) -> None:
    draft = folder / "ports.json.new"
    draft.write_text(json.dumps(ports, indent=2, sort_keys=True) + "\n", "utf-8")
    draft.replace(folder / "ports.json")
