"""Child processes that we own: started in a group of their own, ended by id, and never outliving us.

All calls block; run them before the event loop starts or in a thread.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import queue
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
_PORTS = range(20_000, 30_000)


class EngineError(RuntimeError):
    """The local engine cannot do what was asked; the message says what to do about it."""


@dataclass(frozen=True)
class Account:
    """The unprivileged user under which a server runs when we are root."""

    name: str
    uid: int
    gid: int


def free_port() -> int:
    """A TCP port that nobody listens on at 127.0.0.1 right now.

    Taken from below the range from which systems number outgoing connections: a port that a data folder remembers
    for weeks would sooner or later be in use there just when the server comes back.
    """
    while not port_is_free(port := secrets.choice(_PORTS)):
        pass
    return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        # Servers set this too; without it a port in TIME_WAIT would look taken after every restart.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class _Spawner:
    """Forks every child from one thread that lives as long as the process.

    Linux sends the parent-death signal when the *thread* that forked ends, so a child started from a short-lived
    thread would die with it.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[
            tuple[Callable[[], subprocess.Popen[bytes]], Future[subprocess.Popen[bytes]]]
        ]
        self._jobs = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def spawn(self, job: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        with self._lock:
            # A forked copy of this process has no such thread any more: `is_alive` is false there.
            if self._thread is None or not self._thread.is_alive():
                self._jobs = queue.SimpleQueue()
                self._thread = threading.Thread(
                    target=self._run, args=(self._jobs,), name="spawner", daemon=True
                )
                self._thread.start()
            answer: Future[subprocess.Popen[bytes]] = Future()
            self._jobs.put((job, answer))
        return answer.result()

    @staticmethod
    def _run(
        jobs: queue.SimpleQueue[
            tuple[Callable[[], subprocess.Popen[bytes]], Future[subprocess.Popen[bytes]]]
        ],
    ) -> None:
        while True:
            job, answer = jobs.get()
            try:
                answer.set_result(job())
            except BaseException as error:
                answer.set_exception(error)


_SPAWNER = _Spawner()


def _await_gone(family: list[psutil.Process], timeout_s: float = 5.0) -> None:
    """Wait until killed processes have let go of everything; an unreaped one (init may be slow) counts as gone."""
    deadline = time.monotonic() + timeout_s
    while any(_holds_resources(member) for member in family) and time.monotonic() < deadline:
        time.sleep(0.01)


def _holds_resources(process: psutil.Process) -> bool:
    try:
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _die_with_parent(death_signal: int) -> Callable[[], None] | None:
    """What the child runs between fork and exec so that the kernel ends it when we die (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # we died before the line above took effect
            os._exit(1)

    return tie


class OwnedProcess:
    """One running child with its log file. `stop` asks, waits and then insists; `kill` is a power cut."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        env: dict[str, str],
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start `command` with both outputs appended to `log`. Raises EngineError when it cannot be run."""
        self.name = name
        self.log = log
        self._stop_signal = stop_signal
        self._owner = os.getpid()
        tie = _die_with_parent(stop_signal)

        def start() -> subprocess.Popen[bytes]:
            with log.open("ab") as output:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd="/",
                    env=env,
                    # Its own session: a Ctrl-C at the terminal reaches us alone, and we stop the children in order.
                    start_new_session=True,
                    preexec_fn=tie,  # noqa: PLW1509  one prctl call, looked up before the fork
                    user=account.uid if account else None,
                    group=account.gid if account else None,
                    extra_groups=[] if account else None,
                )

        try:
            self._popen = _SPAWNER.spawn(start)
        except OSError as error:
            raise EngineError(f"{name} cannot be started ({command[0]}): {error}") from error
        atexit.register(self.stop)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, negative for a signal; None while it runs."""
        return self._popen.poll()

    def running(self) -> bool:
        """Whether the process is still there."""
        return self._popen.poll() is None

    def stop(self, timeout_s: float = 20.0) -> None:
        """Ask it to end, wait up to `timeout_s` seconds, then kill it. Harmless when it has ended."""
        if os.getpid() != self._owner:
            return  # a forked copy of us does not own the child
        if self.running():
            self._popen.send_signal(self._stop_signal)
            try:
                self._popen.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
        atexit.unregister(self.stop)

    def kill(self) -> None:
        """SIGKILL the process, its group and its descendants at once, as a power cut would; wait until all are gone."""
        if self.running():
            # PostgreSQL's backends make groups of their own, so the group alone is not enough. psutil remembers each
            # start time and so never hits a stranger that got a reused pid.
            family = psutil.Process(self.pid).children(recursive=True)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            self._popen.wait()
            _await_gone(family)
        atexit.unregister(self.stop)

    def last_words(self, lines: int = 15) -> str:
        """The last lines of the log, for error messages."""
        try:
            text = self.log.read_text("utf-8", errors="replace")
        except OSError:
            return "(no log)"
        return "\n".join(text.splitlines()[-lines:])
