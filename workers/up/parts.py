"""The parts of a house that can die and be started again: child processes, and the servers of the local engine."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from workers.engine import LocalPostgres, LocalTemporal
from workers.engine.processes import OwnedProcess


class Part(Protocol):
    """One part. `wanted` false: it is down on purpose, nobody is to start it."""

    name: str
    wanted: bool

    @property
    def exit_code(self) -> int | None:
        """How it ended, None while it runs or was never started."""
        ...

    def running(self) -> bool:
        """Whether it runs."""
        ...

    def start(self) -> None:
        """Start it. Raises EngineError."""
        ...

    def stop(self) -> None:
        """Ask it to end and wait."""
        ...

    def kill(self) -> None:
        """A power cut."""
        ...

    def last_words(self) -> str:
        """The end of its log."""
        ...


class Child:
    """A child process: `orderloom <words>` with its settings in the environment."""

    def __init__(self, name: str, words: Sequence[str], home: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self.wanted = True
        self.started_at = 0.0
        self.log = home / "logs" / f"{name}.log"
        self._ready = home / "run" / f"{name}.ready"
        # -P: a module of the current folder must not stand in for one of ours.
        self._command = [sys.executable, "-P", "-m", "workers.main", *words, "--ready-file", str(self._ready)]
        self._env = dict(env)
        self._process: OwnedProcess | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self._process.running() else None

    @property
    def exit_code(self) -> int | None:
        """See `Part`."""
        return self._process.exit_code if self._process else None

    def running(self) -> bool:
        """See `Part`."""
        return self._process is not None and self._process.running()

    def serves(self) -> bool:
        """Whether this very process said that it serves."""
        try:
            return self.running() and self._ready.read_text("ascii").strip() == str(self.pid)
        except OSError:
            return False

    def start(self) -> None:
        """Start it; it serves a moment later (`serves`)."""
        self.stop()
        self._ready.unlink(missing_ok=True)
        self._process = OwnedProcess(self.name, self._command, self.log, env=self._env)
        self.started_at = time.monotonic()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL when that does not help in time."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """See `Part`."""
        if self._process is not None:
            self._process.kill()

    def last_words(self) -> str:
        """See `Part`."""
        return self._process.last_words() if self._process else "(never started)"


class EnginePart:
    """A server of the local engine."""

    def __init__(self, name: str, server: LocalPostgres | LocalTemporal) -> None:
        self.name = name
        self.wanted = True
        self.server = server
        self._started = False

    @property
    def exit_code(self) -> int | None:
        """Not told by the engine; its log says why."""
        return None

    def running(self) -> bool:
        """See `Part`."""
        return self.server.pid is not None

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.server.start()

    def stop(self) -> None:
        """See `Part`."""
        self.server.stop()

    def kill(self) -> None:
        """See `Part`."""
        self.server.kill()

    def last_words(self) -> str:
        """See `Part`."""
        return f"see {self.server.log}"
