"""One data folder's house: everything that an order needs, started, watched and stopped together."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import structlog

from starter.endpoints import Endpoints
from starter.settings import Settings
from workers import payments
from workers.crash_points import EXIT_CODE as CRASH_POINT
from workers.engine import DataFolder, EngineError, LocalPostgres, LocalTemporal
from workers.up import endpoints as endpoints_file
from workers.up.foundation import await_former_house, lay
from workers.up.house_settings import child_environment, settings_of
from workers.up.options import HouseOptions
from workers.up.parts import Child, EnginePart, Part
from workers.up.supervisor import Supervisor
from workflows.shared.details import SEARCH_ATTRIBUTES

# How our commands end when a service that they need cannot be reached.
SERVICE_AWAY = 3
_READY_S = 60.0
log = structlog.get_logger()


class LocalHouse:
    """`start`, then `settings` and `endpoints` say where everything is; `stop` ends all of it in order.

    All methods block. A house that was stopped can be started again: same data, same ports, every order goes on.
    """

    def __init__(self, options: HouseOptions, settings: Settings | None = None) -> None:
        """`settings`: what is given from outside (a database, a Temporal); by default from the environment."""
        self.options = options
        self.home = options.home.expanduser().absolute()
        self._given = settings or Settings()
        self._folder = DataFolder(self.home)
        self._postgres = None if self._given.database_url else LocalPostgres(self.home / "postgres")
        self._temporal = (
            None
            if self._given.temporal_address
            else LocalTemporal(self.home / "temporal", ui=options.ui, search_attributes=SEARCH_ATTRIBUTES)
        )
        self._engine: dict[str, EnginePart] = {}
        self._children: dict[str, Child] = {}
        self._supervisor: Supervisor | None = None
        self._gave_up = threading.Event()
        self._held = False
        self.settings = self._given
        self.endpoints: Endpoints | None = None
        self.failure = ""

    def start(self) -> "LocalHouse":
        """Start everything and wait until it serves. Raises `EngineError`, `Unavailable`, `FolderInUse`, `Refused`."""
        payments.expect_payments(self._given, payments.API_KEY, payments.WEBHOOK_SECRET)
        self._folder.lock()
        self._held, self.failure = True, ""
        self._gave_up.clear()
        try:
            await_former_house(self.home)
            self._start_engine()
            self.settings = settings_of(
                self._given, self.options, self._folder, self._postgres, self._temporal
            )
            lay(self.settings, foreign_temporal=self._temporal is None, policy=self.options.policy)
            self._start_children()
            self._supervisor = Supervisor(
                [*self._engine.values(), *self._children.values()], self._excused, self._give_up
            )
            self._supervisor.start()
            self.endpoints = Endpoints(
                database_url=self.settings.database_url,
                temporal_address=self.settings.temporal_address,
                door=f"http://{self.settings.door_host}:{self.settings.door_port}",
                temporal_ui=self.settings.temporal_ui,
                smtp_port=self.settings.smtp_port,
            )
            endpoints_file.write(self.home, self.endpoints)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Doors, simulators, workers, Temporal, PostgreSQL, in that order. Harmless when it does not stand."""
        if not self._held:
            return  # whose endpoints these are we do not know
        endpoints_file.remove(self.home)
        if self._supervisor is not None:
            self._supervisor.stop()
        for group in ("door", "simulators", "worker"):
            self._stop_all([child for name, child in self._children.items() if group == _group(name)])
        for name in ("temporal", "postgres"):
            if name in self._engine:
                self._engine[name].stop()
        self._let_go()

    def kill(self) -> None:
        """Kill everything at once: nothing is written any more, and the next start recovers."""
        endpoints_file.remove(self.home)
        parts: list[Part] = [*self._children.values(), *self._engine.values()]
        for part in parts:
            part.wanted = False  # the supervisor may still be looking
            part.kill()
        self._let_go()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the house cannot be kept up any more; False when it still stands after `timeout_s`."""
        return self._gave_up.wait(timeout_s)

    def kill_worker(self, nth: int = 1, *, stay_down: bool = False) -> None:
        """SIGKILL the n-th worker. It is started again at once unless it is to stay down."""
        self._kill(self._children[f"worker-{nth}"], stay_down)

    def restart_worker(self, nth: int = 1) -> None:
        """Start the n-th worker again, if it is down, and wait until it serves."""
        child = self._children[f"worker-{nth}"]
        self._restart(child)
        self._await_serving([child])

    def kill_child(self, name: str, *, stay_down: bool = False) -> None:
        """SIGKILL `relays`, `door`, `simulators` or `worker-<n>`."""
        self._kill(self._children[name], stay_down)

    def restart_child(self, name: str) -> None:
        """Start a child again, if it is down, and wait until it serves."""
        self._restart(self._children[name])
        self._await_serving([self._children[name]])

    def kill_postgres(self) -> None:
        """A power cut of our own PostgreSQL, which stays down. Raises KeyError when it is not ours."""
        self._kill(self._engine["postgres"], True)

    def restart_postgres(self) -> None:
        """Start PostgreSQL again, if it is down."""
        self._restart(self._engine["postgres"])

    def kill_temporal(self) -> None:
        """A power cut of our own Temporal, which stays down. Raises KeyError when it is not ours."""
        self._kill(self._engine["temporal"], True)

    def restart_temporal(self) -> None:
        """Start Temporal again, if it is down."""
        self._restart(self._engine["temporal"])

    def pids(self) -> dict[str, int | None]:
        """The process id of each part that runs."""
        engine = {name: part.server.pid for name, part in self._engine.items()}
        return engine | {name: child.pid for name, child in self._children.items()}

    def restarts(self) -> dict[str, int]:
        """How often each part was started again because it had died."""
        return dict(self._supervisor.restarts) if self._supervisor else {}

    def __enter__(self) -> "LocalHouse":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _let_go(self) -> None:
        self._held, self._supervisor = False, None
        self._folder.unlock()

    def _start_engine(self) -> None:
        self._engine = {}
        if self._postgres:
            self._engine["postgres"] = EnginePart("postgres", self._postgres)
        if self._temporal:
            self._engine["temporal"] = EnginePart("temporal", self._temporal)
        with ThreadPoolExecutor(2) as pool:
            for started in [pool.submit(part.start) for part in self._engine.values()]:
                started.result()

    def _start_children(self) -> None:
        for name in ("logs", "run"):
            (self.home / name).mkdir(exist_ok=True)
        env = child_environment(self.settings, self._temporal is not None, self.options.environment)
        words = {f"worker-{nth}": ["worker", "--no-relays"] for nth in range(1, self.options.workers + 1)}
        words |= {"relays": ["relays"], "simulators": ["simulators"], "door": ["door"]}
        self._children = {name: Child(name, said, self.home, env) for name, said in words.items()}
        for child in self._children.values():
            child.start()
        self._await_serving(list(self._children.values()))

    def _await_serving(self, children: list[Child]) -> None:
        deadline = time.monotonic() + _READY_S
        while waiting := [child for child in children if not child.serves()]:
            for child in waiting:
                if child.exit_code is not None and self._supervisor is None:
                    raise EngineError(
                        f"{child.name} ended while starting; its log ends with:\n{child.last_words()}"
                    )
            if time.monotonic() > deadline:
                raise EngineError(
                    f"{waiting[0].name} did not serve in {_READY_S:.0f} s; see {waiting[0].log}."
                )
            time.sleep(0.02)

    def _kill(self, part: Part, stay_down: bool) -> None:
        with self._watched():
            part.wanted = not stay_down
            if self._supervisor and part.wanted:
                self._supervisor.blameless(part)
            part.kill()

    def _restart(self, part: Part) -> None:
        with self._watched():
            part.wanted = True
            if not part.running():
                part.start()
                if self._supervisor:
                    self._supervisor.started(part)

    def _watched(self) -> contextlib.AbstractContextManager[object]:
        """While this is held the supervisor looks away."""
        return self._supervisor.lock if self._supervisor else contextlib.nullcontext()

    def _excused(self, part: Part) -> bool:
        """A crash point, and a service that is away, are not a child's fault."""
        if part.name in self._engine:
            return False
        crashed = "ORDERLOOM_CRASH_PLAN" in self.options.environment and part.exit_code == CRASH_POINT
        foreign_away = len(self._engine) < 2 and part.exit_code == SERVICE_AWAY
        return crashed or foreign_away or any(not engine.running() for engine in self._engine.values())

    def _give_up(self, why: str) -> None:
        self.failure = why
        log.error("the house cannot be kept up", why=why)
        self._gave_up.set()

    @staticmethod
    def _stop_all(children: list[Child]) -> None:
        if children:
            with ThreadPoolExecutor(len(children)) as pool:
                list(pool.map(Child.stop, children))


def _group(name: str) -> str:
    return name if name in ("door", "simulators") else "worker"
