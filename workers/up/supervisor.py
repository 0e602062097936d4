"""Starts a part that died again, with a growing pause, and gives up when one dies three times in a row at once."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from workers.engine.processes import EngineError
from workers.up.parts import Part

QUICK_S = 5.0
MOST_QUICK_DEATHS = 3
_POLL_S = 0.1
_PAUSE_S = 0.2
_PAUSE_MOST_S = 5.0
_EXCUSED_PAUSE_S = 1.0
log = structlog.get_logger()


@dataclass
class _Record:
    started_at: float
    quick_deaths: int = 0
    start_at: float | None = None
    blameless: bool = False


class Supervisor:
    """Watches parts from a thread of its own.

    `excused(part)`: a death that says nothing about the part, for example because the engine below it is down.
    `gives_up` is told why once a part cannot be kept alive; nothing is started any more then.
    """

    def __init__(
        self, parts: Sequence[Part], excused: Callable[[Part], bool], gives_up: Callable[[str], None]
    ) -> None:
        self._parts = list(parts)
        self._excused = excused
        self._gives_up = gives_up
        self._records: dict[str, _Record] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.lock = threading.RLock()
        self.restarts: dict[str, int] = {}

    def start(self) -> None:
        """Begin to watch; every part runs now."""
        now = time.monotonic()
        self._records = {part.name: _Record(now) for part in self._parts}
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End watching; from here on nothing is started again. Harmless when it does not watch."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def blameless(self, part: Part) -> None:
        """The next death of this part was wanted: start it again at once."""
        if part.name in self._records:
            self._records[part.name].blameless = True

    def started(self, part: Part) -> None:
        """Somebody else started this part."""
        self._records[part.name] = _Record(time.monotonic())

    def _watch(self) -> None:
        while not self._stop.wait(_POLL_S):
            for part in self._parts:
                with self.lock:
                    if self._stop.is_set():
                        return
                    if (
                        part.wanted
                        and not part.running()
                        and not self._revive(part, self._records[part.name])
                    ):
                        self._stop.set()
                        return

    def _revive(self, part: Part, record: _Record) -> bool:
        """Note the death, or start the part once its pause is over; False when it is given up."""
        now = time.monotonic()
        if record.start_at is None:
            return self._note_death(part, record, now)
        if now < record.start_at:
            return True
        record.start_at, record.started_at = None, now
        self.restarts[part.name] = self.restarts.get(part.name, 0) + 1
        try:
            part.start()
        except EngineError as error:
            log.error("cannot be started again", part=part.name, why=str(error))
        return True

    def _note_death(self, part: Part, record: _Record, now: float) -> bool:
        wanted, record.blameless = record.blameless, False
        excused = wanted or self._excused(part)
        if not excused:
            record.quick_deaths = record.quick_deaths + 1 if now - record.started_at < QUICK_S else 0
        words = part.last_words().splitlines()[-1:]
        if record.quick_deaths >= MOST_QUICK_DEATHS:
            self._gives_up(
                f"{part.name} died {record.quick_deaths} times right after its start (exit code {part.exit_code}). "
                f"Its log ends with:\n{part.last_words()}"
            )
            return False
        pause_s = (
            0.0
            if wanted
            else _PAUSE_S
            if excused
            else min(_PAUSE_MOST_S, _PAUSE_S * 2.0**record.quick_deaths)
        )
        record.start_at = now + pause_s
        log.warning(
            "died, will be started again", part=part.name, exit_code=part.exit_code, pause_s=pause_s,
            last_word=words[0] if words else "",
        )  # fmt: skip
        return True
